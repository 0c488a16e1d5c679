package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"
)

// How long after a signal a program ends that has not ended by itself: it
// computes, or writes to a pipe that is full.
const (
	atLast = 900 * time.Millisecond
	// For a program that has made no child and no temporary path.
	atOnce = 200 * time.Millisecond
)

// unwinds is whether this process has made a child or a temporary path.
var unwinds atomic.Bool

// patience is how long this process may take after a signal.
func patience() time.Duration {
	if unwinds.Load() {
		return atLast
	}
	return atOnce
}

// Main runs the program with the process's arguments and standard files, and
// ends the process with the status that run returns. SIGINT and SIGTERM end
// ctx, and with it the child processes that Child and Program have made. The
// process ends within a second, also if run does not return: the paths that
// Temporary knows are removed first.
func Main(run func(ctx context.Context, args []string, stdout, stderr io.Writer) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, os.Args[1:], os.Stdout, os.Stderr) }()
	status := Interrupted
	select {
	case status = <-ended:
	case <-ctx.Done():
		select {
		case status = <-ended:
		case <-time.After(patience()):
			removeTemporary()
			// The terminal may be what holds the program up.
			go fmt.Fprintf(os.Stderr, "%s: interrupted\n", filepath.Base(os.Args[0]))
			time.Sleep(10 * time.Millisecond)
		}
	}
	stop()
	os.Exit(status)
}
