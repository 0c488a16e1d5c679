package main

import (
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"hazptr/tools/loads/internal/served"
)

// startServer serves the site's files, after the policy was asked.
func startServer(s *site, w way, fail func(error)) (*served.Server[check], error) {
	files := http.FileServer(http.Dir(s.folder))
	return served.Start(w.visit, func(check check, out http.ResponseWriter, request *http.Request) {
		said, err := guarded(check, request.URL.Path)
		switch {
		case err != nil:
			fail(err)
			http.Error(out, err.Error(), http.StatusInternalServerError)
		case said == permitted:
			files.ServeHTTP(out, request)
		default:
			http.Error(out, "the policy forbids it", http.StatusForbidden)
		}
	})
}

// A check asks the present policy. A connection has one.
type check = func(path string) verdict

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
