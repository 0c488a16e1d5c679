//go:build !unix

package command

import (
	"os/exec"
	"time"
)

// inGroup does nothing here. When cmd's context ends its own process is killed;
// the processes that it has started end by themselves.
func inGroup(*exec.Cmd, time.Duration) {}
