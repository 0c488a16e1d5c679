package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

// A sandbox is a copy's runsc, and what is run by it: the whole of gVisor, with
// a program that it keeps apart from the machine.
type sandbox struct {
	name          string
	runsc, worker string // files
	folder        string
}

// newSandbox builds the copy's runsc into a folder, and the worker.
func newSandbox(ctx context.Context, c *pair.Copy, folder string) (*sandbox, error) {
	s := &sandbox{
		name: c.Name, runsc: filepath.Join(folder, c.Name+".runsc"), worker: filepath.Join(folder, c.Name+".worker"), folder: folder,
	}
	library, err := patch.Library(ctx)
	if err != nil {
		return nil, err
	}
	worker := command.Child(ctx, "go", "build", "-o", s.worker, "./tools/loads/fdtable/worker")
	worker.Dir, worker.Env = library, append(os.Environ(), "PWD="+library)
	for _, cmd := range []*exec.Cmd{c.Source.Command(ctx, "build", "-trimpath", "-o", s.runsc, "./runsc"), worker} {
		// What runs there finds no libraries.
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); ctx.Err() != nil {
			return nil, ctx.Err()
		} else if err != nil {
			return nil, fmt.Errorf("building the %s's sandbox: %w\n%s", c.Name, err, out)
		}
	}
	return s, nil
}

// work has threads ask in a sandbox where they stand in files, and returns
// nanoseconds for one question, all threads taken together.
func (s *sandbox) work(ctx context.Context, threads int, duration time.Duration) (ns float64, err error) {
	cmd := command.Child(ctx, s.runsc, "-network=none", "-ignore-cgroups", "-platform=systrap", "do",
		s.worker, "-threads", fmt.Sprint(threads), "-duration", duration.String())
	cmd.Env = append(os.Environ(), "TMPDIR="+s.folder) // where it has its state
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	// It takes the sandbox along.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	// Then it is killed: this program ends within a second.
	cmd.WaitDelay = 600 * time.Millisecond
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err == nil {
		ns, err = strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	}
	if err != nil {
		return 0, fmt.Errorf("a sandbox of the %s: %w\n%s", s.name, err, stderr.Bytes())
	}
	return ns / float64(threads), nil
}

// withSandboxes has the duel build sandboxes, and run one in each round.
func withSandboxes(c *pair.Duel, benchtime time.Duration) {
	row := pair.Row{Title: "lseek in a sandbox", Benchmark: "Sandbox", CPUs: runtime.GOMAXPROCS(0)}
	c.Comparison.Rows = append(c.Comparison.Rows, row)
	sandboxes, prepare := map[*pair.Copy]*sandbox{}, c.Prepare
	c.Stages += 2
	c.Prepare = func(ctx context.Context, p *pair.Pair) error {
		if err := prepare(ctx, p); err != nil {
			return err
		}
		for _, one := range p.Copies {
			p.Begin("building a sandbox of the " + one.Name)
			s, err := newSandbox(ctx, one, p.Folder)
			if err != nil {
				return err
			}
			sandboxes[one] = s
		}
		return nil
	}
	c.Round = func(ctx context.Context, one *pair.Copy) (map[string]float64, error) {
		ns, err := sandboxes[one].work(ctx, row.CPUs, 5*benchtime)
		return map[string]float64{c.Comparison.Name(row, 0): ns}, err
	}
}
