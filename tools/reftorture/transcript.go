package main

import (
	"bytes"
	"io"
	"sync"
)

// A transcript keeps what several write, and may pass it on.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// passing returns a writer to the transcript and to w, unless that is nil.
func (t *transcript) passing(w io.Writer) io.Writer { return passing{t, w} }

type passing struct {
	t *transcript
	w io.Writer
}

func (p passing) Write(b []byte) (int, error) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	p.t.text.Write(b)
	if p.w == nil {
		return len(b), nil
	}
	return p.w.Write(b)
}
