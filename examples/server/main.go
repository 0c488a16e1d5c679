//go:build unix

// Server answers HTTP requests from a mapped file, which is mapped anew when it
// has changed or on SIGHUP, shows how that goes at /debug/hazptr, and ends so
// that nothing is left mapped: on SIGTERM or Ctrl-C, or by itself after a
// demonstration of two seconds. "-addr localhost:8080 -for 0" keeps it running.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"hazptr/debug"
	"hazptr/live"
	"hazptr/mapped"
)

// find answers whether a file of words, one a line, has a word.
func find(words *mapped.File) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		word, found := []byte("\n"+r.URL.Query().Get("word")+"\n"), false
		err := words.Do(func(b []byte) error { found = bytes.Contains(b, word); return nil })
		switch {
		case err != nil: // such as a *mapped.FaultError
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		case found:
			fmt.Fprintln(w, "found")
		default:
			http.NotFound(w, r)
		}
	}
}

// serve serves until ctx ends, and returns when nothing is mapped any more.
func serve(ctx context.Context, listener net.Listener, words *mapped.File) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/find", find(words))
	mux.Handle("/debug/hazptr", debug.Handler())
	server := http.Server{Handler: mux}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	<-ctx.Done()
	// The order matters: first the server, then what its requests use.
	limit, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		log.Print("connections that are left are closed: ", err)
		if err := server.Close(); err != nil {
			return err
		}
	}
	<-served
	limit, cancel = context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return words.Shutdown(limit)
}

// ask gets a URL until ctx ends. Each answer must have a text.
func ask(ctx context.Context, url, text string, answers *atomic.Int64) error {
	for ctx.Err() == nil {
		r, err := http.Get(url)
		if err != nil {
			if ctx.Err() != nil {
				return nil // the server has gone
			}
			return err
		}
		got, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || !strings.Contains(string(got), text) {
			return fmt.Errorf("%s answered %q, %v", url, got, err)
		}
		answers.Add(1)
	}
	return nil
}

// write replaces the file by a rename: a file that is mapped is not written to.
func write(path, text string) error {
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// rewrite replaces the file ten times a second, until ctx ends.
func rewrite(ctx context.Context, path string) error {
	for tick := time.NewTicker(100 * time.Millisecond); ; {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if err := write(path, fmt.Sprintf("\napple\nlemon\n%v\n", now)); err != nil {
				return err
			}
		}
	}
}

func demonstrate(addr string, length time.Duration) error {
	// A signal that comes before this line ends the program at once, so nothing
	// is made before it that must be removed.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	folder, err := os.MkdirTemp("", "server-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "words")
	if err := write(path, "\napple\nlemon\npear\n"); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	words, err := mapped.Open(path, mapped.Options{
		ReloadOn: []live.Trigger{live.Changed(10*time.Millisecond, path), live.Signal(syscall.SIGHUP)},
	})
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	fmt.Printf("%s/find?word=lemon and %s/debug/hazptr\n", url, url)

	var answers atomic.Int64
	var clients sync.WaitGroup
	failed := make(chan error, 3)
	serving := ctx
	if length > 0 {
		short, cancel := context.WithTimeout(ctx, length)
		defer cancel()
		serving = short
		clients.Go(func() { failed <- ask(serving, url+"/find?word=lemon", "found\n", &answers) })
		clients.Go(func() { failed <- ask(serving, url+"/debug/hazptr?format=text", `live "words"`, &answers) })
		clients.Go(func() { failed <- rewrite(serving, path) })
	} else {
		fmt.Printf("The words are in %s: mv another file to it, or kill -HUP %d\n", path, os.Getpid())
	}
	err = serve(serving, listener, words)
	clients.Wait()
	close(failed)
	for other := range failed {
		err = errors.Join(err, other)
	}
	if err != nil {
		return err
	}
	s := words.Status()
	fmt.Printf("%d answers; mapped %d times, mappings left: %d\n", answers.Load(), s.Loads-s.Failures, s.OldCount)
	if s.OldCount > 0 || length > 0 && ctx.Err() == nil && (answers.Load() == 0 || s.Loads-s.Failures < 2) {
		return errors.New("want answers, reloads, and nothing mapped")
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
