package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/pair"
)

// crashes are what was found after servers of the patched copies had been
// killed.
type crashes struct {
	Killed int `json:"killed"`
	Values int `json:"values_checked"` // in all databases
}

// crash kills servers at each point of a Defrag, n times, and has the original
// check their data.
func crash(ctx context.Context, n int, p *pair.Pair, members []member) (*crashes, error) {
	c := &crashes{}
	for range n {
		for _, m := range members[1:] {
			for _, point := range points {
				p.Begin(fmt.Sprintf("killing %s, %s", m.Name, point))
				last, err := m.kill(ctx, point)
				if err != nil {
					return nil, fmt.Errorf("to be killed, %s: %w", point, err)
				}
				c.Killed++
				out, err := members[0].Output(ctx, "-check", "-data", m.data, "-atleast", last.put, "-revision", last.revision, "-hash", last.hash)
				if err != nil {
					return nil, fmt.Errorf("the data of %s, killed when it had %s, checked by the original: %w", m.Name, point, err)
				}
				values, err := strconv.Atoi(strings.TrimSpace(string(out)))
				if err != nil {
					return nil, fmt.Errorf("%s: what the check says: %w", m.Name, err)
				}
				c.Values += values
			}
		}
	}
	return c, nil
}

// lastWords are what a killed worker has said.
type lastWords struct{ put, revision, hash string }

// kill kills the server at a point of its Defrag.
func (m member) kill(ctx context.Context, point string) (said lastWords, err error) {
	cmd := command.Child(ctx, m.File, "-data", m.data, "-puts", "-say")
	cmd.Env = append(os.Environ(), pauseVariable+"="+point)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return said, err
	}
	if err := cmd.Start(); err != nil {
		return said, err
	}
	paused := false
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		switch words := append(strings.Fields(lines.Text()), "", "", ""); words[0] {
		case hashWord:
			said.revision, said.hash = words[1], words[2]
		case acknowledgedWord:
			said.put = words[1]
		case pausedWord:
			paused = true
			// If it has ended itself, that is found below.
			_ = cmd.Process.Kill()
		}
	}
	ended := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return said, ctx.Err()
	case !paused || cmd.ProcessState.Exited():
		return said, m.Failed(ended, stderr.String())
	case said.put == "" || said.hash == "":
		return said, fmt.Errorf("%s: no Put was acknowledged before the Defragment", m.Name)
	}
	return said, nil
}
