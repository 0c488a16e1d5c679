package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/pair"
)

// crashes are what was found after workers of the patched program had been
// killed.
type crashes struct {
	Killed int `json:"killed"`

	// In all files, each of them with all commits that its worker had seen.
	Values uint64 `json:"values_checked"`
}

const (
	// The next worker does not work on in a file of so many bytes.
	crashSize = 200_000_000

	crashAfter = 200 * time.Millisecond // of the first commit, at the earliest
	crashUntil = time.Second            // at the latest
	crashLong  = "16"                   // readers, of 100ms
)

// crash kills workers of the patched program in mid-run, and has the original
// check their files.
func crash(ctx context.Context, n int, p *pair.Pair, workers []*pair.Worker) (*crashes, error) {
	original, patched := workers[0], workers[1]
	file := filepath.Join(p.Folder, "crash.db")
	c := &crashes{}
	for range n {
		p.Begin(fmt.Sprintf("killing worker %d of %d", c.Killed+1, n))
		if info, err := os.Stat(file); err == nil && info.Size() > crashSize {
			if err := os.Remove(file); err != nil {
				return nil, err
			}
		}
		committed, err := kill(ctx, patched, file)
		if err != nil {
			return nil, fmt.Errorf("to be killed: %w", err)
		}
		c.Killed++
		out, err := original.Output(ctx, "-check", "-file", file, "-atleast", fmt.Sprint(committed))
		if err != nil {
			return nil, fmt.Errorf("the file of a killed worker of the patched program, checked by the %w", err)
		}
		values, err := strconv.ParseUint(strings.TrimSpace(string(out)), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: what the check says: %w", original.Name, err)
		}
		c.Values += values
	}
	return c, nil
}

// kill kills a worker some time after its first commit, and returns how many
// values it has made durable before.
func kill(ctx context.Context, w *pair.Worker, file string) (committed uint64, err error) {
	cmd := command.Child(ctx, w.File, "-resume", "-file", file, "-grow", fmt.Sprint(int64(mostGrow)), "-long", crashLong, "-hold", "100ms", "-duration", "1h")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	var killed atomic.Bool
	var timer *time.Timer
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		committed, err = strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil {
			_ = cmd.Process.Kill()
			break
		}
		if timer == nil {
			timer = time.AfterFunc(crashAfter+rand.N(crashUntil-crashAfter), func() {
				killed.Store(true)
				// If it has ended itself, that is found below.
				_ = cmd.Process.Kill()
			})
			defer timer.Stop()
		}
	}
	ended := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case err != nil:
		return 0, fmt.Errorf("%s: what the worker says: %w", w.Name, err)
	case !killed.Load() || cmd.ProcessState.Exited():
		return 0, w.Failed(ended, stderr.String())
	}
	return committed, nil
}
