package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"

	"hazptr/tools/loads/internal/served"
)

// A servedWay is another way behind an HTTP server. Its readers are clients.
type servedWay struct {
	way
	server *served.Server[look]
}

// serve puts a way behind a server.
func serve(inner way) (*servedWay, error) {
	server, err := served.Start(inner.visit, answerQuestion)
	if err != nil {
		return nil, errors.Join(err, inner.End(context.Background()))
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
		said.Asked, said.Unmapped = db.edition, db.Ended.Load()
	})
	out.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(out).Encode(&said) // a client that has gone does not want it
}

func (w *servedWay) read(r *reader) {
	client := served.NewClient()
	defer client.Close()
	for r.More() {
		q := r.question()
		said, err := w.get(client, q.addr)
		r.answer = said.Answer
		r.check(q, said.Asked, said.Unmapped, err)
		r.Lap()
	}
}

func (w *servedWay) get(client *served.Client, addr netip.Addr) (said reply, err error) {
	status, body, err := client.Get(w.server.URL + "/?address=" + url.QueryEscape(addr.String()))
	switch {
	case err != nil:
		return said, err
	case status != http.StatusOK:
		return said, fmt.Errorf("status %d: %s", status, bytes.TrimSpace(body))
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return said, err
	}
	if said.Error != "" {
		return said, errors.New(said.Error)
	}
	return said, nil
}

func (w *servedWay) End(ctx context.Context) error {
	return errors.Join(w.server.End(ctx), w.way.End(ctx))
}
