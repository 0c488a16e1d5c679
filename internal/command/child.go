package command

import (
	"context"
	"os/exec"
	"time"
)

// Less than atLast.
const (
	// programPatience is how long a Program may take to end by itself.
	programPatience = 700 * time.Millisecond
	// pipePatience is how long a process that is no longer in the group may
	// keep the pipes of one that was killed open.
	pipePatience = 100 * time.Millisecond
)

// Child returns a command that is killed when ctx ends, with the processes
// that it has started. What it leaves behind is in the WorkFolder.
func Child(ctx context.Context, name string, args ...string) *exec.Cmd {
	return child(ctx, 0, name, args)
}

// Program is like Child, for a program that ends by Main, or the go command
// that runs one: when ctx ends it is interrupted, and has time to end its own
// children and to remove its folder.
func Program(ctx context.Context, name string, args ...string) *exec.Cmd {
	return child(ctx, programPatience, name, args)
}

func child(ctx context.Context, patience time.Duration, name string, args []string) *exec.Cmd {
	unwinds.Store(true)
	cmd := exec.CommandContext(ctx, name, args...)
	inGroup(cmd, patience)
	end := cmd.Cancel
	cmd.Cancel = func() error {
		// os/exec looks at it after this. A child that ends by itself may have
		// written more than its reader takes in so short a time.
		cmd.WaitDelay = pipePatience
		return end()
	}
	return cmd
}
