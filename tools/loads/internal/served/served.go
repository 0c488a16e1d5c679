// Package served has an HTTP server on the loopback interface whose connections
// each keep something.
package served

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Server has a visit of type V for each connection. A connection's requests
// come one after the other, so a visit needs no lock.
type Server[V any] struct {
	URL string // without a path

	http    http.Server
	welcome func() (visit V, leave func())
	ended   chan error
	visits  sync.Map // *kept[V] by its net.Conn
}

type kept[V any] struct {
	visit V
	leave func()
}

type visitKey struct{}

// Start serves by answer. For each connection welcome makes a visit, and says
// what to call when the connection has been closed.
func Start[V any](welcome func() (visit V, leave func()), answer func(visit V, out http.ResponseWriter, request *http.Request)) (*Server[V], error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no address to serve at: %w", err)
	}
	s := &Server[V]{URL: "http://" + listener.Addr().String(), welcome: welcome, ended: make(chan error, 1)}
	s.http.Handler = http.HandlerFunc(func(out http.ResponseWriter, request *http.Request) {
		answer(request.Context().Value(visitKey{}).(*kept[V]).visit, out, request)
	})
	s.http.ConnContext, s.http.ConnState = s.begin, s.changed
	go func() { s.ended <- s.http.Serve(listener) }()
	return s, nil
}

func (s *Server[V]) begin(ctx context.Context, conn net.Conn) context.Context {
	k := &kept[V]{}
	k.visit, k.leave = s.welcome()
	s.visits.Store(conn, k)
	return context.WithValue(ctx, visitKey{}, k)
}

func (s *Server[V]) changed(conn net.Conn, state http.ConnState) {
	if state != http.StateClosed {
		return
	}
	if k, ok := s.visits.LoadAndDelete(conn); ok {
		k.(*kept[V]).leave()
	}
}

// End closes all connections, after their requests, and has their visits leave.
func (s *Server[V]) End(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	// Shutdown waits until all connections are closed, but not for what is
	// called then.
	for {
		left := 0
		s.visits.Range(func(any, any) bool { left++; return true })
		if left == 0 {
			return err
		}
		if ctx.Err() != nil {
			return errors.Join(err, fmt.Errorf("%d connections are left: %w", left, ctx.Err()))
		}
		time.Sleep(time.Millisecond)
	}
}

// A Client keeps one connection.
type Client struct{ http http.Client }

// requestTimeout ends a request that is never answered.
const requestTimeout = 30 * time.Second

// NewClient returns a Client, which has no connection yet.
func NewClient() *Client {
	return &Client{http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: requestTimeout}}
}

// Get returns the status of an answer, and all that it says. One whose status
// is not OK is an error, too.
func (c *Client) Get(url string) (status int, body []byte, err error) {
	response, err := c.http.Get(url)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", response.StatusCode, bytes.TrimSpace(body))
	}
	return response.StatusCode, body, err
}

// Close closes the connection.
func (c *Client) Close() { c.http.CloseIdleConnections() }
