package patch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"hazptr/internal/command"
)

// A Module is a version of a module that is not ours.
type Module struct {
	Path, Version string

	// Of its content, as in go.sum. It may be left out for a module that the
	// go.sum of tools has.
	Sum string

	// Folders are copied alone, as "a/b", with the files beside them and above
	// them. None means all.
	Folders []string
}

func (m Module) String() string { return m.Path + "@" + m.Version }

// Copy copies the module out of the module cache, into which it is downloaded
// if need be, to dir, which is made.
func (m Module) Copy(ctx context.Context, dir string) (*Source, error) {
	cached, err := m.download(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, only{until{os.DirFS(cached), ctx}, m.Folders}); err != nil {
		return nil, fmt.Errorf("copying %v: %w", m, err)
	}
	s := &Source{Module: m, Dir: dir}
	return s, s.dropNeighbours(ctx)
}

// dropNeighbours has what the module replaces by a folder come from the module
// cache: its own repository has that folder, and the cache has not.
func (s *Source) dropNeighbours(ctx context.Context) error {
	text, err := os.ReadFile(filepath.Join(s.Dir, "go.mod"))
	if err != nil || !bytes.Contains(text, []byte("=> .")) {
		return nil // a module of old has no go.mod
	}
	out, err := s.Go(ctx, "mod", "edit", "-json")
	if err != nil {
		return err
	}
	var mod struct {
		Replace []struct {
			Old, New struct{ Path, Version string }
		}
	}
	if err := json.Unmarshal([]byte(out), &mod); err != nil {
		return fmt.Errorf("%v: go.mod: %w", s.Module, err)
	}
	edit := []string{"mod", "edit"}
	for _, r := range mod.Replace {
		if r.New.Version == "" {
			edit = append(edit, "-dropreplace="+strings.TrimSuffix(r.Old.Path+"@"+r.Old.Version, "@"))
		}
	}
	_, err = s.Go(ctx, edit...)
	return err
}

// download returns where the module cache has the module.
func (m Module) download(ctx context.Context) (dir string, err error) {
	cmd := command.Child(ctx, "go", "mod", "download", "-json", m.String())
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	// It fails with the reason in what it prints.
	out, failed := cmd.Output()
	var told struct{ Dir, Sum, Error string }
	if err := json.Unmarshal(out, &told); err == nil && told.Dir != "" && told.Error == "" {
		if m.Sum != "" && m.Sum != told.Sum {
			return "", fmt.Errorf("module %v is not what it was: its sum is %s, and was %s", m, told.Sum, m.Sum)
		}
		return told.Dir, nil
	}
	reason := firstLine(told.Error, stderr.String(), fmt.Sprint(failed))
	if strings.Contains(reason, "requires go >=") {
		return "", fmt.Errorf("this Go is too old: %s", reason)
	}
	return "", fmt.Errorf("module %v is not in the module cache and can't be had (%s): check the network, GOPROXY and GOFLAGS, or fill the cache with: go mod download %v", m, reason, m)
}

func firstLine(texts ...string) string {
	for _, text := range texts {
		if line, _, _ := strings.Cut(strings.TrimSpace(text), "\n"); line != "" {
			return line
		}
	}
	return ""
}

// until is a file system that opens nothing when its context has ended.
type until struct {
	fs.FS
	ctx context.Context
}

func (u until) Open(name string) (fs.File, error) {
	if err := u.ctx.Err(); err != nil {
		return nil, err
	}
	return u.FS.Open(name)
}

// only is a file system without the folders beside the given ones, if any are.
type only struct {
	fs.FS
	folders []string
}

// ReadDir is for fs.WalkDir.
func (o only) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() && !o.has(path.Join(name, e.Name())) }), err
}

func (o only) has(folder string) bool {
	return len(o.folders) == 0 || slices.ContainsFunc(o.folders, func(f string) bool {
		return strings.HasPrefix(folder+"/", f+"/") || strings.HasPrefix(f, folder+"/")
	})
}
