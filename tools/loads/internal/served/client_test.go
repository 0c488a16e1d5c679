package served

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"
)

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
	if status, body, err := c.Get(s.URL + "/no"); status != http.StatusForbidden || string(body) != "no\n" || err != nil {
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
