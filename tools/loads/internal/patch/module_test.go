package patch

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCopy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	dir := filepath.Join(t.TempDir(), "copy")
	// It is a requirement of this module, so the cache has it.
	s, err := Module{Path: "github.com/HdrHistogram/hdrhistogram-go", Version: "v1.4.0"}.Copy(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(s.Dir, "hdr.go"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatalf("the copy can't be edited: %v", err)
	}
	file.Close()
	if out, err := s.Go(t.Context(), "build", "."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCopyOfFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	_, err := Module{Path: "github.com/HdrHistogram/hdrhistogram-go", Version: "v1.4.0", Folders: []string{"test"}}.Copy(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"go.mod": true, "hdr.go": true, "test": true, "bin": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnly(t *testing.T) {
	o := only{folders: []string{"a/b", "c"}}
	for folder, want := range map[string]bool{"a": true, "a/b": true, "a/b/d": true, "a/bc": false, "ab": false, "c": true, "c/d": true, "d": false} {
		if o.has(folder) != want || !(only{}).has(folder) {
			t.Errorf("%s: %v, want %v", folder, o.has(folder), want)
		}
	}
}

func TestDropNeighbours(t *testing.T) {
	const kept = "module example.com/p\n\ngo 1.25.0\n\nreplace example.com/fork => example.com/other v1.2.3\n"
	for _, text := range []string{
		kept,
		kept + "\nreplace (\n\texample.com/p/api => ../api\n\texample.com/q v1.0.0 => ./FORBIDDEN\n)\n",
	} {
		s := &Source{Module: Module{Path: "example.com/p", Version: "v1.0.0"}, Dir: t.TempDir()}
		file := filepath.Join(s.Dir, "go.mod")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := s.dropNeighbours(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != kept {
			t.Errorf("%v:\n%s", err, got)
		}
	}
}

func TestCopyOfWhatCannotBeHad(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	_, err := Module{Path: "example.com/nowhere", Version: "v1.0.0"}.Copy(t.Context(), filepath.Join(t.TempDir(), "copy"))
	if err == nil || !strings.Contains(err.Error(), "module example.com/nowhere@v1.0.0 is not in the module cache and can't be had (") || !strings.Contains(err.Error(), "go mod download example.com/nowhere@v1.0.0") {
		t.Errorf("got %v", err)
	}
}

func TestCopyOfOtherContent(t *testing.T) {
	_, err := Module{Path: "github.com/HdrHistogram/hdrhistogram-go", Version: "v1.4.0", Sum: "h1:another"}.Copy(t.Context(), filepath.Join(t.TempDir(), "copy"))
	if err == nil || !strings.Contains(err.Error(), "its sum is h1:") || !strings.Contains(err.Error(), "and was h1:another") {
		t.Errorf("got %v", err)
	}
}

func TestCopyOfWhatNeedsANewerGo(t *testing.T) {
	proxy := t.TempDir()
	versions := filepath.Join(proxy, "example.com", "new", "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		t.Fatal(err)
	}
	const mod = "module example.com/new\n\ngo 1.999\n"
	var zipped bytes.Buffer
	archive := zip.NewWriter(&zipped)
	if file, err := archive.Create("example.com/new@v1.0.0/go.mod"); err != nil {
		t.Fatal(err)
	} else if _, err := io.WriteString(file, mod); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"v1.0.0.info": `{"Version":"v1.0.0"}`, "v1.0.0.mod": mod, "v1.0.0.zip": zipped.String()} {
		if err := os.WriteFile(filepath.Join(versions, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy))
	t.Setenv("GONOSUMDB", "*")
	t.Setenv("GOTOOLCHAIN", "local")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-modcacherw")
	_, err := Module{Path: "example.com/new", Version: "v1.0.0"}.Copy(t.Context(), filepath.Join(t.TempDir(), "copy"))
	if err == nil || !strings.HasPrefix(err.Error(), "this Go is too old: ") || !strings.Contains(err.Error(), "requires go >= 1.999") {
		t.Errorf("got %v", err)
	}
}
