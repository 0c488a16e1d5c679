package patch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"hazptr/internal/command"
)

// A Module is a version of a module that is not ours.
type Module struct {
	Path, Version string
	Sum           string // of its content, as in go.sum; may be left out for one that the go.sum of loads has
	Folder        string // that is copied alone, with the files beside it; "" means all
}

func (m Module) String() string { return m.Path + "@" + m.Version }

// Copy copies the module out of the module cache, into which it is downloaded
// if need be, to dir, which is made.
func (m Module) Copy(ctx context.Context, dir string) (*Source, error) {
	cached, err := m.download(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, copied{os.DirFS(cached), m.Folder, ctx}); err != nil {
		return nil, fmt.Errorf("copying %v: %w", m, err)
	}
	return &Source{Module: m, Dir: dir}, nil
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

// copied is a file system as it is copied. It has no folder beside the one that
// is given, if one is, and opens nothing when its context has ended.
type copied struct {
	fs.FS
	folder string
	ctx    context.Context
}

func (c copied) Open(name string) (fs.File, error) {
	if err := c.ctx.Err(); err != nil {
		return nil, err
	}
	return c.FS.Open(name)
}

// ReadDir is for fs.WalkDir.
func (c copied) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(c.FS, name)
	if name == "." && c.folder != "" {
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() && e.Name() != c.folder })
	}
	return entries, err
}
