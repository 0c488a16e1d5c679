// Soak reloads values for as long as it is told to, beside readers that stay,
// and looks whether the process grows.
//
//	go run ./tools/soak -h
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hazptr/live"
	"hazptr/mapped"
	"hazptr/tools/internal/program"
)

type options struct {
	Duration time.Duration `name:"duration" default:"1h" help:"how long to reload"`
	Every    time.Duration `name:"every" default:"50ms" help:"time between two reloads of each value"`
	Stay     time.Duration `name:"stay" default:"500ms" help:"how long a slow reader keeps a value"`
	Sample   time.Duration `name:"sample" default:"1m" help:"time between two lines"`
	MiB      int           `name:"mib" default:"8" between:"1,1024" help:"size of a value"`
}

// Check looks at the options together.
func (o *options) Check() error {
	if o.Duration <= 0 || o.Every <= 0 || o.Stay <= 0 || o.Sample <= 0 {
		return fmt.Errorf("-duration %v -every %v -stay %v -sample %v: want more than 0 for each", o.Duration, o.Every, o.Stay, o.Sample)
	}
	if o.Sample > o.Duration/4 {
		return fmt.Errorf("-sample %v in a -duration of %v: want four lines or more", o.Sample, o.Duration)
	}
	return nil
}

var soak = program.Program[options]{
	Name: "soak",
	Purpose: `Soak reloads two values beside their readers, a live.Value of memory outside
the Go heap and a mapped.File, and prints what the process holds. It fails if
that grows.`,
	Examples: []string{"soak", "soak -duration 1m -sample 10s", "GOMEMLIMIT=64MiB soak"},
	Details: `
Two readers of each value are quick and read all of it; one stays. A line tells
of reloads, values that are not closed, the process's resident memory, its
mappings and its open files. The first quarter of the lines is the measure of
the others: at most a quarter more memory, and 16 MiB, as many mappings, and as
many files.

In a cgroup with a limit of memory (version 1):

  mkdir /sys/fs/cgroup/memory/soak
  echo 256M > /sys/fs/cgroup/memory/soak/memory.limit_in_bytes
  sh -c 'echo $$ > /sys/fs/cgroup/memory/soak/cgroup.procs; exec soak'

It needs linux.
`,
	Do: run,
}

func main() { soak.Main() }

// A held is what the process holds.
type held struct {
	reloads, old    int64
	resident        int64 // bytes
	mappings, files int64
}

func run(ctx context.Context, o *options, stdout, _ io.Writer) (err error) {
	folder, err := os.MkdirTemp("", "soak-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "file")
	size := o.MiB << 20
	version := byte(0)
	write := func() error {
		version++
		if err := os.WriteFile(path+".new", pattern(size, version), 0o600); err != nil {
			return err
		}
		return os.Rename(path+".new", path)
	}
	if err := write(); err != nil {
		return err
	}
	file, err := mapped.Open(path, mapped.Options{Name: "soak file"})
	if err != nil {
		return err
	}
	value, err := live.Open(ctx, live.Options[[]byte]{
		Name:  "soak memory",
		Load:  func(context.Context) ([]byte, error) { return allocate(pattern(size, version)) },
		Close: free,
	})
	if err != nil {
		return err
	}

	ctx, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	for _, do := range []func(func([]byte) error) error{file.Do, value.Do} {
		for range 2 {
			group.Go(func() error { return readers(ctx, do, 0, o.Every/2) })
		}
		group.Go(func() error { return readers(ctx, do, o.Stay, 0) })
	}
	var reloads atomic.Int64
	group.Go(func() error {
		for sleep(ctx, o.Every) {
			if err := errors.Join(write(), file.Reload(ctx), value.Reload(ctx)); err != nil && ctx.Err() == nil {
				return err
			}
			reloads.Add(1)
		}
		return nil
	})
	var lines []held
	group.Go(func() error {
		fmt.Fprintf(stdout, "%8s %9s %4s %9s %9s %6s\n", "time", "reloads", "old", "MiB", "mappings", "files")
		for began := time.Now(); sleep(ctx, o.Sample); {
			h, err := look()
			if err != nil {
				return err
			}
			h.reloads, h.old = reloads.Load(), int64(file.Status().OldCount+value.Status().OldCount)
			lines = append(lines, h)
			fmt.Fprintf(stdout, "%8s %9d %4d %9.1f %9d %6d\n", time.Since(began).Round(time.Second), h.reloads, h.old, float64(h.resident)/(1<<20), h.mappings, h.files)
		}
		return nil
	})
	err = group.Wait()
	end, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer stop()
	if err = errors.Join(err, file.Shutdown(end), value.Shutdown(end)); err != nil {
		return err
	}
	if left := unfreed.Load(); left != 0 {
		return fmt.Errorf("%d values were not closed", left)
	}
	return grown(stdout, lines)
}

// grown compares the lines with the first quarter of them.
func grown(stdout io.Writer, lines []held) error {
	if len(lines) < 4 {
		return fmt.Errorf("interrupted after %d lines, of which four are needed to compare", len(lines))
	}
	var first, rest held
	for i, h := range lines {
		most := &rest
		if i < len(lines)/4 {
			most = &first
		}
		most.resident, most.mappings, most.files = max(most.resident, h.resident), max(most.mappings, h.mappings), max(most.files, h.files)
	}
	fmt.Fprintf(stdout, "at most: first quarter %.1f MiB, %d mappings, %d files; the rest %.1f MiB, %d, %d\n",
		float64(first.resident)/(1<<20), first.mappings, first.files, float64(rest.resident)/(1<<20), rest.mappings, rest.files)
	if rest.resident > first.resident*5/4+16<<20 || rest.mappings > first.mappings+32 || rest.files > first.files+8 {
		return errors.New("the process has grown")
	}
	return nil
}

// readers reads again and again, until ctx ends. Each byte of a value is the
// same.
func readers(ctx context.Context, do func(func([]byte) error) error, stay, rest time.Duration) error {
	for ctx.Err() == nil {
		err := do(func(b []byte) error {
			first := b[0]
			sleep(ctx, stay)
			for i := 0; i < len(b); i += 4096 {
				if b[i] != first {
					return fmt.Errorf("byte %d is %d, and the first one %d", i, b[i], first)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		sleep(ctx, rest)
	}
	return nil
}

func pattern(size int, version byte) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = version
	}
	return b
}

// sleep reports whether ctx has not ended meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// unfreed counts what allocate has returned and free has not been given.
var unfreed atomic.Int64

// What is written passes through the heap.
func init() { debug.SetGCPercent(50) }
