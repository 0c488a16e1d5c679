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

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/bbolt/internal/figures"
)

// work is what a worker has to do.
type work struct {
	File     string        `name:"file" placeholder:"FILE" group:"File:" help:"the database"`
	Limit    int64         `name:"grow" default:"67108864" between:"1,1000000000000" group:"File:" help:"bytes of the file's pages at which a new one is begun"`
	Mmap     int           `name:"mmap" default:"0" between:"0,1000000000000" group:"File:" help:"bytes to map from the start, as bbolt's option InitialMmapSize"`
	NoSync   bool          `name:"nosync" group:"File:" help:"leave the disk out: commits don't wait for it"`
	Resume   bool          `name:"resume" group:"File:" help:"work on in the file if it is there, and say of each commit how many values it has made durable"`
	Only     bool          `name:"check" group:"File:" help:"check the file, with bbolt's own check and value by value, and do nothing else"`
	AtLeast  uint64        `name:"atleast" default:"0" group:"File:" help:"values that the file to be checked must have"`
	Readers  int           `name:"readers" default:"${half}" between:"0,10000" group:"Readers:" help:"goroutines that run one short read transaction after the other"`
	Long     int           `name:"long" default:"0" between:"0,10000" group:"Readers:" help:"goroutines that run long ones"`
	Hold     time.Duration `name:"hold" default:"1s" between:"1ns,1000h" group:"Readers:" help:"time for which those stay open"`
	Duration time.Duration `name:"duration" default:"3s" between:"1ms,1000h" group:"Readers:" help:"time to work"`
}

// firstSize is the size of the file's pages when readers begin.
const firstSize = 1 << 20

var errFull = errors.New("the file has reached its limit")

// do lets one file after the other grow until the time is over.
func (w *work) do(ctx context.Context, stdout io.Writer) (*figures.Figures, error) {
	// As the kernel names it among a process's mappings.
	folder, err := filepath.EvalSymlinks(filepath.Dir(w.File))
	if err != nil {
		return nil, err
	}
	w.File = filepath.Join(folder, filepath.Base(w.File))

	f, began := figures.New(), time.Now()
	f.Times = latency.NewTimeline(began)
	ctx, stop := context.WithTimeout(ctx, w.Duration)
	defer stop()
	for ctx.Err() == nil {
		if !w.Resume {
			if err := os.Remove(w.File); err != nil && !os.IsNotExist(err) {
				return nil, err
			}
		}
		err := w.growFile(ctx, began, f, stdout)
		switch {
		case errors.Is(err, errFull) && w.Resume:
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

// growFile lets a file grow until it has reached the limit, which is errFull,
// or the time is over, in a run that began at a time.
func (w *work) growFile(ctx context.Context, began time.Time, f *figures.Figures, stdout io.Writer) (err error) {
	db, err := bbolt.Open(w.File, 0o600, &bbolt.Options{Timeout: 5 * time.Second, NoSync: w.NoSync, NoGrowSync: w.NoSync, InitialMmapSize: w.Mmap})
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, db.Close())
		if m := mappedOf(w.File); m.total != 0 {
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
	for range w.Readers {
		r := newReader(db, began)
		readers = append(readers, r)
		all.Go(func() { fail(r.views(ctx)) })
	}
	for range w.Long {
		r := newReader(db, began)
		readers = append(readers, r)
		all.Go(func() { fail(r.stay(ctx, w.Hold)) })
	}
	all.Go(func() { fail(writer.write(ctx)) })
	all.Wait()
	for _, r := range readers {
		f.Views.Merge(r.latencies)
		f.Times.Merge(r.times)
		f.Stays += r.stays
	}
	return context.Cause(ctx)
}
