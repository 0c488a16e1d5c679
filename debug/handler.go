package debug

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

func init() { http.Handle(pattern(), Handler()) }

// pattern is the page's on http.DefaultServeMux, of which the rest is the
// program's. With its method it is more specific than GET /debug/{name}, with
// which a pattern without one conflicts.
func pattern() string {
	const path, get = "/debug/hazptr", "GET /debug/hazptr" // and HEAD
	mux := http.NewServeMux()
	mux.Handle(get, http.NotFoundHandler())
	if _, known := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}}); known == "" {
		// GODEBUG=httpmuxgo121=1 takes a method for a part of the path.
		return path
	}
	return get
}

// Handler returns what answers for the page, wherever it is mounted. It may be
// used by any number of requests at once.
func Handler() http.Handler { return http.HandlerFunc(serve) }

// What a request may ask for.
const (
	asHTML = "html"
	asPart = "part" // what changes of the HTML, for its script
	asText = "text"
	asJSON = "json"
)

func serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Vary", "Accept")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, fmt.Sprintf("method %s: want GET or HEAD", r.Method), http.StatusMethodNotAllowed)
		return
	}
	// FormValue would read a body, of any size.
	format := r.URL.Query().Get("format")
	if format == "" {
		format = accepted(r.Header.Get("Accept"))
	}
	var body bytes.Buffer
	var err error
	var kind string
	told := newReport(time.Now())
	switch format {
	case asHTML:
		kind = "text/html; charset=utf-8"
		nonce := rand.Text()
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+nonce+"'; script-src 'nonce-"+nonce+
			"'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("Referrer-Policy", "no-referrer")
		err = page.ExecuteTemplate(&body, "page", struct {
			report
			Nonce string
		}{told, nonce})
	case asPart:
		kind = "text/html; charset=utf-8"
		header.Set("Content-Security-Policy", "default-src 'none'")
		err = page.ExecuteTemplate(&body, "part", told)
	case asText:
		kind = "text/plain; charset=utf-8"
		err = told.writeText(&body)
	case asJSON:
		kind = "application/json"
		e := json.NewEncoder(&body)
		e.SetIndent("", "  ")
		err = e.Encode(told)
	default:
		http.Error(w, fmt.Sprintf("format %q: want html, text or json", format), http.StatusBadRequest)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header.Set("Content-Type", kind)
	w.Write(body.Bytes())
}

// accepted returns the format that an Accept header asks for first. Browsers
// name text/html, curl only */*.
func accepted(accept string) string {
	for kind := range strings.SplitSeq(accept, ",") {
		kind, _, _ = strings.Cut(kind, ";")
		switch strings.TrimSpace(kind) {
		case "text/html", "application/xhtml+xml":
			return asHTML
		case "application/json":
			return asJSON
		case "text/plain":
			return asText
		}
	}
	return asText
}
