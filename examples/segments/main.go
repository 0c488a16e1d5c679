//go:build unix

// Segments reads keys from many segment files, of which ten stay open. A file
// is opened when it is asked for, shared, and closed when it has lost its place
// and no reader has it. A segment that is deleted is dropped: a reader that has
// it reads on, and a later one is told that there is none.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"hazptr/live"
)

const (
	segments = 100
	keys     = 400  // of which each segment has four
	stay     = 10   // segments that stay open
	readers  = 4    // goroutines
	reads    = 5000 // by each of them
)

// record is what the store has of a key: as many bytes for each.
func record(key int) string { return fmt.Sprintf("record %4d\n", key) }

func segmentOf(key int) int { return key * segments / keys }

// check reads the record of a key from its segment.
func check(segment *os.File, key int) error {
	want := record(key)
	got := make([]byte, len(want))
	if _, err := segment.ReadAt(got, int64(key%(keys/segments)*len(want))); err != nil {
		return err // such as "file already closed"
	}
	if string(got) != want {
		return fmt.Errorf("key %d has %q, want %q", key, got, want)
	}
	return nil
}

// A store is a folder of segments, which it counts.
type store struct {
	folder string

	mu                sync.Mutex // guards what follows
	opens, open, most int
}

func (s *store) path(segment int) string { return filepath.Join(s.folder, fmt.Sprint(segment)) }

func (s *store) fill() error {
	text := make([]strings.Builder, segments)
	for key := range keys {
		text[segmentOf(key)].WriteString(record(key))
	}
	for segment := range text {
		if err := os.WriteFile(s.path(segment), []byte(text[segment].String()), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) openSegment(_ context.Context, segment int) (*os.File, error) {
	file, err := os.Open(s.path(segment))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opens++
	s.open++
	s.most = max(s.most, s.open)
	return file, nil
}

func (s *store) closeSegment(_ int, file *os.File) error {
	err := file.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	return err
}

// read reads keys, some of them more often than others.
func read(ctx context.Context, pool *live.Pool[int, *os.File]) error {
	for n := range reads {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		key := int(rand.ExpFloat64()*keys/16) % keys
		if err := pool.Do(ctx, segmentOf(key), func(segment *os.File) error {
			if n%100 == 0 {
				// Meanwhile its place may be given to another.
				time.Sleep(time.Millisecond)
			}
			return check(segment, key)
		}); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes a segment while it is read.
func (s *store) remove(ctx context.Context, pool *live.Pool[int, *os.File], segment int) error {
	key := segment * keys / segments
	if err := pool.Do(ctx, segment, func(file *os.File) error {
		if err := os.Remove(file.Name()); err != nil {
			return err
		}
		pool.Drop(segment)
		return check(file, key)
	}); err != nil {
		return err
	}
	err := pool.Do(ctx, segment, func(*os.File) error { return errors.New("a deleted segment was opened") })
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("of a deleted segment: %w", err)
	}
	fmt.Println(err)
	return nil
}

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "segments-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	s := &store{folder: folder}
	if err := s.fill(); err != nil {
		return err
	}
	pool := live.NewPool(live.PoolOptions[int, *os.File]{
		Name:  "segments",
		Open:  s.openSegment,
		Close: s.closeSegment,
		Max:   stay,
	})

	var group sync.WaitGroup
	failed := make(chan error, readers)
	for range readers {
		group.Go(func() { failed <- read(ctx, pool) })
	}
	group.Wait()
	close(failed)
	for other := range failed {
		err = errors.Join(err, other)
	}
	if err == nil {
		err = s.remove(ctx, pool, 7)
	}
	if err := errors.Join(err, pool.Shutdown(context.Background())); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Printf("%d reads of %d keys in %d segments: %d opens, %d open at most, of which %d stay, and %d at the end\n",
		readers*reads, keys, segments, s.opens, s.most, stay, s.open)
	// Besides the ten, some have left the pool and are in use, or being closed.
	if s.opens == 0 || s.most > segments/2 || s.open != 0 {
		return fmt.Errorf("want opens, %d open at most, and none at the end", segments/2)
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
