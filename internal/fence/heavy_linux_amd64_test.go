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

// TestMembarrierStartsToFail installs a seccomp filter that refuses membarrier, as a program may that gives up its privileges: Heavy must go on by
// stopping the world, in that very call.
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

// refuseMembarrier installs, for all threads, a filter that lets membarrier fail with EPERM.
func refuseMembarrier() syscall.Errno {
	const (
		loadWord     = 0x20 // BPF_LD | BPF_W | BPF_ABS
		jumpEqual    = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
		result       = 0x06 // BPF_RET | BPF_K
		allow        = 0x7fff0000
		fail         = 0x00050000
		sysPrctl     = 157
		noNewPrivs   = 38
		sysSeccomp   = 317
		setFilter    = 1
		everyThread  = 1 // SECCOMP_FILTER_FLAG_TSYNC
		systemCallNr = 0 // offset in struct seccomp_data
	)
	type instruction struct {
		code   uint16
		jt, jf uint8
		k      uint32
	}
	filter := []instruction{
		{loadWord, 0, 0, systemCallNr},
		{jumpEqual, 0, 1, sysMembarrier},
		{result, 0, 0, fail | uint32(syscall.EPERM)},
		{result, 0, 0, allow},
	}
	program := struct {
		n      uint16
		filter *instruction
	}{uint16(len(filter)), &filter[0]}
	if _, _, errno := syscall.AllThreadsSyscall6(sysPrctl, noNewPrivs, 1, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	_, _, errno := syscall.Syscall(sysSeccomp, setFilter, everyThread, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	return errno
}

// TestReadMemStatsStopsTheWorld reads the source of the function that the fence relies on. If this fails, the package needs another way to stop
// the world with this version of Go.
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
