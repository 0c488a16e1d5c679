//go:build unix

package command

import (
	"os/exec"
	"syscall"
)

// InGroup makes the end of cmd's context that of all the processes that it has started, too.
func InGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
