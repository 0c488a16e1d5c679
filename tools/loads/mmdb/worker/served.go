package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"

	"hazptr/tools/loads/internal/keeper"
	"hazptr/tools/loads/internal/served"
)

// A reply is what the server answers.
type reply struct {
	Asked    uint64 // the edition that was asked
	Unmapped bool   // it was, meanwhile
	Error    string
	Answer   answer
}

// answerQuestion looks an address up for a client.
func answerQuestion(look keeper.Look[database], out http.ResponseWriter, request *http.Request) {
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
	// A client that has gone does not want it.
	_ = json.NewEncoder(out).Encode(&said)
}

// request has a server look up, until the reader has had enough.
func (r *reader) request(server string) {
	client := served.NewClient()
	defer client.Close()
	for r.More() {
		q := r.question()
		said, err := get(client, server, q.addr)
		r.answer = said.Answer
		r.check(q, said.Asked, said.Unmapped, err)
		r.Lap()
	}
}

// get returns what the server answers.
func get(client *served.Client, server string, addr netip.Addr) (said reply, err error) {
	_, body, err := client.Get(server + "/?address=" + url.QueryEscape(addr.String()))
	if err == nil {
		err = json.Unmarshal(body, &said)
	}
	if err == nil && said.Error != "" {
		err = errors.New(said.Error)
	}
	return said, err
}
