//go:build !unix

package command

import (
	"os/exec"
	"time"
)

// inGroup does nothing here: when cmd's context ends its own process is killed,
// and those that it has started see to themselves.
func inGroup(*exec.Cmd, time.Duration) {}
