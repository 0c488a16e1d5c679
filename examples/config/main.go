// Config replaces a configuration, and the log file that it has open, while requests use both. The file of the old one is closed when its last request has ended, and not before.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"hazptr"
)

// A config never changes once it is published; it is replaced.
type config struct {
	greeting string
	log      *os.File
}

func load(folder string, number int) (*config, error) {
	file, err := os.Create(filepath.Join(folder, fmt.Sprintf("log-%d", number)))
	if err != nil {
		return nil, err
	}
	return &config{fmt.Sprint("hello number ", number), file}, nil
}

// A server has one configuration at a time.
type server struct {
	domain  *hazptr.Domain
	present *hazptr.Pointer[config]
	closed  int // by the domain's only worker
}

func newServer(first *config) *server {
	s := &server{domain: hazptr.NewDomain(hazptr.Config{Name: "config", Workers: 1})}
	s.present = hazptr.NewPointer(hazptr.PointerConfig[config]{Reclaim: s.close, Domain: s.domain}, first)
	return s
}

func (s *server) serve(request int) (err error) {
	s.present.Do(func(c *config) { // once: all of a request is served by one configuration
		_, err = fmt.Fprintf(c.log, "request %d: %s\n", request, c.greeting)
	})
	return err
}

func (s *server) close(old *config) {
	if err := old.log.Close(); err != nil {
		log.Fatal(err)
	}
	s.closed++
}

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "config-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	first, err := load(folder, 0)
	if err != nil {
		return err
	}
	s := newServer(first)

	const goroutines, requests, reloads = 4, 2000, 50
	var group sync.WaitGroup
	failed := make(chan error, goroutines)
	for range goroutines {
		group.Go(func() {
			for request := range requests {
				if err := s.serve(request); err != nil { // such as "file already closed"
					failed <- err
					return
				}
			}
		})
	}
	for number := range reloads {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		next, err := load(folder, number+1)
		if err != nil {
			return err
		}
		s.present.Replace(next)
	}
	group.Wait()
	s.present.Replace(nil)
	if err := s.domain.Close(context.Background()); err != nil { // every file has been closed when it returns
		return err
	}
	select {
	case err := <-failed:
		return err
	default:
	}

	lines := 0
	for number := range reloads + 1 {
		text, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("log-%d", number)))
		if err != nil {
			return err
		}
		lines += strings.Count(string(text), fmt.Sprint("hello number ", number, "\n"))
	}
	fmt.Printf("%d requests logged under %d configurations, of which %d were closed\n", lines, reloads+1, s.closed)
	if lines != goroutines*requests || s.closed != reloads+1 {
		return fmt.Errorf("want %d requests and all closed", goroutines*requests)
	}
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil { // it has removed its folder, also after Ctrl-C
		log.Fatal(err)
	}
}
