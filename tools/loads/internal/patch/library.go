package patch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"

	"hazptr/internal/command"
)

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

// CopyLibrary copies the packages of the library to dir, which is made, with
// its licence, and without its tests, tools, examples and documents.
func CopyLibrary(ctx context.Context, dir string) error {
	library, err := Library(ctx)
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, packages{until{os.DirFS(library), ctx}}); err != nil {
		return fmt.Errorf("copying the library: %w", err)
	}
	return nil
}

// packages is a module's file system without what no build of a user's needs.
type packages struct{ fs.FS }

// ReadDir is for fs.WalkDir.
func (p packages) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(p.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !p.needed(path.Join(name, e.Name()), e.IsDir()) }), err
}

func (p packages) needed(name string, folder bool) bool {
	base := path.Base(name)
	if !folder {
		return base == "go.mod" || base == "LICENSE" || slices.Contains([]string{".go", ".s", ".html"}, path.Ext(base)) && !strings.HasSuffix(base, "_test.go")
	}
	_, err := fs.Stat(p.FS, path.Join(name, "go.mod")) // of a module apart
	return err != nil && base[0] != '.' && !slices.Contains([]string{"testdata", "docs", "examples", "model"}, base)
}
