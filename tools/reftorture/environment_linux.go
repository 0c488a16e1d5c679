package main

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// shuffle pins each thread of the process to a CPU, picked at random, or lets
// it run on all. It reports whether it could.
func shuffle(c *choice) bool {
	if whole.Count() == 0 {
		return false
	}
	var cpus []int
	for cpu := 0; len(cpus) < whole.Count(); cpu++ {
		if whole.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	free := c.one(2)
	random := newChooser(int64(*c), "threads")
	for _, thread := range threads() {
		set := whole
		if pick := random.next(); !free && pick.one(2) {
			set.Zero()
			set.Set(cpus[pick.of(len(cpus))])
		}
		unix.SchedSetaffinity(thread, &set) // the thread may be gone
	}
	return true
}

// unshuffle lets each thread run on all CPUs.
func unshuffle() {
	for _, thread := range threads() {
		set := whole
		unix.SchedSetaffinity(thread, &set)
	}
}

// huddle lets the threads run on two CPUs.
func huddle() {
	var two unix.CPUSet
	for cpu := 0; two.Count() < min(2, whole.Count()); cpu++ {
		if whole.IsSet(cpu) {
			two.Set(cpu)
		}
	}
	for _, thread := range threads() {
		unix.SchedSetaffinity(thread, &two)
	}
}

// whole is where the process may run.
var whole = func() (set unix.CPUSet) {
	unix.SchedGetaffinity(0, &set)
	return set
}()

func threads() (ids []int) {
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, task := range tasks {
		if id, err := strconv.Atoi(task.Name()); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// preempt sends the signal by which the runtime preempts goroutines, to some
// thread.
func preempt() { unix.Kill(os.Getpid(), unix.SIGURG) }

// loseP makes a system call that takes so long that the runtime gives the P
// away.
func loseP(d time.Duration) {
	rest := unix.NsecToTimespec(int64(d))
	unix.Nanosleep(&rest, nil)
}

// makeHuge has memory that was never touched be made of huge pages, if there
// are any. The kernel takes half a second to make 128 MiB of small ones.
func makeHuge(memory []byte) { _ = unix.Madvise(memory, unix.MADV_HUGEPAGE) }
