package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"
)

// A servedWay is another way behind an HTTP server. Its readers are clients.
type servedWay struct {
	way
	server http.Server
	url    string
	served chan error
	visits sync.Map // *visit by its net.Conn
}

// serve puts a way behind a server.
func serve(inner way) (*servedWay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no address to serve at: %w", errors.Join(err, inner.end(context.Background())))
	}
	w := &servedWay{way: inner, url: "http://" + listener.Addr().String() + "/lookup?address=", served: make(chan error, 1)}
	w.server.Handler = http.HandlerFunc(w.answer)
	w.server.ConnContext = w.welcome
	w.server.ConnState = w.farewell
	go func() { w.served <- w.server.Serve(listener) }()
	return w, nil
}

// A visit is a connection's: its requests come one after the other.
type visit struct {
	look  func(func(*database))
	leave func()
}

type visitKey struct{}

func (w *servedWay) welcome(ctx context.Context, conn net.Conn) context.Context {
	v := &visit{}
	v.look, v.leave = w.visit()
	w.visits.Store(conn, v)
	return context.WithValue(ctx, visitKey{}, v)
}

func (w *servedWay) farewell(conn net.Conn, state http.ConnState) {
	if state != http.StateClosed {
		return
	}
	if v, ok := w.visits.LoadAndDelete(conn); ok {
		v.(*visit).leave()
	}
}

// A reply is what the server answers.
type reply struct {
	Asked    uint64 // the edition that was asked
	Unmapped bool   // it was, meanwhile
	Error    string
	Answer   answer
}

func (w *servedWay) answer(out http.ResponseWriter, request *http.Request) {
	addr, err := netip.ParseAddr(request.FormValue("address"))
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	var said reply
	request.Context().Value(visitKey{}).(*visit).look(func(db *database) {
		if err := db.lookup(addr, &said.Answer); err != nil {
			said.Error = err.Error()
		}
		said.Asked, said.Unmapped = db.edition, db.unmapped.Load()
	})
	out.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(out).Encode(&said) // a client that has gone doesn't want it
}

func (w *servedWay) read(r *reader) {
	transport := &http.Transport{MaxIdleConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: requestTimeout}
	for r.more() {
		q := r.question()
		said, err := w.get(client, q.addr)
		r.answer = said.Answer
		r.check(q, said.Asked, said.Unmapped, err)
		r.lap()
	}
}

// requestTimeout ends a request that nobody will answer.
const requestTimeout = 30 * time.Second

func (w *servedWay) get(client *http.Client, addr netip.Addr) (said reply, err error) {
	response, err := client.Get(w.url + url.QueryEscape(addr.String()))
	if err != nil {
		return said, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return said, err
	case response.StatusCode != http.StatusOK:
		return said, fmt.Errorf("%s: %s", response.Status, body)
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return said, err
	}
	if said.Error != "" {
		return said, errors.New(said.Error)
	}
	return said, nil
}

func (w *servedWay) end(ctx context.Context) error {
	err := w.server.Shutdown(ctx)
	if served := <-w.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	// Shutdown waits until all connections are closed, but not for what is called then.
	for left := 1; left > 0; time.Sleep(time.Millisecond) {
		left = 0
		w.visits.Range(func(any, any) bool { left++; return true })
		if ctx.Err() != nil {
			return errors.Join(err, fmt.Errorf("%d connections are left: %w", left, ctx.Err()))
		}
	}
	return errors.Join(err, w.way.end(ctx))
}
