package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

// crashes are what was found after workers of the patched program had been
// killed in a commit.
type crashes struct {
	Killed int `json:"killed"`

	// In all volumes: none more, and none less, than was written and not
	// deleted.
	Needles uint64 `json:"needles_checked"`
}

// A point is a step of a commit, before which a worker stops.
type point struct {
	name  string
	place patch.Place
	step  string
}

var points = []point{
	{"before the commit's marker", patch.Func(inStorage+"volume_vacuum.go", "(*Volume).writeCompactCommitMarker"), `markerPath := v.FileName(".cpc")`},
	{"before the data file's rename", swap, `cpdExists := util.FileExists(v.FileName(".cpd"))`},
	{"before the index's rename", swap, "if cpxExists {"},
	{"after both renames", swap, "if cpdExists || cpxExists {"},
	{"after the marker's removal", swap, `return fsyncDir(filepath.Dir(v.FileName(".cpc")))`},
	{"when the new files are loaded", become, "nm := v.nm"},
}

var swap = patch.Func(inStorage+"volume_vacuum.go", "(*Volume).finishCompactSwap")

// stopVariable tells a worker where to stop.
const stopVariable = "HAZPTR_STOP"

const stopped = "stopped"

const stop = `package storage

import (
	"fmt"
	"os"
)

var stopAt = os.Getenv("` + stopVariable + `")

func stop(point string) {
	if point == stopAt {
		fmt.Println("` + stopped + `")
		select {}
	}
}
`

// stops are edits that have a worker stop where it is told.
func stops() []patch.Edit {
	edits := []patch.Edit{patch.Add(inStorage+"volume_stop.go", stop)}
	for _, p := range points {
		edits = append(edits, p.place.Before(p.step, fmt.Sprintf("stop(%q)", p.name)))
	}
	return edits
}

// crash kills workers of the patched program in a commit, while it is read, and
// has the original check their volumes.
func crash(ctx context.Context, o *options, p *pair.Pair, original *pair.Worker) (*crashes, error) {
	c := &crashes{}
	if o.Crashes == 0 {
		return c, nil
	}
	p.Begin("building the copy that stops")
	if _, err := p.Patched().Source.Apply(stops()...); err != nil {
		return nil, err
	}
	patched, err := p.Patched().Worker(ctx, workerFolder)
	if err != nil {
		return nil, err
	}
	for i := range o.Crashes {
		at := points[i%len(points)].name
		p.Begin(fmt.Sprintf("killing worker %d of %d, %s", i+1, o.Crashes, at))
		needles, err := killed(ctx, patched, original, at)
		if err != nil {
			return nil, fmt.Errorf("a worker that was killed %s: %w", at, err)
		}
		c.Killed++
		c.Needles += needles
	}
	return c, nil
}

// killed kills a worker at a point, and returns how many needles the original
// finds in its volume.
func killed(ctx context.Context, patched, original *pair.Worker, at string) (needles uint64, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(patched.File), "killed-*")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	volume := []string{"-dir", dir, "-size", "20000000", "-changes", "5000"}
	cmd := command.Child(ctx, patched.File, append(volume, "-client", "10s")...)
	cmd.Env = append(os.Environ(), stopVariable+"="+at)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	said, _ := bufio.NewReader(stdout).ReadString('\n')
	_ = cmd.Process.Kill() // if it has ended itself, that is found below
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case said != stopped+"\n" || cmd.ProcessState.Exited():
		return 0, patched.Failed(err, stderr.String())
	}
	out, err := original.Output(ctx, append(volume, "-check")...)
	if err != nil {
		return 0, fmt.Errorf("its volume, checked by the %w", err)
	}
	needles, err = strconv.ParseUint(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: what the check says: %w", original.Name, err)
	}
	return needles, nil
}
