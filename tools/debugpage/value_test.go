//go:build hazptr_browser

package debugpage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hazptr/debug"
	"hazptr/live"
)

// A catalog is a Value of which one reader stays, and then a Load fails.
type catalog struct {
	*live.Value[*edition]
	loads int
	leave chan struct{} // closed to let the reader go
	left  chan error
}

// The last word goes on without a space.
const catalogName = `catalog </h2><b id="inserted">of & "averylongname`

func newCatalog(t *testing.T) *catalog {
	t.Helper()
	c := &catalog{leave: make(chan struct{}), left: make(chan error)}
	var err error
	c.Value, err = live.Open(t.Context(), live.Options[*edition]{
		Name:   catalogName + strings.Repeat("withoutaspace", 20),
		Load:   c.load,
		Close:  func(*edition) error { return nil },
		MaxOld: 1,
		Trace:  true,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	reading := make(chan struct{})
	go func() { c.left <- c.browse(reading) }()
	<-reading
	return c
}

// load fails from the third time on.
func (c *catalog) load(context.Context) (*edition, error) {
	if c.loads++; c.loads > 2 {
		return nil, errors.New("no catalog <b>" + strings.Repeat("/withoutaspace", 20) + "\nat line 1\nat line 2")
	}
	return new(edition), nil
}

// browse is the reader that stays.
func (c *catalog) browse(reading chan struct{}) error {
	return c.Do(func(*edition) error {
		close(reading)
		<-c.leave
		return nil
	})
}

// The page of a program in which a reader of a Value stays: a Load waits for
// it, the page tells where it is, and what fails when it has left.
func TestPageOfAValue(t *testing.T) {
	v := newVisitor(t)
	server := httptest.NewServer(debug.Handler())
	defer server.Close()
	const (
		section = `[...document.querySelectorAll('section')].find(s => s.querySelector('h2').textContent.startsWith('live: catalog'))`
		old     = section + `.querySelector('li details')`
		failure = section + `.querySelector('details[id^=error]')`
		alarm   = section + `.querySelector('h2 small.alarm').textContent`
	)
	v.do("open", chromedp.Navigate(server.URL), chromedp.WaitVisible(`#pause`))
	v.sees("no Value", `!(`+section+`)`)

	c := newCatalog(t)
	v.sees("the Value", section+`.innerText.includes('generation 1 for ')`)
	v.sees("nothing is marked", `!`+section+`.classList.contains('stalled')`)
	if err := c.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	failed := make(chan error)
	go func() { failed <- c.Reload(context.Background()) }()
	v.sees("a Load waits", alarm+` === 'a Load waits for MaxOld'`)
	v.sees("the reader", old+`.innerText.includes('generation 1: in use by 1 user')`)
	v.do("click on the old value", chromedp.Click(`li details summary`))
	v.sees("where it is", old+`.open && `+old+`.innerText.includes('hazptr/tools/debugpage.(*catalog).browse')`)
	before := v.text(`document.querySelector('.process').textContent`)
	v.sees("the page renews itself", `document.querySelector('.process').textContent !== `+quoted(before))
	v.sees("what was open is open", old+`.open`)
	v.takePicture()

	close(c.leave)
	if err := <-c.left; err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the Load went well")
	}
	v.sees("the Load has failed", alarm+` === 'the last Load has failed'`)
	v.sees("the old value is gone", `!(`+old+`) || !`+section+`.innerText.includes('in use by')`)
	v.do("click on the failure", chromedp.Click(`details[id^=error] summary`))
	v.sees("its lines", failure+`.open && `+failure+`.innerText.includes('at line 2')`)
	v.sees("names are text", `!document.querySelector('section b')`)
	for _, width := range []int64{1100, 400} {
		v.do("another window", chromedp.EmulateViewport(width, 1000))
		v.sees(fmt.Sprintf("all of it, in a window of %d", width), `document.documentElement.scrollWidth <= innerWidth`)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	v.sees("it is gone", `!(`+section+`)`)
	v.mustBeContentWith(server.URL)
}
