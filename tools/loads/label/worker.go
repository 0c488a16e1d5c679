package main

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime/debug"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/served"
)

// A worker asks for one page after the other and checks what it gets.
type worker struct {
	site  *site
	opens bool // the files of pages that are permitted
	next  int

	contest.Worker
}

func (w *worker) page() *page {
	p := &w.site.pages[w.next]
	if w.next++; w.next == len(w.site.pages) {
		w.next = 0
	}
	return p
}

// ask checks pages itself, and opens the files of permitted ones if it is to.
func (w *worker) ask(check check) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	path := ""
	defer func() {
		if fault := recover(); fault != nil {
			w.Fail(fmt.Errorf("checking %s: use of a policy that had ended: %v", path, fault))
		}
	}()
	for w.More() {
		p := w.page()
		path = p.path
		if said := check(path); said != p.want {
			w.Fail(fmt.Errorf("checking %s: the policy said %v, want %v", path, said, p.want))
			return
		}
		if w.opens && p.want == permitted {
			if err := open(p.file); err != nil {
				w.Fail(err)
				return
			}
		}
		w.Lap()
	}
}

// request has a server check, and send the files.
func (w *worker) request(url string) {
	c := served.NewClient()
	defer c.Close()
	for w.More() {
		p := w.page()
		said, content, err := get(c, url+p.path)
		if err == nil && said != p.want {
			err = fmt.Errorf("it is %v, want %v", said, p.want)
		}
		if err == nil && said == permitted && !bytes.Equal(content, w.site.content[p.path]) {
			err = fmt.Errorf("%d bytes that are not the file's", len(content))
		}
		if err != nil {
			w.Fail(fmt.Errorf("asking for %s: %w", p.path, err))
			return
		}
		w.Lap()
	}
}

// get returns what the server said of a page, and what it sent.
func get(c *served.Client, url string) (verdict, []byte, error) {
	status, body, err := c.Get(url)
	switch {
	case status == http.StatusForbidden:
		return denied, nil, nil
	case err != nil:
		return late, nil, err
	}
	return permitted, body, nil
}
