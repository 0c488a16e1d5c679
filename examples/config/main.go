// Config replaces a configuration, and the log file that it has open, while
// requests use both. The file of an old one is closed when its last request has
// ended, and not before.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"hazptr/live"
)

// A config never changes once it is published; it is replaced.
type config struct {
	greeting string
	log      *os.File
}

func load(folder string, number int) (*config, error) {
	file, err := os.Create(filepath.Join(folder, fmt.Sprintf("log-%d", number)))
	return &config{fmt.Sprint("hello number ", number), file}, err
}

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "config-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	var loaded int // by one Load at a time
	var closed atomic.Int64
	present, err := live.Open(ctx, live.Options[*config]{
		Name:  "config",
		Load:  func(context.Context) (*config, error) { loaded++; return load(folder, loaded) },
		Close: func(c *config) error { closed.Add(1); return c.log.Close() },
	})
	if err != nil {
		return err
	}

	const goroutines, requests, reloads = 4, 2000, 50
	var group sync.WaitGroup
	failed := make(chan error, goroutines+1)
	for range goroutines {
		group.Go(func() {
			for request := range requests {
				// One Do, so that one configuration serves all of a request.
				if err := present.Do(func(c *config) error {
					_, err := fmt.Fprintf(c.log, "request %d: %s\n", request, c.greeting)
					return err
				}); err != nil { // such as "file already closed"
					failed <- err
					return
				}
			}
		})
	}
	for range reloads {
		if err := present.Reload(ctx); err != nil {
			failed <- err
			break
		}
	}
	group.Wait()
	close(failed)
	// When Shutdown returns every file has been closed.
	if err := errors.Join(<-failed, present.Shutdown(context.Background())); err != nil {
		return err
	}

	lines := 0
	for number := 1; number <= loaded; number++ {
		text, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("log-%d", number)))
		if err != nil {
			return err
		}
		lines += strings.Count(string(text), fmt.Sprint("hello number ", number, "\n"))
	}
	fmt.Printf("%d requests logged under %d configurations, of which %d were closed\n", lines, loaded, closed.Load())
	if lines != goroutines*requests || loaded != reloads+1 || int(closed.Load()) != loaded {
		return fmt.Errorf("want %d requests, and all of %d closed", goroutines*requests, reloads+1)
	}
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// run removes its folder, also after Ctrl-C.
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}
