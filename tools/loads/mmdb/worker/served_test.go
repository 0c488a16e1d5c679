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

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/served"
)

func TestServedWays(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	trial := testTrial(t)
	trial.http = true
	for _, w := range ways {
		if w.Name == crashing {
			continue
		}
		t.Run(w.Name, func(t *testing.T) {
			happened := func(f *contest.Found) bool { return f.Done >= 100 && f.Changes.Count() >= 5 }
			f, err := trial.play(t.Context(), w, 200, 300*time.Millisecond)
			// Where the machine is busy with other things it takes longer.
			for longer := 600 * time.Millisecond; err == nil && !happened(f) && longer < time.Minute; longer *= 2 {
				f, err = trial.play(t.Context(), w, 200, longer)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !happened(f) {
				t.Errorf("%d requests, %d reloads: nothing happened", f.Done, f.Changes.Count())
			}
		})
	}
}

// What a server tells of a database that was unmapped must reach the client's
// findings.
func TestServedFindings(t *testing.T) {
	// On one P a request is rarely overtaken by a replacement.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	trial := testTrial(t)
	trial.http = true
	_, err := trial.play(t.Context(), contest.Way[begin]{Name: "marking", Begin: opened(beginMarking)}, 2000, time.Hour)
	if err == nil || !strings.Contains(err.Error(), "use after unmap: the database was unmapped while") {
		t.Errorf("error %v", err)
	}
}

func TestServedRefuses(t *testing.T) {
	trial := testTrial(t)
	databases, err := ways[0].Begin(trial.editions[0], contest.NewCensus("mappings"))
	if err != nil {
		t.Fatal(err)
	}
	server, err := served.Start(databases.Visit, answerQuestion)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(server.URL + "/?address=nowhere")
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
	response, err = http.Post(server.URL, fields.FormDataContentType(), &form)
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
	if err := errors.Join(server.End(ctx), databases.End(ctx)); err != nil {
		t.Error(err)
	}
}
