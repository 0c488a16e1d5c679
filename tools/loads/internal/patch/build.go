package patch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"hazptr/internal/command"
)

// Build builds a package of the module hazptr/tools, with the copy in the place
// of the module that it requires, into the program out. With race it has the
// race detector. The copy's original is built so, too: then the two programs differ in the edits alone.
func (s *Source) Build(ctx context.Context, pkg, out string, race bool) error {
	library, err := Library(ctx)
	if err != nil {
		return err
	}
	tools := filepath.Join(library, "tools")
	mod, err := os.MkdirTemp("", "hazptr-mod-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(mod)
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(mod, name), filepath.Join(tools, name)); err != nil {
			return err
		}
	}
	file := filepath.Join(mod, "go.mod")
	args := []string{"build", "-modfile=" + file, "-mod=mod", "-o", out}
	if race {
		args = append(args, "-race")
	}
	for _, arguments := range [][]string{
		{"mod", "edit", "-replace=hazptr=" + library, "-replace=" + s.Module.Path + "=" + s.Dir, file},
		append(args, pkg),
	} {
		cmd := command.Child(ctx, "go", arguments...)
		cmd.Dir = tools
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "PWD="+tools)
		if text, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s with %v: %w\n%s", pkg, s.Module, err, text)
		}
	}
	return nil
}
