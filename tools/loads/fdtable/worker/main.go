//go:build linux

// Worker asks, in a sandbox, where it stands in files, while the files of some
// descriptors are replaced. Each answer is checked. It prints nanoseconds per
// question and thread.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
)

type options struct {
	Threads  int           `name:"threads" default:"1" between:"1,10000" help:"threads that ask"`
	Duration time.Duration `name:"duration" default:"1s" between:"1ms,24h" help:"time for which they do"`
}

var worker = program.Program[options]{
	Name:     "worker",
	Purpose:  "Worker asks where it stands in files. Fdtable runs it in sandboxes.",
	Examples: []string{"worker", "worker -threads 2 -duration 3s"},
	Do: func(ctx context.Context, o *options, stdout, _ io.Writer) error {
		ns, err := work(ctx, o.Threads, o.Duration)
		if err == nil {
			_, err = fmt.Fprintf(stdout, "%.1f\n", ns)
		}
		return err
	},
}

func main() { worker.Main() }

// turn is how many questions there are between two replacements.
const turn = 100

// work has each thread ask for the place in two files, which take turns at one
// descriptor, with others closed and opened meanwhile.
func work(ctx context.Context, threads int, duration time.Duration) (ns float64, err error) {
	folder, remove, err := command.WorkFolder(os.TempDir(), "fdtable-worker-*")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	counts, problems := make([]int, threads), make([]error, threads)
	end := time.Now().Add(duration)
	var group sync.WaitGroup
	for i := range threads {
		group.Go(func() {
			runtime.LockOSThread()
			counts[i], problems[i] = ask(ctx, filepath.Join(folder, fmt.Sprint(i)), int64(i+1)*1000, end)
		})
	}
	group.Wait()
	total := 0
	for i, n := range counts {
		if problems[i] != nil {
			return 0, problems[i]
		}
		total += n
	}
	return float64(duration.Nanoseconds()) * float64(threads) / float64(total), nil
}

// ask opens two files, at places of their own.
func ask(ctx context.Context, name string, place int64, end time.Time) (count int, err error) {
	var files [2]int
	for i := range files {
		if files[i], err = syscall.Open(name, syscall.O_RDWR|syscall.O_CREAT, 0o600); err != nil {
			return 0, err
		}
		defer syscall.Close(files[i])
		if _, err := syscall.Seek(files[i], place+int64(i), io.SeekStart); err != nil {
			return 0, err
		}
	}
	fd, err := syscall.Dup(files[0])
	if err != nil {
		return 0, err
	}
	defer syscall.Close(fd)
	for i := 1; time.Now().Before(end); i++ {
		if i%turn == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if err := syscall.Dup3(files[i%2], fd, 0); err != nil {
			return 0, fmt.Errorf("dup3: %w", err)
		}
		for range turn {
			got, err := syscall.Seek(fd, 0, io.SeekCurrent)
			if want := place + int64(i%2); err != nil || got != want {
				return 0, fmt.Errorf("lseek of what was put there: %d, %v; want %d", got, err, want)
			}
		}
		count += turn
		other, err := syscall.Open(name, syscall.O_RDONLY, 0)
		if err != nil {
			return 0, err
		}
		if err := syscall.Close(other); err != nil {
			return 0, err
		}
	}
	return count, nil
}
