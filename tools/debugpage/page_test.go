//go:build hazptr_browser

package debugpage

import (
	"context"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"hazptr/debug"
)

var (
	atWork     = flag.Duration("live", 3*time.Second, "how long the program is at work before its page is opened")
	screenshot = flag.String("screenshot", "", "write a picture of the page to this `file`")
)

// browserPath finds a browser.
func browserPath(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("there is no Chromium in the PATH")
	return ""
}

// A visitor looks at pages and writes down what goes wrong there.
type visitor struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	faults   []string
	requests []string
}

func newVisitor(t *testing.T) *visitor {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browserPath(t)), chromedp.NoSandbox, chromedp.WindowSize(1100, 1000))
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second+*atWork)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	v := &visitor{t: t, ctx: ctx}
	notice(v, log.EntryAdded, func(e log.EventEntryAdded) {
		if e.Entry.Level == log.EntryLevelError && !strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
			v.faults = append(v.faults, e.Entry.Text+" "+e.Entry.URL)
		}
	})
	notice(v, runtime.ExceptionThrown, func(e runtime.EventExceptionThrown) { v.faults = append(v.faults, e.ExceptionDetails.Text) })
	notice(v, network.RequestWillBeSent, func(e network.EventRequestWillBeSent) { v.requests = append(v.requests, e.Request.URL) })
	v.do("start", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, runtime.Enable, cdp.Empty{})
		return err
	}))
	return v
}

// notice calls note with each event, one at a time, until the test ends.
func notice[E any](v *visitor, event cdp.Event[E], note func(E)) {
	events := chromedp.Events(v.ctx, event)
	go func() {
		for e, err := range events {
			if err != nil {
				return // the browser has been closed
			}
			v.mu.Lock()
			note(e)
			v.mu.Unlock()
		}
	}()
}

func (v *visitor) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, actions...); err != nil {
		v.t.Fatalf("%s: %v", what, err)
	}
}

// sees waits until a JavaScript expression is true, also if that takes another
// page.
func (v *visitor) sees(what, expression string) {
	v.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		seen, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](expression))
		if seen {
			return
		}
		if time.Now().After(end) {
			v.t.Fatalf("%s: not seen in 20 s (%v)", what, err)
		}
	}
}

// text returns what a JavaScript expression is.
func (v *visitor) text(expression string) string {
	v.t.Helper()
	text, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// takePicture writes the picture that was asked for.
func (v *visitor) takePicture() {
	v.t.Helper()
	if *screenshot == "" {
		return
	}
	picture, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(*screenshot, picture, 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// mustBeContentWith fails the test if the browser has complained, or was made
// to ask another server.
func (v *visitor) mustBeContentWith(server string) {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.faults) > 0 {
		v.t.Errorf("the browser complains: %q", v.faults)
	}
	for _, request := range v.requests {
		if u, err := url.Parse(request); err != nil || "http://"+u.Host != server {
			v.t.Errorf("the page asks for %s", request)
		}
	}
}

// The page is of a program at work, in which one reader stays. It names the
// reader. What is opened stays open while the page renews itself. The page can
// be paused. The reader is gone from it when it has left.
func TestPage(t *testing.T) {
	v := newVisitor(t)
	s := newStore(t)
	defer s.end()
	let := sync.OnceFunc(s.letGo)
	defer let()
	server := httptest.NewServer(debug.Handler())
	defer server.Close()
	time.Sleep(*atWork)

	const (
		section = `[...document.querySelectorAll('section')].find(s => s.querySelector('h2').textContent.startsWith('editions'))`
		stalled = section + `.querySelector('li.stalled details')`
		clock   = `document.querySelector('.process').textContent`
	)
	v.do("open", chromedp.Navigate(server.URL+"/debug/hazptr"))
	v.sees("the stall", `!!(`+stalled+`)`)
	if title := v.text(section + `.querySelector('h2 small').textContent`); !strings.Contains(title, "1 stalled") {
		t.Errorf("the heading says %q", title)
	}
	if path := v.text(section + `.querySelector('svg path').getAttribute('d')`); !strings.HasPrefix(path, "M") || strings.Count(path, "V") < 3 {
		t.Errorf("the line is %q", path)
	}
	v.do("click on the stalled object", chromedp.Click(`li.stalled summary`))
	v.sees("its stack", stalled+`.open && `+stalled+`.innerText.includes('hazptr/tools/debugpage.(*store).export')`)

	before := v.text(clock)
	v.sees("the page renews itself", clock+` !== `+quoted(before))
	v.sees("what was open is open", stalled+`.open`)
	v.takePicture()

	v.do("pause", chromedp.Click(`#pause`))
	v.sees("it is paused", `document.getElementById('state').textContent === 'paused'`)
	before = v.text(clock)
	time.Sleep(2500 * time.Millisecond)
	if after := v.text(clock); after != before {
		t.Errorf("paused, it went from %q to %q", before, after)
	}
	v.do("resume", chromedp.Click(`#pause`))
	v.sees("it goes on", clock+` !== `+quoted(before))

	let()
	v.sees("the stall is over", `!(`+section+`.classList.contains('stalled'))`)

	v.do("JSON", chromedp.Click(`a[href="?format=json"]`))
	v.sees("JSON", `document.contentType === 'application/json'`)
	var told struct{ Domains []struct{ Name string } }
	if err := json.Unmarshal([]byte(v.text(`document.body.innerText`)), &told); err != nil || len(told.Domains) < 2 {
		t.Errorf("%v: %+v", err, told)
	}
	v.do("back, and text", chromedp.NavigateBack(), chromedp.WaitVisible(`#pause`), chromedp.Click(`a[href="?format=text"]`))
	v.sees("text", `document.contentType === 'text/plain' && document.body.innerText.includes('domain "editions"')`)

	v.mustBeContentWith(server.URL)
}

// When the server does not answer the page says so.
func TestPageOfAServerThatIsGone(t *testing.T) {
	v := newVisitor(t)
	server := httptest.NewServer(debug.Handler())
	defer server.Close()
	v.do("open", chromedp.Navigate(server.URL), chromedp.WaitVisible(`#pause`))
	server.CloseClientConnections()
	server.Close()
	v.sees("it says so", `document.getElementById('state').textContent.startsWith('no answer')`)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
