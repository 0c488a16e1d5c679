package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"hazptr/internal/command"
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
	source, err := mutant.Source(ctx)
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
	build := command.Child(g.ctx, "go", append(args, "hazptr/tools/reftorture")...)
	build.Dir = g.source
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	g.built[name] = program
	return program, nil
}
