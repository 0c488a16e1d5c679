//go:build unix

// Server answers HTTP requests from a file that is mapped anew while they read it, shows what is pending at /debug/hazptr, and ends so that nothing is left mapped: on SIGTERM or Ctrl-C, or by
// itself after a demonstration of two seconds. "-addr localhost:8080 -for 0" keeps it running.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"hazptr"
	"hazptr/debug"
)

// A table is a file of words, one a line, in memory outside the Go heap.
type table struct{ data []byte }

var opened, ended atomic.Int64

func open(path string) (*table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", path, err)
	}
	opened.Add(1)
	return &table{data}, nil
}

// close is the reclaim function: it returns nothing, so it tells of an error itself.
func (t *table) close() {
	if err := syscall.Munmap(t.data); err != nil {
		log.Print(err)
	}
	ended.Add(1)
}

type server struct {
	path    string
	domain  *hazptr.Domain
	current *hazptr.Pointer[table]
}

func newServer(path string) (*server, error) {
	first, err := open(path)
	if err != nil {
		return nil, err
	}
	d := hazptr.NewDomain(hazptr.Config{Name: "tables", StallAfter: time.Second, Trace: true})
	return &server{path, d, hazptr.NewPointer(hazptr.PointerConfig[table]{
		Reclaim: (*table).close,
		Bytes:   func(t *table) int64 { return int64(len(t.data)) },
		Domain:  d,
	}, first)}, nil
}

// find answers a request. The table is not unmapped while it is looked at.
func (s *server) find(w http.ResponseWriter, r *http.Request) {
	found := false
	s.current.Do(func(t *table) {
		found = bytes.Contains(t.data, []byte("\n"+r.URL.Query().Get("word")+"\n"))
	})
	if found {
		fmt.Fprintln(w, "found")
		return
	}
	http.NotFound(w, r)
}

// reload maps the file again, until ctx ends.
func (s *server) reload(ctx context.Context) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		next, err := open(s.path)
		if err != nil {
			log.Print("the table stays as it is: ", err)
			continue
		}
		s.current.Replace(next)
	}
}

// run serves until ctx ends, and returns when nothing is mapped any more.
func (s *server) run(ctx context.Context, listener net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/find", s.find)
	mux.Handle("/debug/hazptr", debug.Handler())
	h := http.Server{Handler: mux}
	served := make(chan error, 1)
	go func() { served <- h.Serve(listener) }()
	reloads, stop := context.WithCancel(ctx)
	var reloader sync.WaitGroup
	reloader.Go(func() { s.reload(reloads) })

	<-ctx.Done()
	// The order matters: first nobody reloads, then nobody reads; then the last table is retired, and all of them have ended when Close returns.
	stop()
	reloader.Wait()
	limit, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if err := h.Shutdown(limit); err != nil {
		log.Print("connections that are left are closed: ", err)
		if err := h.Close(); err != nil {
			return err
		}
	}
	<-served
	s.current.Replace(nil)
	limit, cancel = context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return s.domain.Close(limit)
}

// ask is a client that asks until ctx ends.
func ask(ctx context.Context, url string, answers *atomic.Int64) error {
	for ctx.Err() == nil {
		r, err := http.Get(url + "/find?word=lemon")
		if err != nil {
			if ctx.Err() != nil {
				return nil // the server has gone
			}
			return err
		}
		text, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || string(text) != "found\n" {
			return fmt.Errorf("answered %q, %v", text, err)
		}
		answers.Add(1)
	}
	return nil
}

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "where to listen")
	length := flag.Duration("for", 2*time.Second, "how long to run, with two clients; 0: until SIGTERM, without any")
	flag.Parse()
	if *addr == "" { // net.Listen would listen at all addresses of the machine
		log.Fatal("-addr is empty: give an address such as localhost:8080, or leave the flag out")
	}
	if err := demonstrate(*addr, *length); err != nil {
		log.Fatal(err)
	}
}

func demonstrate(addr string, length time.Duration) error {
	// A signal that comes before this line ends the program at once, so nothing is
	// made before it that must be removed.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	folder, err := os.MkdirTemp("", "server-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "words")
	if err := os.WriteFile(path, []byte("\napple\nlemon\npear\n"), 0o600); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s, err := newServer(path)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	fmt.Printf("%s/find?word=lemon and %s/debug/hazptr\n", url, url)

	var answers atomic.Int64
	var clients sync.WaitGroup
	failed := make(chan error, 2)
	if length > 0 {
		short, cancel := context.WithTimeout(ctx, length)
		defer cancel()
		ctx = short
		for range 2 {
			clients.Go(func() { failed <- ask(ctx, url, &answers) })
		}
	}
	if err := s.run(ctx, listener); err != nil {
		return err
	}
	clients.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			return err
		}
	}
	fmt.Printf("%d answers; of %d tables mapped, %d were unmapped\n", answers.Load(), opened.Load(), ended.Load())
	if opened.Load() != ended.Load() || length > 0 && answers.Load() == 0 {
		return fmt.Errorf("want all unmapped, and answers")
	}
	return nil
}
