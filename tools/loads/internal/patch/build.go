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

// Build builds a package of the module hazptr/tools, with the copy in the place
// of the module that it requires, into the program out. The copy's original is
// built so, too: then the two programs differ in the edits alone.
func (s *Source) Build(ctx context.Context, pkg, out string) error {
	library, err := Library(ctx)
	if err != nil {
		return err
	}
	tools := filepath.Join(library, "tools")
	folder, err := os.MkdirTemp("", "hazptr-work-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, arguments := range [][]string{
		{"work", "init", library, tools},
		{"work", "edit", "-replace=" + s.Module.Path + "=" + s.Dir},
		{"build", "-o", out, pkg},
	} {
		cmd := command.Child(ctx, "go", arguments...)
		cmd.Dir = tools
		cmd.Env = append(os.Environ(), "GOWORK="+filepath.Join(folder, "go.work"), "GOFLAGS=", "PWD="+tools)
		if text, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s with %v: %w\n%s", pkg, s.Module, err, text)
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
