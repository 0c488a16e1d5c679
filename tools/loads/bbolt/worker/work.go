package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hazptr/tools/loads/bbolt/internal/figures"
)

// work is what a worker has to do.
type work struct {
	file          string
	limit         int64 // bytes
	readers, long int
	hold          time.Duration
	duration      time.Duration
	noSync        bool
	resume        bool
}

// firstSize is the size of the file when readers begin.
const firstSize = 1 << 20

var errFull = errors.New("the file has reached its limit")

// do lets one file after the other grow until the time is over.
func (w *work) do(ctx context.Context, stdout io.Writer) (*figures.Figures, error) {
	folder, err := filepath.EvalSymlinks(filepath.Dir(w.file)) // as the kernel names it among a process's mappings
	if err != nil {
		return nil, err
	}
	w.file = filepath.Join(folder, filepath.Base(w.file))

	f := figures.New()
	began := time.Now()
	ctx, stop := context.WithTimeout(ctx, w.duration)
	defer stop()
	for ctx.Err() == nil {
		if !w.resume {
			if err := os.Remove(w.file); err != nil && !os.IsNotExist(err) {
				return nil, err
			}
		}
		err := w.growFile(ctx, f, stdout)
		switch {
		case errors.Is(err, errFull) && w.resume:
			return nil, err
		case errors.Is(err, errFull):
			f.Grown++
		case err != nil && !errors.Is(err, ctx.Err()):
			return nil, err
		}
	}
	f.Took = time.Since(began)
	return f, nil
}

// growFile lets a file grow until it has reached the limit, which is errFull, or the time is over.
func (w *work) growFile(ctx context.Context, f *figures.Figures, stdout io.Writer) (err error) {
	db, err := bbolt.Open(w.file, 0o600, &bbolt.Options{Timeout: 5 * time.Second, NoSync: w.noSync, NoGrowSync: w.noSync})
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, db.Close())
		if m := mappedOf(w.file); m.total != 0 {
			err = errors.Join(err, fmt.Errorf("%d bytes of the file are still mapped after Close", m.total))
		}
	}()
	writer := newWriter(w, db, f, stdout)
	if err := writer.start(ctx); err != nil {
		return err
	}

	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var all sync.WaitGroup
	var readers []*reader
	for range w.readers {
		r := newReader(db)
		readers = append(readers, r)
		all.Go(func() { fail(r.views(ctx)) })
	}
	for range w.long {
		r := newReader(db)
		readers = append(readers, r)
		all.Go(func() { fail(r.stay(ctx, w.hold)) })
	}
	all.Go(func() { fail(writer.write(ctx)) })
	all.Wait()
	for _, r := range readers {
		f.Views.Merge(r.latencies)
		f.Stays += r.stays
	}
	return context.Cause(ctx)
}
