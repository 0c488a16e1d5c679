package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"hazptr/tools/loads/internal/served"
)

// A servedWay is another way behind an HTTP server. Its readers are clients.
type servedWay struct {
	way
	server *served.Server[look]
}

// A look is what a connection has: it has the present database used.
type look = func(use func(*database))

// serve puts a way behind a server.
func serve(inner way) (*servedWay, error) {
	server, err := served.Start(inner.visit, answerQuestion)
	if err != nil {
		return nil, errors.Join(err, inner.end(context.Background()))
	}
	return &servedWay{inner, server}, nil
}

// A reply is what the server answers.
type reply struct {
	Asked    uint64 // the edition that was asked
	Unmapped bool   // it was, meanwhile
	Error    string
	Answer   answer
}

func answerQuestion(look look, out http.ResponseWriter, request *http.Request) {
	addr, err := netip.ParseAddr(request.URL.Query().Get("address"))
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	var said reply
	look(func(db *database) {
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
	response, err := client.Get(w.server.URL + "/?address=" + url.QueryEscape(addr.String()))
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
	return errors.Join(w.server.End(ctx), w.way.end(ctx))
}
