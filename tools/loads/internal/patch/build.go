package patch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hazptr/internal/command"
)

// Build builds the program of a module into the file out, with the copy in the
// place of the module that it requires. The program's module is a folder of the
// library, such as "tools/loads/bbolt/worker", which is in no workspace: so its
// requirements are downloaded only here. The copy's original is built so, too:
// then the programs differ in the edits alone. -trimpath leaves the copy's folder
// out of what the build cache knows a package by: what the edits don't touch is
// built once.
//
// Flags are further ones for go build, such as -race.
func (s *Source) Build(ctx context.Context, module, out string, flags ...string) error {
	library, err := Library(ctx)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "hazptr-mod-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	module = filepath.Join(library, module)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(module, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), text, 0o644)
		}
		if err != nil {
			return err
		}
	}
	mod := filepath.Join(folder, "go.mod")
	for _, arguments := range [][]string{
		{"mod", "edit", "-replace=" + s.Module.Path + "=" + s.Dir, mod},
		append(append([]string{"build", "-trimpath", "-modfile=" + mod, "-o", out}, flags...), "."),
	} {
		cmd := command.Child(ctx, "go", arguments...)
		cmd.Dir = module
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "PWD="+module)
		if text, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s with %v: %w\n%s", module, s.Module, err, text)
		}
	}
	return nil
}

// Library returns the folder of the library, which the present folder's
// workspace or module must know.
func Library(ctx context.Context) (dir string, err error) {
	out, err := command.Child(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "hazptr").Output()
	if dir = strings.TrimSpace(string(out)); err == nil && dir != "" {
		return dir, nil
	}
	reason := ""
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		reason = string(exit.Stderr)
	}
	return "", fmt.Errorf("can't find the library hazptr from this folder (%s): run the program in a checkout of it", firstLine(reason, fmt.Sprint(err)))
}
