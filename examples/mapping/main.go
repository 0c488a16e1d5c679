//go:build unix

// Mapping reads a file that is mapped into memory and replaced meanwhile. Each
// mapping is unmapped when its last reader has left, and not before.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"

	"hazptr/mapped"
)

const size = 1 << 20

// write replaces the file by a rename: a file that is mapped is not written to.
func write(path string, version byte) error {
	if err := os.WriteFile(path+".new", bytes.Repeat([]byte{version}, size), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// check reads a byte of each page.
func check(b []byte) error {
	for i := 0; i < size; i += 4096 {
		if b[i] != b[0] {
			return fmt.Errorf("byte %d is %d, the first is %d", i, b[i], b[0])
		}
	}
	return nil
}

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "mapping-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "file")
	if err := write(path, 0); err != nil {
		return err
	}
	file, err := mapped.Open(path, mapped.Options{})
	if err != nil {
		return err
	}

	const goroutines, versions = 2, 100
	var stop atomic.Bool
	var reads atomic.Int64
	var readers sync.WaitGroup
	failed := make(chan error, goroutines+1)
	for range goroutines {
		readers.Go(func() {
			for !stop.Load() {
				if err := file.Do(check); err != nil {
					failed <- err
					return
				}
				reads.Add(1)
				runtime.Gosched() // to the next request
			}
		})
	}
	for version := range versions {
		if err := errors.Join(write(path, byte(version+1)), file.Reload(ctx)); err != nil {
			failed <- err
			break
		}
	}
	stop.Store(true)
	readers.Wait()
	close(failed)
	last := file.Status().Generation
	// When Shutdown returns every version has been unmapped.
	if err := errors.Join(<-failed, file.Shutdown(context.Background())); err != nil {
		return err
	}
	left := file.Status().OldCount
	fmt.Printf("%d versions, of which %d are still mapped; one was read %d times\n", last, left, reads.Load())
	if last != versions+1 || left != 0 || reads.Load() == 0 {
		return fmt.Errorf("want %d versions, reads, and nothing mapped", versions+1)
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
