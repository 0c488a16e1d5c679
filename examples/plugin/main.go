// Plugin has requests answered by a plugin, a process of its own, which is replaced by a newer version while requests are under way. The old process is told to end when its last request has been answered.
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

	"hazptr"
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

func (p *plugin) ask(question string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := fmt.Fprintln(p.in, question); err != nil {
		return "", err
	}
	answer, err := p.out.ReadString('\n')
	return strings.TrimSpace(answer), err
}

// stop ends the process, which has nothing left to do.
func (p *plugin) stop() error {
	return errors.Join(p.in.Close(), p.process.Wait())
}

// variable is set in a process that is the plugin.
const variable = "HAZPTR_EXAMPLE_PLUGIN"

// answer is the plugin's side.
func answer(version string) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Printf("version %s says %s\n", version, strings.ToUpper(lines.Text()))
	}
}

func run() error {
	first, err := start(1)
	if err != nil {
		return err
	}
	stopped := make(chan error, 10)
	d := hazptr.NewDomain(hazptr.Config{Name: "plugins"})
	present := hazptr.NewPointer(hazptr.PointerConfig[plugin]{
		Reclaim: func(p *plugin) { stopped <- p.stop() },
		Domain:  d,
	}, first)

	const clients, questions, versions = 4, 300, 5
	var group sync.WaitGroup
	failed := make(chan error, clients)
	for range clients {
		group.Go(func() {
			for range questions {
				var err error
				present.Do(func(p *plugin) {
					got, fault := p.ask("hello")
					if want := fmt.Sprintf("version %d says HELLO", p.version); fault == nil && got != want {
						fault = fmt.Errorf("got %q, want %q", got, want)
					}
					err = fault
				})
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for version := 2; version <= versions; version++ {
		next, err := start(version)
		if err != nil {
			return err
		}
		present.Replace(next)
	}
	group.Wait()
	present.Replace(nil)
	if err := d.Close(context.Background()); err != nil { // all processes have ended when it returns
		return err
	}
	close(failed)
	if err := <-failed; err != nil {
		return err
	}
	for range versions {
		if err := <-stopped; err != nil {
			return err
		}
	}
	fmt.Printf("%d questions answered by %d versions, each of which has ended by itself\n", clients*questions, versions)
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
