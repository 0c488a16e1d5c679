package overlay

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the module's folder.
const root = "../../.."

// The overlay fits the library, and keeps lines on their numbers.
func TestWrite(t *testing.T) {
	folder := t.TempDir()
	file, err := Write(root, folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	for old, by := range list.Replace {
		if by == "" {
			continue
		}
		if a, b := lines(t, old), lines(t, by); a != b {
			t.Errorf("%s has %d lines, and %d in the overlay", old, a, b)
		}
	}
}

func lines(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), "\n")
}

// A change that an edit does not fit is an error that names the file, as is an
// access that the overlay would not see.
func TestWhatDoesNotFit(t *testing.T) {
	path, source := "internal/fence/publish_plain.go", "package fence\n\nfunc Publish(word *uintptr, w uintptr) { *word = w }\n"
	if _, err := rewrite(path, source, false); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("an edit that does not fit: %v", err)
	}
	if _, err := rewrite(path, source, true); err != nil {
		t.Errorf("an edit that does not fit what is changed on purpose: %v", err)
	}
	if _, err := rewrite("new.go", "package new\n\nfunc f(c chan int) { <-c }\n", false); err == nil || !strings.Contains(err.Error(), "new.go has 1 channel") {
		t.Errorf("a channel: %v", err)
	}
	module := t.TempDir()
	for _, in := range []string{"internal/new", "percpuref"} {
		folder := filepath.Join(module, filepath.FromSlash(in))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "new.go"), []byte("package new\n\nimport \"sync\"\n\nvar mu sync.Mutex\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := gate(module); err == nil || !strings.Contains(err.Error(), "internal/new/new.go") {
		t.Errorf("a package that is not seen: %v", err)
	}
}

func TestRewrite(t *testing.T) {
	got, err := rewrite("any.go", `// Package any is one.
package any

import (
	"sync"
	"sync/atomic"
)

func f(n *atomic.Int64, mu *sync.Mutex) {
	go g(n)
	go func() {
		go g(n)
	}()
}
`, false)
	want := `// Package any is one.
package any; import "hazptr/internal/explore"

import (
	"hazptr/internal/explore/sync"
	"hazptr/internal/explore/atomic"
)

func f(n *atomic.Int64, mu *sync.Mutex) {
	explore.Go(func() { g(n) })
	explore.Go(func() { func() {
		explore.Go(func() { g(n) })
	}() })
}
`
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}
