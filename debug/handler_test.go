package debug

import (
	"encoding/json"
	"expvar"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"hazptr"
)

func get(t *testing.T, query, accept string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", "/debug/hazptr"+query, nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	http.DefaultServeMux.ServeHTTP(w, r) // as an import has registered it
	return w
}

func TestFormats(t *testing.T) {
	// One in 16 of these is traced.
	newLodger(t, hazptr.Config{Name: "formats", Trace: true, StallAfter: time.Millisecond}, 1000)
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, c := range []struct{ query, accept, kind, has string }{
		{"", browser, "text/html; charset=utf-8", "<!DOCTYPE html>"},
		{"", "*/*", "text/plain; charset=utf-8", `domain "formats"`},
		{"", "", "text/plain; charset=utf-8", "pending by type:"},
		{"", "application/json", "application/json", `"Name": "formats"`},
		{"?format=json", browser, "application/json", `"Type": "*debug.edition"`},
		{"?format=text", browser, "text/plain; charset=utf-8", "hazptr/debug.newLodger"},
		{"?format=html", "*/*", "text/html; charset=utf-8", "hazptr/debug.newLodger"},
		{"?format=part", "*/*", "text/html; charset=utf-8", `class="stalled"`},
	} {
		w := get(t, c.query, c.accept)
		if w.Code != 200 || w.Header().Get("Content-Type") != c.kind || !strings.Contains(w.Body.String(), c.has) {
			t.Errorf("%q, Accept %q: %d, %q, want %q and %q in\n%s", c.query, c.accept, w.Code, w.Header().Get("Content-Type"), c.kind, c.has, w.Body)
		}
	}
	if w := get(t, "?format=xml", ""); w.Code != 400 || !strings.Contains(w.Body.String(), `"xml": want html, text or json`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", w.Code)
	}
}

// A program may have its own patterns beside the page, which still answers.
func TestPattern(t *testing.T) {
	for _, other := range []string{
		"/", "GET /", "GET /{path...}", "/{path...}", "GET /{first}/{second}", "/debug/", "GET /debug/", "GET /debug/{name}", "/debug/{name}",
		"POST /debug/{name}", "PUT /debug/hazptr", "/debug/hazptr", "/debug/hazptr/", "GET /debug/{path...}", "GET /debug/{name}/{rest...}",
		"GET /debug/{name}/", "GET /debug/{$}", "/debug/{name}/{rest...}", "GET /debug/pprof/", "GET /debug/vars", "GET localhost/debug/{name}", "localhost/",
	} {
		for _, first := range []bool{true, false} {
			mux := http.NewServeMux()
			if first {
				mux.Handle(other, http.NotFoundHandler())
			}
			mux.Handle(pattern(), Handler())
			if !first {
				mux.Handle(other, http.NotFoundHandler())
			}
			for _, method := range []string{"GET", "HEAD"} {
				w := httptest.NewRecorder()
				mux.ServeHTTP(w, httptest.NewRequest(method, "http://host/debug/hazptr?format=text", nil))
				if w.Code != 200 {
					t.Errorf("%s beside %q: %d", method, other, w.Code)
				}
			}
		}
	}
}

// A mux that knows no methods in patterns has the page, too.
func TestPatternOfGo121(t *testing.T) {
	if os.Getenv("GODEBUG") == "httpmuxgo121=1" {
		if w := get(t, "?format=text", ""); w.Code != 200 {
			t.Errorf("%d", w.Code)
		}
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestPatternOfGo121$", "-test.count=1")
	child.Env = append(os.Environ(), "GODEBUG=httpmuxgo121=1")
	if said, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body is read")
	return 0, io.EOF
}

// The page has no use for a request's body.
func TestNoBodyIsRead(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "POST", "PUT"} {
		for _, kind := range []string{"multipart/form-data; boundary=x", "application/x-www-form-urlencoded"} {
			r := httptest.NewRequest(method, "/debug/hazptr?format=text", unread{t})
			r.Header.Set("Content-Type", kind)
			Handler().ServeHTTP(httptest.NewRecorder(), r)
			if r.Form != nil || r.MultipartForm != nil {
				t.Errorf("%s, %s: the page has parsed a form", method, kind)
			}
		}
	}
}

// JSON is what Go reads back.
func TestJSON(t *testing.T) {
	newLodger(t, hazptr.Config{Name: "json"}, 3)
	var r report
	if err := json.Unmarshal(get(t, "?format=json", "").Body.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	d, found := r.domain("json")
	if !found || d.Stats.Pending != 1 || d.Stats.PendingBytes != 4096 || d.Inspection.Oldest[0].Hazards != 3 || d.Inspection.Recent[0].Most != 1 {
		t.Errorf("%+v", d)
	}
}

// Whatever the name of a domain is, it is text.
func TestEscapes(t *testing.T) {
	const name = `</h2><script>alert(1)</script>"'&`
	newLodger(t, hazptr.Config{Name: name}, 1)
	for _, query := range []string{"?format=html", "?format=part"} {
		body := get(t, query, "").Body.String()
		if strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt;") {
			t.Errorf("%s:\n%s", query, body)
		}
	}
}

// The page needs nothing from outside, and the browser is told to take nothing.
func TestContentSecurityPolicy(t *testing.T) {
	first, second := get(t, "?format=html", ""), get(t, "?format=html", "")
	policy := first.Header().Get("Content-Security-Policy")
	nonce := regexp.MustCompile(`script-src 'nonce-([A-Z0-9]{20,})'`).FindStringSubmatch(policy)
	if nonce == nil || !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Fatalf("%q", policy)
	}
	if !strings.Contains(first.Body.String(), `<script nonce="`+nonce[1]+`">`) || !strings.Contains(first.Body.String(), `<style nonce="`+nonce[1]+`">`) {
		t.Error("the page has another nonce")
	}
	if second.Header().Get("Content-Security-Policy") == policy {
		t.Error("two pages have the same nonce")
	}
	if outside := regexp.MustCompile(`(?i)(https?:)?//[a-z]|\bstyle="|\bon[a-z]+="`).FindString(regexp.MustCompile(`(?m)^//.*$`).ReplaceAllString(first.Body.String(), "")); outside != "" {
		t.Errorf("the page has %q", outside)
	}
}

// A server answers over the network as the handler does, also to HEAD.
func TestServed(t *testing.T) {
	server := httptest.NewServer(http.StripPrefix("/anywhere", Handler()))
	defer server.Close()
	client := &http.Client{Timeout: 10 * time.Second}
	r, err := client.Get(server.URL + "/anywhere/?format=text")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.StatusCode != 200 || !strings.Contains(string(body), `domain "default"`) {
		t.Errorf("%d %v\n%s", r.StatusCode, err, body)
	}
	r, err = client.Head(server.URL + "/anywhere/")
	if err != nil || r.StatusCode != 200 || r.ContentLength <= 0 {
		t.Errorf("HEAD: %v %v", r, err)
	}
	r.Body.Close()
}

func TestExpvar(t *testing.T) {
	newLodger(t, hazptr.Config{Name: "expvar"}, 2)
	v := expvar.Get("hazptr")
	if v == nil {
		t.Fatal("no variable")
	}
	var all map[string]hazptr.Stats
	if err := json.Unmarshal([]byte(v.String()), &all); err != nil {
		t.Fatal(err)
	}
	if s := all["expvar"]; s.Pending != 1 || s.Holding != 2 {
		t.Errorf("%+v", s)
	}
}
