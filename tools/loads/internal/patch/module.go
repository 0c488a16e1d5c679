package patch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"hazptr/internal/command"
)

// A Module is a version of a module that is not ours.
type Module struct {
	Path, Version string

	// Of its content, as in go.sum. It may be left out for a module that the
	// go.sum of tools has.
	Sum string
}

func (m Module) String() string { return m.Path + "@" + m.Version }

// Copy copies the module out of the module cache, into which it is downloaded
// if need be, to dir, which is made.
func (m Module) Copy(ctx context.Context, dir string) (*Source, error) {
	cached, err := m.download(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, until{os.DirFS(cached), ctx}); err != nil {
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
