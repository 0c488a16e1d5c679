//go:build unix

package manners

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hazptr/internal/long"
)

// patience is how long a program may take that is to end at once, on a machine
// that is busy with other things.
const patience = 30 * time.Second

// build builds programs and returns the folder that they are in.
func build(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	packages := []string{"build", "-o", folder + "/", "hazptr/hazptrvet"}
	for _, name := range []string{"refscale", "updatescale", "gatescale", "scaling", "reftorture", "mutation", "explore"} {
		packages = append(packages, "hazptr/tools/"+name)
	}
	for _, name := range []string{"", "/bbolt", "/fdtable", "/gate", "/label", "/mmdb", "/pebble"} {
		packages = append(packages, "hazptr/tools/loads"+name)
	}
	for _, name := range []string{"certificate", "config", "mapping", "model", "plugin", "segments", "server"} {
		packages = append(packages, "hazptr/examples/"+name)
	}
	goCommand(t, nil, packages...)
	// A module apart.
	goCommand(t, []string{"GOWORK=off"}, "-C", "../loads/bbolt/worker", "build", "-o", folder+"/", ".")
	return folder
}

func goCommand(t *testing.T, environment []string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), environment...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// A process is a program that runs.
type process struct {
	*exec.Cmd
	temporary, cache string // its folders

	// It is at its end when the program and all that it has started have ended.
	alive *os.File

	stderr strings.Builder
	waited chan error
}

func start(t *testing.T, program string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(program, args...), temporary: t.TempDir(), cache: t.TempDir(), waited: make(chan error, 1)}
	alive, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { alive.Close() })
	p.alive, p.ExtraFiles, p.Cmd.Stderr = alive, []*os.File{held}, &p.stderr
	p.Env = append(os.Environ(), "TMPDIR="+p.temporary, "XDG_CACHE_HOME="+p.cache, "GOCACHE="+goCache(t))
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	held.Close()
	go func() { p.waited <- p.Wait() }()
	return p
}

// goCache returns the go command's cache, which has what was built already.
func goCache(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// end waits for the program, and for all that it has started.
func (p *process) end(t *testing.T) {
	t.Helper()
	select {
	case <-p.waited:
	case <-time.After(patience):
		t.Errorf("it still runs after %v", patience)
		_ = syscall.Kill(-p.Process.Pid, syscall.SIGKILL)
		<-p.waited
	}
	if err := p.alive.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.alive.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("a child still runs: %v", err)
	}
}

