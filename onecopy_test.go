package hazptr

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/internal/litmus"
)

// copyPath is what runtime.FuncForPC writes as example.com/copied/hazptr%2ev0.
const copyPath = "example.com/copied/hazptr.v0"

// copyLibrary copies what the package consists of into a module, where it has
// copyPath.
func copyLibrary(t *testing.T, module string) {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.go", "internal/*/*.go", "internal/*/*.s"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(module, "copied/hazptr.v0", name), strings.ReplaceAll(string(text), `"hazptr/`, `"`+copyPath+`/`))
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// twoCopies retires an object in one copy that the other one protects.
const twoCopies = `package main

import (
	"sync/atomic"

	"hazptr"
	copied "example.com/copied/hazptr.v0"
)

func main() {
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := copied.Acquire(&source)
	defer g.Release()
	hazptr.Retire(source.Swap(nil), func(*int) { panic("it is protected") })
	select {}
}
`

// oneCopy shows where a Guard was acquired, as a Stall and as a report has it.
const oneCopy = `package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"example.com/copied/hazptr.v0"
)

func main() {
	d := hazptr.NewDomain(hazptr.Config{Trace: true})
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := hazptr.Acquire(&source)
	h := hazptr.NewHolder[int]()
	h.Protect(&source)
	hazptr.RetireIn(d, source.Swap(nil), 0, func(*int) {})
	for d.Stats().Holding < 2 {
		time.Sleep(time.Millisecond)
	}
	for _, at := range d.Inspect(1).Oldest[0].Acquired {
		fmt.Println("acquired by", at)
	}
	defer func() { fmt.Println(recover()) }()
	copied := g
	g.Release()
	copied.Release()
}
`

// A program may have one copy of the library, under any path; the linker
// refuses two, of which one would end what the other one's readers use.
func TestOneCopy(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	module := t.TempDir()
	copyLibrary(t, module)
	writeFile(t, filepath.Join(module, "go.mod"), fmt.Sprintf("module example.com\n\ngo 1.25.0\n\nrequire hazptr v0.0.0\n\nreplace hazptr => %q\n", root))
	writeFile(t, filepath.Join(module, "two/main.go"), twoCopies)
	writeFile(t, filepath.Join(module, "one/main.go"), oneCopy)
	t.Chdir(module)
	environment := []string{"GOWORK=off", "GOFLAGS="}

	two := exec.Command("go", "build", "-tags", "hazptr_debug", "-o", os.DevNull, "./two")
	two.Env = append(os.Environ(), environment...)
	said, err := two.CombinedOutput()
	if err == nil {
		t.Error("a program with two copies is built")
	}
	for _, want := range []string{"symbol hazptr.is_in_this_program_twice", " hazptr ", " " + copyPath + " "} {
		if !strings.Contains(string(said), want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}

	// The functions between the caller and the report are left out in a copy,
	// too.
	shown := litmus.Go(t, environment, "run", "-tags", "hazptr_debug", "./one")
	if n := strings.Count(shown, "acquired by main.main ("); n != 2 {
		t.Errorf("%d hazard pointers were acquired by main.main, want 2:\n%s", n, shown)
	}
	for _, event := range []string{"acquired", "released", "now"} {
		if !strings.Contains(shown, event+":\n\tmain.main\n") {
			t.Errorf("%q does not begin in main.main:\n%s", event, shown)
		}
	}
}
