package fence

import (
	"fmt"
	"os"
	"runtime"
)

// Variable is the environment variable that forces one of the heavy fences:
// "membarrier" or "stw". Where Publish carries the fence there is nothing to
// choose, but the value is checked all the same.
const Variable = "HAZPTR_FENCE"

// choose returns whether Heavy is to stop the world, given Variable's value. It
// calls register, the first membarrier of the process, only where the answer
// matters: a seccomp filter may kill for it.
func choose(value, system string, register func() error) (stop bool, err error) {
	switch value {
	case "":
		if system == "android" {
			// Its filter for apps kills the process for a call it does not
			// list.
			return true, nil
		}
		return register() != nil, nil
	case "stw":
		return true, nil
	case "membarrier":
		if refused := register(); refused != nil {
			return false, fmt.Errorf("%s=membarrier, but the kernel refuses membarrier(2): %w; unset it, or use stw", Variable, refused)
		}
		return false, nil
	}
	return false, fmt.Errorf("%s=%q: want membarrier or stw, or leave it unset", Variable, value)
}

// start makes the choice at the program's start. It ends the program if the
// choice can't be made.
func start(register func() error) (stop bool) {
	stop, err := choose(os.Getenv(Variable), runtime.GOOS, register)
	if err != nil {
		fmt.Fprintln(os.Stderr, "hazptr:", err)
		os.Exit(2)
	}
	return stop
}
