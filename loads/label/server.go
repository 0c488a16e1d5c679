package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"
)

// A server serves the site's files, after the policy was asked.
type server struct {
	http   http.Server
	way    way
	files  http.Handler
	fail   func(error)
	url    string
	served chan error
	visits sync.Map // *visit by its net.Conn
}

func startServer(s *site, w way, fail func(error)) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no address to serve at: %w", err)
	}
	srv := &server{way: w, files: http.FileServer(http.Dir(s.folder)), fail: fail, url: "http://" + listener.Addr().String(), served: make(chan error, 1)}
	srv.http.Handler = http.HandlerFunc(srv.serve)
	srv.http.ConnContext = srv.welcome
	srv.http.ConnState = srv.farewell
	go func() { srv.served <- srv.http.Serve(listener) }()
	return srv, nil
}

// A visit is a connection's: its requests come one after the other.
type visit struct {
	check func(path string) verdict
	leave func()
}

type visitKey struct{}

func (s *server) welcome(ctx context.Context, conn net.Conn) context.Context {
	v := &visit{}
	v.check, v.leave = s.way.visit()
	s.visits.Store(conn, v)
	return context.WithValue(ctx, visitKey{}, v)
}

func (s *server) farewell(conn net.Conn, state http.ConnState) {
	if state != http.StateClosed {
		return
	}
	if v, ok := s.visits.LoadAndDelete(conn); ok {
		v.(*visit).leave()
	}
}

func (s *server) serve(out http.ResponseWriter, request *http.Request) {
	said, err := guarded(request.Context().Value(visitKey{}).(*visit).check, request.URL.Path)
	switch {
	case err != nil:
		s.fail(err)
		http.Error(out, err.Error(), http.StatusInternalServerError)
	case said == permitted:
		s.files.ServeHTTP(out, request)
	default:
		http.Error(out, "the policy forbids it", http.StatusForbidden)
	}
}

// guarded checks, and makes an error of a fault at memory that was given back.
func guarded(check func(string) verdict, path string) (said verdict, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("checking %s: use of a policy that had ended: %v", path, fault)
		}
	}()
	if said = check(path); said == late {
		err = fmt.Errorf("checking %s: use of a policy that had ended", path)
	}
	return said, err
}

// end closes the connections, and has their visits leave.
func (s *server) end(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	// Shutdown waits until all connections are closed, but not for what is called then.
	for left := 1; left > 0; time.Sleep(time.Millisecond) {
		left = 0
		s.visits.Range(func(any, any) bool { left++; return true })
		if ctx.Err() != nil {
			return errors.Join(err, fmt.Errorf("%d connections are left: %w", left, ctx.Err()))
		}
	}
	return err
}

// A client keeps one connection.
type client struct {
	http http.Client
	url  string
}

// requestTimeout ends a request that nobody will answer.
const requestTimeout = 30 * time.Second

func newClient(url string) *client {
	return &client{http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: requestTimeout}, url}
}

// get returns what the server said of a page, and what it sent.
func (c *client) get(path string) (verdict, []byte, error) {
	response, err := c.http.Get(c.url + path)
	if err != nil {
		return late, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return late, nil, err
	case response.StatusCode == http.StatusForbidden:
		return denied, nil, nil
	case response.StatusCode != http.StatusOK:
		return late, nil, fmt.Errorf("%s: %s", response.Status, body)
	}
	return permitted, body, nil
}

func (c *client) close() { c.http.CloseIdleConnections() }
