package patch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"hazptr/internal/command"
)

// Build builds the program in a folder of the library, such as
// "tools/loads/mmdb/worker", into the file out, with flags of go build. The
// folder is a module apart, in no workspace: so its requirements are downloaded
// only here.
func Build(ctx context.Context, program, out string, flags ...string) error {
	library, err := Library(ctx)
	if err != nil {
		return err
	}
	cmd := command.Child(ctx, "go", append(append([]string{"build"}, flags...), "-o", out, ".")...)
	cmd.Dir = filepath.Join(library, program)
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "PWD="+cmd.Dir)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", cmd.Dir, err, text)
	}
	return nil
}

// Build builds such a program with the copy in the place of the module that it
// requires. The copy's original is built so, too: then the programs differ in
// the edits alone. -trimpath leaves the copy's folder out of what the build
// cache knows a package by: what the edits don't touch is built once.
func (s *Source) Build(ctx context.Context, program, out string, flags ...string) error {
	library, err := Library(ctx)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "hazptr-mod-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(library, program, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), text, 0o644)
		}
		if err != nil {
			return err
		}
	}
	mod := filepath.Join(folder, "go.mod")
	if _, err := s.Go(ctx, "mod", "edit", "-replace="+s.Module.Path+"="+s.Dir, mod); err != nil {
		return err
	}
	if err := Build(ctx, program, out, append(flags, "-trimpath", "-modfile="+mod)...); err != nil {
		return fmt.Errorf("%v: %w", s.Module, err)
	}
	return nil
}
