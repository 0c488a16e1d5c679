package main

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"hazptr/tools/loads/internal/latency"
)

// A worker asks for one page after the other and checks what it gets.
type worker struct {
	stop *atomic.Bool
	site *site
	kind kind
	next int
	fail func(error)

	done    int64
	began   time.Time
	lapped  time.Duration // since began
	latency *latency.Histogram

	_ [128]byte // workers are allocated side by side, and each writes to the fields above
}

// start is called on the worker's goroutine.
func (w *worker) start(number, of int) {
	w.next = number * len(w.site.pages) / of
	w.latency = latency.NewHistogram()
	w.began = time.Now()
}

func (w *worker) page() *page {
	p := &w.site.pages[w.next]
	if w.next++; w.next == len(w.site.pages) {
		w.next = 0
	}
	return p
}

// ask checks pages itself, and opens the files of those that are permitted if its kind says so.
func (w *worker) ask(check func(string) verdict) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	path := ""
	defer func() {
		if fault := recover(); fault != nil {
			w.fail(fmt.Errorf("checking %s: use of a policy that had ended: %v", path, fault))
		}
	}()
	for !w.stop.Load() {
		p := w.page()
		path = p.path
		if said := check(path); said != p.want {
			w.fail(fmt.Errorf("checking %s: the policy said %v, want %v", path, said, p.want))
			return
		}
		if w.kind == opens && p.want == permitted {
			if err := open(p.file); err != nil {
				w.fail(err)
				return
			}
		}
		w.lap()
	}
}

// request has a server check, and send the files.
func (w *worker) request(url string) {
	c := newClient(url)
	defer c.close()
	for !w.stop.Load() {
		p := w.page()
		said, content, err := c.get(p.path)
		if err == nil && said != p.want {
			err = fmt.Errorf("it is %v, want %v", said, p.want)
		}
		if err == nil && said == permitted && !bytes.Equal(content, w.site.content[p.path]) {
			err = fmt.Errorf("%d bytes that are not the file's", len(content))
		}
		if err != nil {
			w.fail(fmt.Errorf("asking for %s: %w", p.path, err))
			return
		}
		w.lap()
	}
}

// lap ends what is counted. As many as are timed together are timed from the end of those before, so nothing that holds a worker up is missed.
func (w *worker) lap() {
	w.done++
	if w.done%w.kind.together() != 0 {
		return
	}
	now := time.Since(w.began)
	w.latency.Record(now - w.lapped)
	w.lapped = now
}
