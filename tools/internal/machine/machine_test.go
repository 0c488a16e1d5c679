package machine

import (
	"runtime"
	"testing"
)

func TestThis(t *testing.T) {
	m := This()
	if m.Go != runtime.Version() || m.OS != runtime.GOOS || m.Arch != runtime.GOARCH || m.CPU == "" {
		t.Errorf("This() = %+v", m)
	}
	if m.Cores < 1 || m.Cores > runtime.NumCPU() {
		t.Errorf("%d cores of %d CPUs", m.Cores, runtime.NumCPU())
	}
}
