//go:build hazptr_browser

package debugpage

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hazptr"
)

// A store is a program at work: readers read records of the newest edition, a
// file, which is replaced while they do, and closed when the last one has left.
type store struct {
	t       *testing.T
	domain  *hazptr.Domain
	newest  *hazptr.Pointer[edition]
	folder  string
	readers sync.WaitGroup
	leave   chan struct{} // closed to end the readers that behave
	release chan struct{} // closed to end the one that stays
	stalled sync.WaitGroup
}

type edition struct{ file *os.File }

const records, recordLen = 64, 32

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{t: t, folder: t.TempDir(), leave: make(chan struct{}), release: make(chan struct{})}
	s.domain = hazptr.NewDomain(hazptr.Config{Name: "editions", Trace: true, StallAfter: time.Second, OnStall: func(hazptr.Stall) {}})
	s.newest = hazptr.NewPointer(hazptr.PointerConfig[edition]{
		Reclaim: s.close,
		Bytes:   func(*edition) int64 { return records * recordLen },
		Domain:  s.domain,
	}, s.open(0))
	s.readers.Go(s.publish)
	for range 4 {
		s.readers.Go(s.lookups)
	}
	reading := make(chan struct{})
	s.stalled.Go(func() { s.export(reading) })
	<-reading
	return s
}

func (s *store) open(n int) *edition {
	path := filepath.Join(s.folder, fmt.Sprint(n))
	text := ""
	for range records {
		text += fmt.Sprintf("%-*d\n", recordLen-1, n)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Error(err)
	}
	f, err := os.Open(path)
	if err != nil {
		s.t.Error(err)
	}
	return &edition{f}
}

func (s *store) close(e *edition) {
	if err := e.file.Close(); err != nil {
		s.t.Error(err)
	}
	os.Remove(e.file.Name())
}

// publish replaces the edition a few hundred times a second, in bursts.
func (s *store) publish() {
	for n := 1; ; n++ {
		s.newest.Replace(s.open(n))
		pause := 2 * time.Millisecond
		if n%200 == 0 {
			pause = 500 * time.Millisecond
		}
		select {
		case <-s.leave:
			return
		case <-time.After(pause):
		}
	}
}

// lookups reads one record after the other; each takes a moment.
func (s *store) lookups() {
	h := hazptr.NewHolder[edition]()
	defer h.Close()
	record := make([]byte, recordLen)
	for n := 0; ; n++ {
		e := s.newest.Protect(h)
		if _, err := e.file.ReadAt(record, int64(n%records*recordLen)); err != nil {
			s.t.Error(err)
		}
		select {
		case <-s.leave:
			return
		case <-time.After(time.Duration(n%20) * time.Millisecond):
		}
		h.Clear()
	}
}

// export is the reader that stays: it writes an edition to a client that takes
// nothing.
func (s *store) export(reading chan struct{}) {
	h := hazptr.NewHolder[edition]()
	defer h.Close()
	e := s.newest.Protect(h)
	close(reading)
	<-s.release
	if _, err := e.file.ReadAt(make([]byte, recordLen), 0); err != nil {
		s.t.Error(err)
	}
}

// letGo ends the stall.
func (s *store) letGo() {
	close(s.release)
	s.stalled.Wait()
}

func (s *store) end() {
	close(s.leave)
	s.readers.Wait()
	s.newest.Replace(nil)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.domain.Close(ctx); err != nil {
		s.t.Error(err)
	}
}
