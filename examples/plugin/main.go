// Plugin has requests answered by a plugin, a process of its own, which is
// replaced by a newer version while requests are under way. An old process is
// told to end when its last request has been answered.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"hazptr/live"
)

// A plugin is a process that answers lines.
type plugin struct {
	version int
	process *exec.Cmd

	mu  sync.Mutex // one question at a time
	in  io.WriteCloser
	out *bufio.Reader
}

func start(version int) (*plugin, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &plugin{version: version, process: exec.Command(program)}
	p.process.Env = append(os.Environ(), fmt.Sprint(variable, "=", version))
	if p.in, err = p.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	return p, p.process.Start()
}

func (p *plugin) ask(question string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := fmt.Fprintln(p.in, question); err != nil {
		return err
	}
	answer, err := p.out.ReadString('\n')
	if want := fmt.Sprintf("version %d says %s\n", p.version, strings.ToUpper(question)); err == nil && answer != want {
		err = fmt.Errorf("got %q, want %q", answer, want)
	}
	return err
}

// stop ends the process, which has nothing left to do.
func (p *plugin) stop() error { return errors.Join(p.in.Close(), p.process.Wait()) }

// variable is set in a process that is the plugin.
const variable = "HAZPTR_EXAMPLE_PLUGIN"

// answer is the plugin's side.
func answer(version string) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Printf("version %s says %s\n", version, strings.ToUpper(lines.Text()))
	}
}

func run() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	version := 0 // of one Load at a time
	present, err := live.Open(ctx, live.Options[*plugin]{
		Name:  "plugin",
		Load:  func(context.Context) (*plugin, error) { version++; return start(version) },
		Close: (*plugin).stop,
	})
	if err != nil {
		return err
	}

	const clients, questions, versions = 4, 300, 5
	var group sync.WaitGroup
	failed := make(chan error, clients+1)
	for range clients {
		group.Go(func() {
			for range questions {
				if err := present.Do(func(p *plugin) error { return p.ask("hello") }); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for range versions - 1 {
		if err := present.Reload(ctx); err != nil {
			failed <- err
			break
		}
	}
	group.Wait()
	close(failed)
	// When Shutdown returns all processes have ended; it tells how.
	if err := errors.Join(<-failed, present.Shutdown(ctx)); err != nil {
		return err
	}
	fmt.Printf("%d questions answered by %d versions, each of which has ended by itself\n", clients*questions, version)
	return nil
}

func main() {
	if version := os.Getenv(variable); version != "" {
		answer(version)
		return
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
