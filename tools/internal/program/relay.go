package program

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

const (
	// relayVariable is set for a program whose stages go to a Relay.
	relayVariable = "HAZPTR_STAGES"
	relayPrefix   = "hazptr stage "
)

// A Relay is the standard error of another program of this module. It tells
// that program's Stages, leaves out what the go command downloads, and keeps
// all else.
type Relay struct {
	// Show is called when a stage begins, which is one of so many, after so
	// many. The text counts it: "2 of 6: measuring".
	Show func(done, of int, stage string)

	kept strings.Builder
	line []byte // that has not ended
}

// Environ is the other program's environment.
func (r *Relay) Environ() []string { return append(os.Environ(), relayVariable+"=1") }

// Write is for the other program.
func (r *Relay) Write(p []byte) (int, error) {
	r.line = append(r.line, p...)
	for {
		line, rest, ended := bytes.Cut(r.line, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		r.tell(string(line))
		r.line = rest
	}
}

func (r *Relay) tell(line string) {
	if strings.HasPrefix(line, "go: downloading ") {
		return
	}
	stage, ok := strings.CutPrefix(line, relayPrefix)
	var number, of int
	if _, err := fmt.Sscanf(stage, "%d of %d:", &number, &of); !ok || err != nil || number < 1 || of < number {
		r.kept.WriteString(line + "\n")
		return
	}
	r.Show(number-1, of, stage)
}

// String returns what was written beside stages.
func (r *Relay) String() string { return r.kept.String() + string(r.line) }
