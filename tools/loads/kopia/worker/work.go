package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kopia/kopia/repo/content"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/kopia/internal/figures"
)

// work is what a worker has to do.
type work struct {
	Folder   string        `name:"folder" placeholder:"FOLDER" group:"Repository:" help:"folder with the repository and its caches"`
	Version  int           `name:"version" default:"3" between:"1,3" group:"Repository:" help:"version of its format: 1 is compacted when it is told to, 2 and 3 by epochs"`
	Make     bool          `name:"make" group:"Repository:" help:"make the repository, and do nothing else"`
	Contents int           `name:"contents" default:"200000" between:"20,100000000" group:"Repository:" help:"contents to make it with"`
	Only     bool          `name:"check" group:"Repository:" help:"read all contents, and do nothing else"`
	AtLeast  int           `name:"atleast" default:"0" between:"0,1000000000" group:"Repository:" help:"contents that there must be"`
	Listing  time.Duration `name:"listing" default:"2s" between:"1ms,1000h" group:"Work:" help:"time that a listing takes, at least"`
	Verify   bool          `name:"verify" group:"Work:" help:"look contents up in the callback of a listing"`
	Every    time.Duration `name:"every" default:"500ms" between:"1ms,1000h" group:"Work:" help:"time between a compaction and the next"`
	Duration time.Duration `name:"duration" default:"3s" between:"1ms,1000h" group:"Work:" help:"time after which nothing new is begun"`
}

// A load is a repository at work: one opening writes and compacts, the other
// one refreshes, lists and looks up.
type load struct {
	*work
	writer, reader *opening
	names          []content.ID // that are there from the beginning
	begun          atomic.Int64 // contents that are written, or are about to be
	written        atomic.Int64 // contents that are on the disk
	visible        atomic.Int64 // contents that the reader has been told of
	compacted      atomic.Int64 // times
	figures        *figures.Figures
	began          time.Time

	saying sync.Mutex
	stdout io.Writer
}

// do works until the time is over, and prints the figures.
func (w *work) do(ctx context.Context, r repository, stdout io.Writer) (err error) {
	if r.folder, err = filepath.Abs(r.folder); err != nil {
		return err
	}
	// As the kernel names it among a process's mappings.
	if r.folder, err = filepath.EvalSymlinks(r.folder); err != nil {
		return err
	}
	l := &load{work: w, figures: figures.New(), stdout: stdout}
	if l.writer, err = r.open(ctx, "writer", cached); err != nil {
		return err
	}
	if l.reader, err = r.open(ctx, "reader", cached); err != nil {
		return errors.Join(err, l.writer.close(ctx))
	}
	err = l.run(ctx)
	without := context.WithoutCancel(ctx)
	if err := errors.Join(err, l.writer.close(without), l.reader.close(without)); err != nil {
		return err
	}
	if m := mappedOf(r.folder); m.files != 0 {
		return fmt.Errorf("%d index files are still mapped after Close", m.files)
	}
	return json.NewEncoder(stdout).Encode(l.figures)
}

// run has all of it done at once, until the time is over or something is wrong.
// What is under way when the time is over goes on to its end, and lookups until
// then: a listing that a compaction has met is read to its last content.
func (l *load) run(ctx context.Context) (err error) {
	if l.names, err = l.reader.names(ctx); err != nil {
		return err
	}
	if len(l.names) == 0 {
		return errors.New("the repository has no contents")
	}
	l.start()

	l.began = time.Now()
	l.figures.Times = latency.NewTimeline(l.began)
	working, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	looking, stop := context.WithCancel(working)
	defer stop()
	var all, lookups sync.WaitGroup
	begin := func(ctx context.Context, group *sync.WaitGroup, work func(context.Context) error) {
		group.Go(func() {
			if err := work(ctx); err != nil {
				fail(err)
			}
		})
	}
	begin(working, &all, l.turns)
	begin(working, &all, l.list)
	begin(looking, &lookups, l.lookUp)
	all.Wait()
	stop()
	lookups.Wait()
	l.figures.Took = time.Since(l.began)
	return context.Cause(working)
}

// start counts the contents that are there from the beginning.
func (l *load) start() {
	l.writer.next = uint64(len(l.names))
	for _, count := range []*atomic.Int64{&l.begun, &l.written, &l.visible} {
		count.Store(int64(len(l.names)))
	}
}

// over reports whether the time is over. There has been a compaction by then.
func (l *load) over() bool { return time.Since(l.began) >= l.Duration && l.compacted.Load() > 0 }

// turns writes and compacts again and again.
func (l *load) turns(ctx context.Context) error {
	for pause(ctx, l.Every) && !l.over() {
		if err := l.turn(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// turn writes contents, compacts, and has the reader know.
func (l *load) turn(ctx context.Context) error {
	l.begun.Add(perTurn)
	if err := l.writer.fill(ctx, perTurn); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	l.written.Add(perTurn)
	if err := l.say(); err != nil {
		return err
	}
	if err := l.writer.compact(ctx); err != nil {
		return fmt.Errorf("compacting: %w", err)
	}
	began := time.Now()
	if err := l.reader.Refresh(ctx); err != nil {
		return fmt.Errorf("the reader's Refresh: %w", err)
	}
	l.figures.Refreshes.Record(time.Since(began))
	l.figures.Compactions = l.compacted.Add(1)
	l.visible.Store(l.written.Load())
	m := mappedOf(l.writer.folder)
	l.figures.Files, l.figures.Mapped = max(l.figures.Files, m.files), max(l.figures.Mapped, m.bytes)
	return nil
}

// say prints how many contents are on the disk.
func (l *load) say() error {
	l.saying.Lock()
	defer l.saying.Unlock()
	_, err := fmt.Fprintln(l.stdout, l.written.Load())
	return err
}

// pause waits, or reports false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
	return ctx.Err() == nil
}
