package patch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hazptr/internal/command"
)

// A Module is a version of somebody's module.
type Module struct {
	Path, Version string
	Sum           string // of its content, as in go.sum; may be left out for one that the go.sum of loads has
}

func (m Module) String() string { return m.Path + "@" + m.Version }

// Copy copies the module out of the module cache, into which it is downloaded if need be, to dir, which is made.
func (m Module) Copy(ctx context.Context, dir string) (*Source, error) {
	cached, err := m.download(ctx)
	if err != nil {
		return nil, err
	}
	if err := copyTree(ctx, dir, cached); err != nil {
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

// copyTree is os.CopyFS, but for the module cache's missing write bits.
func copyTree(ctx context.Context, to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		return copyFile(target, path)
	})
}

func copyFile(to, from string) (err error) {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return err
	}
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o200)
	if err != nil {
		return err
	}
	defer func() {
		if closed := w.Close(); err == nil {
			err = closed
		}
	}()
	_, err = io.Copy(w, r)
	return err
}
