//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// inGroup makes the end of cmd's context that of all the processes that it has started, too.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
