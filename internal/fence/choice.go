package fence

import (
	"fmt"
	"os"
)

// Variable is the environment variable that forces one of the heavy fences: "membarrier" or "stw". Where Publish carries the fence there
// is nothing to choose; the value is checked all the same.
const Variable = "HAZPTR_FENCE"

// choose returns whether Heavy is to stop the world, given Variable's value and what became of the attempt to register for membarrier.
func choose(value string, refused error) (stop bool, err error) {
	switch value {
	case "":
		return refused != nil, nil
	case "stw":
		return true, nil
	case "membarrier":
		if refused != nil {
			return false, fmt.Errorf("%s=membarrier, but the kernel refuses membarrier(2): %w; unset it, or use stw", Variable, refused)
		}
		return false, nil
	}
	return false, fmt.Errorf("%s=%q: want membarrier or stw, or leave it unset", Variable, value)
}

// start makes the choice at the program's start, or ends the program where it can't be made.
func start(refused error) (stop bool) {
	stop, err := choose(os.Getenv(Variable), refused)
	if err != nil {
		fmt.Fprintln(os.Stderr, "hazptr:", err)
		os.Exit(2)
	}
	return stop
}
