package main

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestServedWays(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	trial := testTrial(t)
	trial.http, trial.reloads = true, 200
	for _, m := range methods {
		if m.crashes {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			happened := func(f *figures) bool { return f.lookups.Count() >= 100 && f.reloads.Count() >= 5 }
			f, err := trial.round(t.Context(), m, 300*time.Millisecond, stopAtFirst)
			for longer := 600 * time.Millisecond; err == nil && !happened(f) && longer < time.Minute; longer *= 2 { // on a machine that is busy with other things
				f, err = trial.round(t.Context(), m, longer, stopAtFirst)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !happened(f) {
				t.Errorf("%d requests, %d reloads: nothing happened", f.lookups.Count(), f.reloads.Count())
			}
		})
	}
}

// What a server tells of a database that was unmapped must reach the client's findings.
func TestServedFindings(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // on one P a request is rarely overtaken by a replacement
	trial := testTrial(t)
	trial.http = true
	m := method{name: "marking", begin: func(first *database) way {
		w := &marking{}
		w.current.Store(first)
		return w
	}}
	_, err := trial.round(t.Context(), m, time.Hour, stopAtFirst)
	if err == nil || !strings.Contains(err.Error(), "use after unmap: the database was unmapped while") {
		t.Errorf("error %v", err)
	}
}

func TestServedRefuses(t *testing.T) {
	trial := testTrial(t)
	database, err := openDatabase(trial.editions[0], newCensus())
	if err != nil {
		t.Fatal(err)
	}
	w, err := serve(beginHazptr(database))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(w.server.URL + "/?address=nowhere")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("status %s", response.Status)
	}
	// An address in the body is none: the body is not read.
	var form bytes.Buffer
	fields := multipart.NewWriter(&form)
	if err := errors.Join(fields.WriteField("address", "1.2.3.4"), fields.Close()); err != nil {
		t.Fatal(err)
	}
	response, err = http.Post(w.server.URL, fields.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("with the address in the body: status %s", response.Status)
	}
	http.DefaultClient.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := w.end(ctx); err != nil {
		t.Error(err)
	}
}
