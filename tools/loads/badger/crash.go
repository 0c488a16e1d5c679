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

// crashes are what was found after workers of hazptr's copy had been killed.
type crashes struct {
	Killed     int `json:"killed"`
	Collecting int `json:"killed_while_collecting"`
	// Files that were truncated to be deleted and still there.
	Emptied int `json:"emptied_files"`
	// In all databases, each with all rounds that its worker had done.
	Values uint64 `json:"values_checked"`
}

const (
	// Since the first collection; the next one is the last.
	crashFrom   = 200 * time.Millisecond
	crashUntil  = time.Second
	crashWithin = 10 * time.Millisecond // of that collection's beginning
	// To kill one before the collection has ended.
	crashTries = 10
)

// crash kills workers of hazptr's copy while they rewrite files, and has badger
// as it is check their databases. The next worker works on in the same one.
func crash(ctx context.Context, n int, p *pair.Pair, workers []*pair.Worker) (*crashes, error) {
	original, patched := workers[0], workers[len(workers)-1]
	folder := filepath.Join(p.Folder, "crash")
	c := &crashes{}
	for i := range n {
		p.Begin(fmt.Sprintf("killing worker %d of %d", i+1, n))
		for try, collecting := 0, false; try < crashTries && !collecting; try++ {
			var done uint64
			var err error
			if done, collecting, err = kill(ctx, patched, folder); err != nil {
				return nil, fmt.Errorf("to be killed: %w", err)
			}
			c.Killed++
			if collecting {
				c.Collecting++
			}
			emptied, err := removeEmpty(folder)
			if err != nil {
				return nil, err
			}
			c.Emptied += emptied
			out, err := original.Output(ctx, "-check", "-dir", folder, "-atleast", fmt.Sprint(done))
			if err != nil {
				return nil, fmt.Errorf("the database of a killed worker of hazptr's copy, checked by badger %w", err)
			}
			values, err := strconv.ParseUint(strings.TrimSpace(string(out)), 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: what the check says: %w", original.Name, err)
			}
			c.Values += values
		}
	}
	return c, nil
}

// removeEmpty removes the files of the value log that are empty, and returns
// how many. Badger deletes a file by truncating it first, and refuses to open a
// database with one that was not removed then.
func removeEmpty(folder string) (removed int, err error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		if filepath.Ext(file.Name()) != ".vlog" {
			continue
		}
		info, err := file.Info()
		if err != nil {
			return removed, err
		}
		if info.Size() > 0 {
			continue
		}
		if err := os.Remove(filepath.Join(folder, file.Name())); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// kill kills a worker some time after a collection has begun, and returns the
// last round that was done before, and whether the collection had not ended.
func kill(ctx context.Context, w *pair.Worker, folder string) (done uint64, collecting bool, err error) {
	cmd := command.Child(ctx, w.File, "-resume", "-dir", folder, "-iterators", "2", "-duration", "1h")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, false, err
	}
	if err := cmd.Start(); err != nil {
		return 0, false, err
	}
	var killed atomic.Bool
	var last *time.Timer
	var from time.Time // of which on a collection is the last
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		line := lines.Text()
		if collecting = line == "collecting"; collecting {
			switch {
			case from.IsZero():
				from = time.Now().Add(crashFrom + rand.N(crashUntil-crashFrom))
			case last == nil && time.Now().After(from):
				last = time.AfterFunc(rand.N(crashWithin), func() {
					killed.Store(true)
					// If it has ended itself, that is found below.
					_ = cmd.Process.Kill()
				})
				defer last.Stop()
			}
		}
		if number, is := strings.CutPrefix(line, "round "); is {
			if done, err = strconv.ParseUint(number, 10, 64); err != nil {
				_ = cmd.Process.Kill()
				break
			}
		}
	}
	ended := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return 0, false, ctx.Err()
	case err != nil:
		return 0, false, fmt.Errorf("%s: what the worker says: %w", w.Name, err)
	case !killed.Load() || cmd.ProcessState.Exited():
		return 0, false, w.Failed(ended, stderr.String())
	}
	return done, collecting, nil
}
