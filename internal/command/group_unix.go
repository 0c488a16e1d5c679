//go:build unix

package command

import (
	"os/exec"
	"syscall"
	"time"
)

// inGroup has cmd begin a process group. When cmd's context ends the group is
// interrupted, if patience is not 0, and killed when cmd's own process has
// ended or patience is over.
func inGroup(cmd *exec.Cmd, patience time.Duration) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		group := -cmd.Process.Pid
		if patience > 0 && syscall.Kill(group, syscall.SIGINT) == nil {
			// Signal fails when cmd.Wait has seen the end.
			for deadline := time.Now().Add(patience); time.Now().Before(deadline) && cmd.Process.Signal(syscall.Signal(0)) == nil; {
				time.Sleep(time.Millisecond)
			}
		}
		// It fails if none of the group is left.
		_ = syscall.Kill(group, syscall.SIGKILL)
		return nil
	}
}