// leaves reports the temporary files that are left.
func (p *process) leaves(t *testing.T) (left []string) {
	t.Helper()
	for _, folder := range []string{p.temporary, p.cache} {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if path != folder && (folder == p.temporary || strings.HasSuffix(path, ".tmp")) {
				left = append(left, path)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
	return left
}

// Wherever a program is when a signal comes, it ends, and leaves nothing.
func TestInterrupted(t *testing.T) {
	long.Only(t, "it builds all programs")
	programs := build(t)
	for _, line := range []string{
		"refscale", "refscale -loops 100000000", "updatescale -duration 5s", "gatescale", "scaling", "reftorture -type hazptr", "reftorture -type busted", "mutation", "explore",
		"hazptrvet hazptr/...", "loads -out= all", "bbolt", "fdtable", "gate", "label", "mmdb -networks 500000", "mmdb -networks 1000 -duration 1m -http",
		"mmdb -networks 1000 -duration 1m -ways unsafe -readers 1 -reloads 1", "pebble", "server -for 0",
	} {
		for _, after := range []time.Duration{50 * time.Millisecond, 700 * time.Millisecond, 3 * time.Second} {
			for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
				t.Run(line+", "+sent.String()+" after "+after.String(), func(t *testing.T) {
					t.Parallel() // most of the time is waiting
					words := strings.Fields(line)
					p := start(t, filepath.Join(programs, words[0]), words[1:]...)
					select {
					case <-time.After(after):
					case err := <-p.waited:
						if err != nil {
							t.Errorf("it has failed before: %v, %s", err, &p.stderr)
						}
						t.Skip("it has ended before")
					}
					began := time.Now()
					if err := p.Process.Signal(sent); err != nil {
						t.Error(err)
					}
					p.end(t)
					t.Logf("it took %v", time.Since(began).Round(time.Millisecond))
					if left := p.leaves(t); len(left) > 0 {
						t.Errorf("left: %v", left)
					}
				})
			}
		}
	}
}

// A signal that comes as soon as a program has made its first temporary file
// finds that the program removes it.
func TestInterruptedAtOnce(t *testing.T) {
	long.Only(t, "it builds all programs")
	programs := build(t)
	for _, line := range []string{"certificate", "config", "mapping", "model", "segments", "server -for 0", "bbolt", "fdtable", "gate", "label", "pebble"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			words := strings.Fields(line)
			p := start(t, filepath.Join(programs, words[0]), words[1:]...)
			for deadline := time.Now().Add(patience); ; {
				made, err := os.ReadDir(p.temporary)
				if err != nil {
					t.Fatal(err)
				}
				if len(made) > 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Error("it makes no temporary file")
					break
				}
			}
			if err := p.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			p.end(t)
			if left := p.leaves(t); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// A path to read or write that is a named pipe is refused, where opening it
// would wait for ever.
func TestNamedPipe(t *testing.T) {
	long.Only(t, "it builds all programs")
	programs := build(t)
	for _, line := range []string{
		"refscale -svg FILE", "refscale -against FILE", "updatescale -against FILE", "updatescale -svg FILE", "scaling -from FILE", "scaling -page FILE", "scaling -json FILE", "bbolt -svg FILE", "mmdb -db FILE", "worker -file FILE", "worker -check -file FILE", "hazptrvet -cpuprofile FILE hazptr", "hazptrvet -trace=FILE hazptr",
		"hazptrvet FILE.go", "hazptrvet FILE.cfg", "loads -out FOLDER mmdb", "loads -out FILE mmdb", "bbolt -dir FILE", "bbolt -export FILE", "fdtable -dir FILE", "gate -dir FILE", "label -dir FILE", "pebble -dir FILE",
	} {
		t.Run(line, func(t *testing.T) {
			folder := t.TempDir()
			for _, name := range []string{"pipe", "pipe.go", "pipe.cfg", "loads.json"} {
				if err := syscall.Mkfifo(filepath.Join(folder, name), 0o600); err != nil {
					t.Skip(err)
				}
			}
			words := strings.Fields(strings.NewReplacer("FILE", filepath.Join(folder, "pipe"), "FOLDER", folder).Replace(line))
			p := start(t, filepath.Join(programs, words[0]), words[1:]...)
			p.end(t)
			want := "is a named pipe"
			if words[1] == "-export" {
				want = "is not a folder"
			}
			// These flags ask for a folder.
			if words[1] == "-dir" || words[1] == "-out" && words[2] != folder {
				want = "not a directory"
			}
			if said := p.stderr.String(); p.ProcessState.Success() || !strings.Contains(said, folder) || !strings.Contains(said, want) {
				t.Errorf("%v: %s", p.ProcessState, &p.stderr)
			}
		})
	}
}

// A flag whose value is empty is not taken for one that is left out.
func TestEmptyValue(t *testing.T) {
	long.Only(t, "it builds all programs")
	programs := build(t)
	for _, line := range []string{
		"refscale -svg", "refscale -against", "updatescale -against", "refscale -types", "refscale -pin", "updatescale -svg", "updatescale -types", "gatescale -format", "scaling -pack", "scaling -from", "scaling -page", "bbolt -svg", "reftorture -type", "reftorture -scenes", "mutation -mutants", "explore -mutants",
		"mmdb -db", "mmdb -ways", "worker -file", "bbolt -dir", "bbolt -export", "bbolt -grow", "bbolt -long", "fdtable -dir", "gate -dir", "gate -io", "gate -ways", "label -dir", "label -do", "label -replace",
		"pebble -dir", "server -addr", "hazptrvet -cpuprofile",
	} {
		t.Run(line, func(t *testing.T) {
			words := strings.Fields(line)
			p := start(t, filepath.Join(programs, words[0]), words[1]+"=")
			p.end(t)
			if p.ProcessState.Success() || !strings.Contains(p.stderr.String(), words[1]) {
				t.Errorf("%v: %s", p.ProcessState, &p.stderr)
			}
		})
	}
}
