package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"

	"hazptr/tools/internal/mutant"
)

// A goCommand builds this program from its source.
type goCommand struct {
	ctx    context.Context
	source string // of the library
	race   bool
	built  map[string]string
}

func newGoCommand(ctx context.Context, race bool) (*goCommand, error) {
	source, err := mutant.Source()
	if err != nil {
		return nil, err
	}
	return &goCommand{ctx, source, race, make(map[string]string)}, nil
}

// build builds this program into the folder under a name, unless it has been, and returns its path.
func (g *goCommand) build(folder, name string, flags ...string) (string, error) {
	if program, ok := g.built[name]; ok {
		return program, nil
	}
	program := filepath.Join(folder, name)
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	args := append([]string{"build", "-o", program}, flags...)
	if g.race {
		args = append(args, "-race")
	}
	command := exec.CommandContext(g.ctx, "go", append(args, "hazptr/tools/reftorture")...)
	command.Dir = g.source
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	g.built[name] = program
	return program, nil
}
