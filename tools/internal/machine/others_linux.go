package machine

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func usage() *used {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return nil
	}
	u := parse(string(text))
	if u == nil {
		return nil
	}
	for _, of := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var r unix.Rusage
		if unix.Getrusage(of, &r) != nil {
			return nil
		}
		u.own += time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds()
	}
	return u
}

// ticks are the kernel's in a second, on every architecture that Go has.
const ticks = 100

// parse reads the first line of /proc/stat: user, nice, system, idle, iowait,
// irq, softirq and steal. What follows is in them. Interrupts are no program's.
func parse(stat string) *used {
	line, _, _ := strings.Cut(stat, "\n")
	words := strings.Fields(line)
	if len(words) < 9 || words[0] != "cpu" {
		return nil
	}
	u := &used{}
	for i, word := range words[1:9] {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil
		}
		u.all += n / ticks
		if i < 3 || i == 7 {
			u.busy += n / ticks
		}
	}
	return u
}
