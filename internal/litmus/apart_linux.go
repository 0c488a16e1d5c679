package litmus

import (
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"unsafe"
)

// Apart gives the calling goroutine a thread and a processor, one for each
// number. The rest of the process stays away from them until end is called, on
// the same goroutine. What the tests look for needs two threads that run at the
// same time. Where other programs are busy the scheduler may put both on one
// processor, and leave them there.
//
// It does nothing where there is but one processor or one P.
func Apart(number int) (end func()) {
	if len(processors) < 2 || runtime.GOMAXPROCS(0) < 2 {
		return func() {}
	}
	runtime.LockOSThread()
	own := syscall.Gettid()
	apart.Lock()
	defer apart.Unlock()
	last := len(processors) - 1
	apart.threads[own] = true
	confine(processors[last:])
	run(own, processors[number%last:][:1])
	return func() {
		apart.Lock()
		defer apart.Unlock()
		delete(apart.threads, own)
		run(own, processors)
		if len(apart.threads) == 0 {
			confine(processors)
		}
		runtime.UnlockOSThread()
	}
}

// confine has all threads that are not apart run on some processors. Threads
// that start later inherit it.
func confine(to []int) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return // the test is less sharp, and as right as before
	}
	for _, task := range tasks {
		if thread, err := strconv.Atoi(task.Name()); err == nil && !apart.threads[thread] {
			run(thread, to)
		}
	}
}

var apart = struct {
	sync.Mutex
	threads map[int]bool // by their ids
}{threads: map[int]bool{}}

// processors are the ones that the process may use.
var processors = func() (all []int) {
	var set processorSet
	syscall.RawSyscall(syscall.SYS_SCHED_GETAFFINITY, 0, unsafe.Sizeof(set), uintptr(unsafe.Pointer(&set)))
	for i := range len(set) * bits {
		if set[i/bits]>>(i%bits)&1 != 0 {
			all = append(all, i)
		}
	}
	return all
}()

// run has a thread run on some processors. The thread may have ended, and
// nothing depends on it.
func run(thread int, on []int) {
	var set processorSet
	for _, i := range on {
		set[i/bits] |= 1 << (i % bits)
	}
	syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, uintptr(thread), unsafe.Sizeof(set), uintptr(unsafe.Pointer(&set)))
}

type processorSet [1024 / bits]uint

const bits = 8 * int(unsafe.Sizeof(uint(0)))
