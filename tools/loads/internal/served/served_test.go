package served

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestVisits(t *testing.T) {
	var visits, left atomic.Int64
	s, err := Start(func() (int64, func()) { return visits.Add(1), func() { left.Add(1) } },
		func(visit int64, out http.ResponseWriter, _ *http.Request) { fmt.Fprint(out, visit) })
	if err != nil {
		t.Fatal(err)
	}
	for number := range 3 {
		transport := &http.Transport{}
		client := &http.Client{Transport: transport, Timeout: time.Minute}
		for range 2 { // on one connection
			response, err := client.Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || string(body) != fmt.Sprint(number+1) {
				t.Errorf("connection %d: visit %s, %v", number, body, err)
			}
		}
		if number > 0 { // the first stays, idle, until the server ends
			transport.CloseIdleConnections()
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.End(ctx); err != nil {
		t.Error(err)
	}
	if visits.Load() != 3 || left.Load() != 3 {
		t.Errorf("%d visits, %d left", visits.Load(), left.Load())
	}
}

func TestEndGivesUp(t *testing.T) {
	entered, stay := make(chan struct{}), make(chan struct{})
	s, err := Start(func() (struct{}, func()) { return struct{}{}, func() {} },
		func(struct{}, http.ResponseWriter, *http.Request) { close(entered); <-stay })
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: time.Minute}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if response, err := client.Get(s.URL); err == nil {
			response.Body.Close()
		}
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.End(ctx); err == nil {
		t.Error("a request is under way, and End has no error")
	}
	close(stay)
	<-answered
}

func TestClient(t *testing.T) {
	s, err := Start(func() (struct{}, func()) { return struct{}{}, func() {} }, func(_ struct{}, out http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/no" {
			http.Error(out, "no", http.StatusForbidden)
			return
		}
		fmt.Fprint(out, request.RemoteAddr)
	})
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient()
	_, first, err := c.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if status, body, err := c.Get(s.URL); status != http.StatusOK || string(body) != string(first) || err != nil {
		t.Errorf("status %d, from %s and then from %s, %v", status, first, body, err)
	}
	if status, body, err := c.Get(s.URL + "/no"); status != http.StatusForbidden || string(body) != "no\n" || err == nil || err.Error() != "status 403: no" {
		t.Errorf("status %d, %q, %v", status, body, err)
	}
	c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.End(ctx); err != nil {
		t.Error(err)
	}
	if _, _, err := c.Get(s.URL); err == nil {
		t.Error("an answer from a server that has ended")
	}
}
