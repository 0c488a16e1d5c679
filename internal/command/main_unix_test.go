//go:build unix

package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// behaviourVariable is set in a process of the test binary that is a program:
// to how it behaves when it is interrupted.
const behaviourVariable = "HAZPTR_COMMAND_BEHAVIOUR"

func TestMain(m *testing.M) {
	if name := os.Getenv(behaviourVariable); name != "" {
		Main(behaviours[name])
	}
	os.Exit(m.Run())
}

var behaviours = map[string]func(ctx context.Context, args []string, stdout, stderr io.Writer) int{
	"waits": func(ctx context.Context, _ []string, stdout, _ io.Writer) int {
		fmt.Fprintln(stdout, "ready")
		<-ctx.Done()
		return Interrupted
	},
	// Nothing but a kill ends it. It has a child that only its group knows.
	"stays": func(_ context.Context, _ []string, stdout, _ io.Writer) int {
		signal.Ignore(os.Interrupt, syscall.SIGTERM)
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), behaviourVariable+"=waits")
		child.ExtraFiles = []*os.File{inherited}
		if err := child.Start(); err != nil {
			return Failure
		}
		fmt.Fprintln(stdout, "ready")
		select {}
	},
	"computes": func(_ context.Context, _ []string, stdout, _ io.Writer) int {
		folder, _, err := WorkFolder(os.TempDir(), "computes-*")
		if err != nil {
			return Failure
		}
		if err := os.WriteFile(folder+"/file", []byte("left"), 0o600); err != nil {
			return Failure
		}
		fmt.Fprintln(stdout, "ready")
		for {
			spins.Add(1)
		}
	},
	"computes, and has made nothing": func(_ context.Context, _ []string, stdout, _ io.Writer) int {
		fmt.Fprintln(stdout, "ready")
		for {
			spins.Add(1)
		}
	},
	"prints to a full pipe": func(_ context.Context, _ []string, stdout, _ io.Writer) int {
		if _, _, err := WorkFolder(os.TempDir(), "prints-*"); err != nil {
			return Failure
		}
		fmt.Fprintln(stdout, "ready")
		for {
			fmt.Fprintln(stdout, strings.Repeat("more ", 1000))
		}
	},
	"has a child": func(ctx context.Context, _ []string, stdout, _ io.Writer) int {
		return parent(ctx, stdout, Child, "stays")
	},
	"has a program": func(ctx context.Context, _ []string, stdout, _ io.Writer) int {
		return parent(ctx, stdout, Program, "waits")
	},
	"has a program that computes": func(ctx context.Context, _ []string, stdout, _ io.Writer) int {
		return parent(ctx, stdout, Program, "computes")
	},
	"has a program with a child": func(ctx context.Context, _ []string, stdout, _ io.Writer) int {
		return parent(ctx, stdout, Program, "has a child")
	},
}

var spins atomic.Int64

// inherited is held open by a program and all that it starts.
var inherited = os.NewFile(3, "inherited")

// parent waits for a child, in a folder that it removes.
func parent(ctx context.Context, stdout io.Writer, make func(context.Context, string, ...string) *exec.Cmd, behaviour string) int {
	_, remove, err := WorkFolder(os.TempDir(), "parent-*")
	if err != nil {
		return Failure
	}
	defer func() { _ = remove() }()
	child := make(ctx, os.Args[0])
	child.Env = append(os.Environ(), behaviourVariable+"="+behaviour)
	child.Stdout, child.ExtraFiles = stdout, []*os.File{inherited}
	if child.Run() == nil || ctx.Err() == nil {
		return Failure
	}
	return Interrupted
}

// However a program is busy, a signal ends it, with all that it has started
// and made.
func TestSignal(t *testing.T) {
	for name := range behaviours {
		if name == "stays" {
			continue
		}
		for _, sent := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			if testing.Short() && (sent != os.Interrupt || name != "computes, and has made nothing" && name != "has a program with a child") {
				continue // others take the second that a program has to end
			}
			t.Run(name+", "+sent.String(), func(t *testing.T) {
				t.Parallel()
				signalled(t, name, sent)
			})
		}
	}
}

func signalled(t *testing.T, behaviour string, sent os.Signal) {
	folder := t.TempDir()
	alive, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), behaviourVariable+"="+behaviour, "TMPDIR="+folder)
	program.ExtraFiles = []*os.File{held}
	stdout, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	held.Close()
	if line, err := bufio.NewReaderSize(stdout, 16).ReadString('\n'); line != "ready\n" {
		t.Errorf("it says %q, %v", line, err)
	}
	began := time.Now()
	if err := program.Process.Signal(sent); err != nil {
		t.Error(err)
	}
	// No process is left when nothing holds the pipe open.
	if err := alive.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := alive.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("it, or what it has started, still runs after half a minute: %v", err)
		_ = program.Process.Kill()
	}
	t.Logf("it took %v", time.Since(began).Round(time.Millisecond))
	_ = program.Wait()
	if status := program.ProcessState.ExitCode(); status != Interrupted {
		t.Errorf("status %d", status)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
