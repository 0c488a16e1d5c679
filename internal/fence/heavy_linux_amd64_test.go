//go:build gc && !race && !hazptr_readerfence && !hazptr_nofence

package fence

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

func TestVariableForcesTheKind(t *testing.T) {
	if want := os.Getenv("HAZPTR_WANT_KIND"); want != "" {
		Heavy()
		if Kind() != want {
			t.Fatalf("Kind is %s, want %s", Kind(), want)
		}
		return
	}
	for value, want := range map[string]string{"stw": StopTheWorld, "membarrier": Membarrier} {
		t.Setenv("HAZPTR_WANT_KIND", want)
		if out, err := child(t, "TestVariableForcesTheKind", Variable+"="+value); err != nil {
			t.Errorf("%s=%s: %v\n%s", Variable, value, err, out)
		}
	}
}

// TestMembarrierStartsToFail installs a seccomp filter that refuses membarrier,
// as a program may that gives up its privileges. Heavy must go on by stopping
// the world, in that very call.
func TestMembarrierStartsToFail(t *testing.T) {
	const filtered = "HAZPTR_TEST_FILTERED"
	if os.Getenv(filtered) == "" {
		out, err := child(t, "TestMembarrierStartsToFail", filtered+"=1")
		if strings.Contains(out, "--- SKIP") {
			t.Skip(out)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	if Kind() != Membarrier {
		t.Skip("membarrier is not in use")
	}
	Heavy()
	if Kind() != Membarrier {
		t.Fatalf("Kind is %s before the filter", Kind())
	}
	if errno := refuseMembarrier(); errno != 0 {
		t.Skip("no seccomp filter to be had: ", errno)
	}
	if errno := membarrier(privateExpedited); errno != syscall.EPERM {
		t.Fatalf("the filter lets membarrier through: %v", errno)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Heavy()
	if Kind() != StopTheWorld {
		t.Fatalf("Kind is %s after membarrier failed", Kind())
	}
	runtime.ReadMemStats(&after)
	if world.stats.Mallocs < before.Mallocs || world.stats.Mallocs > after.Mallocs {
		t.Fatal("Heavy did not stop the world")
	}
}

// TestFilterThatKills executes the test binary under a seccomp filter that
// kills for membarrier. With HAZPTR_FENCE=stw it must live. Under a filter that
// lets both commands through it must live without the variable, too.
func TestFilterThatKills(t *testing.T) {
	const jail, inside = "HAZPTR_TEST_JAIL", "HAZPTR_TEST_INSIDE"
	if os.Getenv(inside) != "" {
		Heavy()
		t.Logf("alive: %s", Kind())
		return
	}
	filters := map[string]struct {
		action uint32
		except []uint32
	}{
		"kill":       {killProcess, nil},
		"killthread": {killThread, nil},
		"trap":       {trap, nil},
		"8":          {killProcess, []uint32{privateExpedited}},
		"16":         {killProcess, []uint32{registerPrivateExpedited}},
		"8 and 16":   {killProcess, []uint32{privateExpedited, registerPrivateExpedited}},
	}
	if filter, found := filters[os.Getenv(jail)]; found {
		// A filter is this thread's, and so is what the thread executes.
		runtime.LockOSThread()
		if errno := noNewPrivileges(); errno != 0 {
			t.Skip("no_new_privs: ", errno)
		}
		if errno := filterMembarrier(filter.action, 0, filter.except...); errno != 0 {
			t.Skip("no seccomp filter to be had: ", errno)
		}
		t.Fatal(syscall.Exec("/proc/self/exe", os.Args, append(os.Environ(), inside+"=1")))
	}
	run := func(filter, kind string) (said string, alive bool) {
		said, err := child(t, "TestFilterThatKills", jail+"="+filter, Variable+"="+kind)
		if strings.Contains(said, "--- SKIP") {
			t.Skip(said)
		}
		return said, err == nil
	}
	for filter := range filters {
		if testing.Short() && filter != "kill" && filter != "8 and 16" {
			continue // each is a process or two
		}
		if said, alive := run(filter, "stw"); !alive || !strings.Contains(said, "alive: "+StopTheWorld) {
			t.Errorf("filter %q, stw: alive: %t\n%s", filter, alive, said)
		}
		if filter == "killthread" {
			// Without the variable the program would lose its main thread, and
			// hang.
			continue
		}
		// The filter does what it is said to do.
		if said, alive := run(filter, ""); alive != (filter == "8 and 16") {
			t.Errorf("filter %q: alive: %t\n%s", filter, alive, said)
		}
	}
}

// What a seccomp filter may do to a system call.
const (
	killProcess = 0x80000000
	killThread  = 0
	trap        = 0x00030000
	fail        = 0x00050000
)

// noNewPrivileges lets the calling thread install filters.
func noNewPrivileges() syscall.Errno {
	const (
		sysPrctl        = 157
		setNoNewPrivs   = 38
		noNewPrivileges = 1
	)
	_, _, errno := syscall.RawSyscall6(sysPrctl, setNoNewPrivs, noNewPrivileges, 0, 0, 0, 0)
	return errno
}

// filterMembarrier installs a filter that does action for membarrier, unless
// its command is one of except.
func filterMembarrier(action uint32, flags uintptr, except ...uint32) syscall.Errno {
	const (
		loadWord     = 0x20 // BPF_LD | BPF_W | BPF_ABS
		jumpEqual    = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
		result       = 0x06 // BPF_RET | BPF_K
		allow        = 0x7fff0000
		sysSeccomp   = 317
		setFilter    = 1
		systemCallNr = 0  // offset in struct seccomp_data
		firstArg     = 16 // likewise
	)
	type instruction struct {
		code   uint16
		jt, jf uint8
		k      uint32
	}
	filter := []instruction{
		{loadWord, 0, 0, systemCallNr},
		{jumpEqual, 1, 0, sysMembarrier},
		{result, 0, 0, allow},
		{loadWord, 0, 0, firstArg},
	}
	for _, command := range except {
		filter = append(filter, instruction{jumpEqual, 0, 1, command}, instruction{result, 0, 0, allow})
	}
	filter = append(filter, instruction{result, 0, 0, action})
	program := struct {
		n      uint16
		filter *instruction
	}{uint16(len(filter)), &filter[0]}
	_, _, errno := syscall.RawSyscall(sysSeccomp, setFilter, flags, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	return errno
}

// refuseMembarrier lets membarrier fail with EPERM, for all threads.
func refuseMembarrier() syscall.Errno {
	// This is SECCOMP_FILTER_FLAG_TSYNC. It spreads no_new_privs too.
	const everyThread = 1
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if errno := noNewPrivileges(); errno != 0 {
		return errno
	}
	return filterMembarrier(fail|uint32(syscall.EPERM), everyThread)
}

// TestReadMemStatsStopsTheWorld reads the source of the function that the fence
// relies on. If it fails, the package needs another way to stop the world with
// this version of Go.
func TestReadMemStatsStopsTheWorld(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("needs the go command: ", err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "src/runtime/mstats.go"))
	if err != nil {
		t.Skip("needs the runtime's source: ", err)
	}
	_, body, found := strings.Cut(string(source), "\nfunc ReadMemStats(")
	body, _, _ = strings.Cut(body, "\n}\n")
	if !found || !strings.Contains(body, "stopTheWorld(") || !strings.Contains(body, "startTheWorld(") {
		t.Fatalf("runtime.ReadMemStats does not stop the world any more:\n%s", body)
	}
}
