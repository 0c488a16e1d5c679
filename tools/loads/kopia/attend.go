package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/kopia/internal/figures"
)

// How a worker ends that gives no figures.
var (
	errDied = errors.New("it died of an unmapped file")
	errHung = errors.New("it was killed when its time was over")
)

// opening is the time that a worker has until it says something at all.
const opening = time.Minute

// A limit is the time that a worker has until it says something more, when it
// has said that so many contents are on the disk.
type limit func(written int) time.Duration

// always is the same limit.
func always(d time.Duration) limit { return func(int) time.Duration { return d } }

// attend runs a worker to its end, or until it is killed: it has said nothing
// for longer than the limit.
func attend(ctx context.Context, w *pair.Worker, limit limit, args ...string) (*figures.Figures, error) {
	cmd := command.Child(ctx, w.File, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var killed atomic.Bool
	timer := time.AfterFunc(opening, func() {
		killed.Store(true)
		_ = cmd.Process.Kill() // if it has ended itself, that is found below
	})
	f, said := read(stdout, func(written int) { timer.Reset(limit(written)) })
	nonsense := said != nil && !errors.Is(said, io.EOF) && !errors.Is(said, io.ErrUnexpectedEOF)
	if nonsense {
		_ = cmd.Process.Kill() // it may say more
	}
	ended := cmd.Wait()
	timer.Stop()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case killed.Load() && !cmd.ProcessState.Exited():
		return nil, fmt.Errorf("%s: %w", w.Name, errHung)
	case nonsense, ended == nil && said != nil:
		return nil, fmt.Errorf("%s: what the worker says: %w", w.Name, said)
	case ended != nil && died(stderr.String()):
		return nil, fmt.Errorf("%w: %w", errDied, w.Failed(ended, stderr.String()))
	case ended != nil:
		return nil, w.Failed(ended, stderr.String())
	}
	return f, nil
}

// read reads what a worker prints: numbers of contents, for which it calls
// wrote, and the figures.
func read(stdout io.Reader, wrote func(written int)) (*figures.Figures, error) {
	values := json.NewDecoder(stdout)
	for {
		var value json.RawMessage
		if err := values.Decode(&value); err != nil {
			return nil, err
		}
		if value[0] == '{' {
			f := figures.New()
			err := json.Unmarshal(value, f)
			return f, err
		}
		var written int
		if err := json.Unmarshal(value, &written); err != nil {
			return nil, err
		}
		wrote(written)
	}
}

// died reports whether a worker that has written this has read a file that was
// unmapped, or what was mapped in its place.
func died(stderr string) bool {
	return strings.Contains(stderr, "unexpected fault address") || strings.HasPrefix(stderr, "worker: a listing ") || strings.HasPrefix(stderr, "worker: listing: ")
}
