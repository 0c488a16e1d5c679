//go:build unix

// Mapping reads a file that is mapped into memory and replaced meanwhile. Each mapping is really unmapped: a reader that came too late would crash.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"

	"hazptr"
)

// A mapping is a version of the file.
type mapping struct {
	version byte
	bytes   []byte
}

const size = 1 << 20

func open(path string, version byte) (*mapping, error) {
	if err := os.WriteFile(path, bytes.Repeat([]byte{version}, size), 0o600); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	mapped, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &mapping{version, mapped}, nil
}

func (m *mapping) unmap() {
	if err := syscall.Munmap(m.bytes); err != nil {
		log.Fatal(err)
	}
	unmapped.Add(1)
}

var unmapped atomic.Int64

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "mapping-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	path := func(version byte) string { return filepath.Join(folder, fmt.Sprint(version)) }
	first, err := open(path(0), 0)
	if err != nil {
		return err
	}
	var current atomic.Pointer[mapping]
	current.Store(first)
	d := hazptr.NewDomain(hazptr.Config{Name: "mapping"})

	var stop atomic.Bool
	var reads, wrong atomic.Int64
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			h := hazptr.NewHolder[mapping]() // this goroutine's hazard pointer
			defer h.Close()
			for !stop.Load() {
				m := h.Protect(&current)
				for i := 0; i < size; i += 4096 {
					if m.bytes[i] != m.version {
						wrong.Add(1)
					}
				}
				h.Clear()
				reads.Add(1)
				runtime.Gosched() // to the next request
			}
		})
	}
	const versions = 100
	for version := range byte(versions) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		next, err := open(path(version+1), version+1)
		if err != nil {
			return err
		}
		old := current.Swap(next)                       // first unlink ...
		hazptr.RetireIn(d, old, size, (*mapping).unmap) // ... then retire; from here on old is not ours
		if err := os.Remove(path(version)); err != nil {
			return err
		}
	}
	stop.Store(true)
	readers.Wait()
	hazptr.RetireIn(d, current.Swap(nil), size, (*mapping).unmap)
	if err := d.Close(context.Background()); err != nil {
		return err
	}
	fmt.Printf("%d versions, %d unmapped while %d times one was read; wrong bytes: %d\n", versions+1, unmapped.Load(), reads.Load(), wrong.Load())
	if unmapped.Load() != versions+1 || wrong.Load() != 0 || reads.Load() == 0 {
		return fmt.Errorf("want every version unmapped, and no wrong bytes")
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
