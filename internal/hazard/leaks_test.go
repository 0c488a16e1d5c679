package hazard

import (
	"runtime"
	"testing"
	"time"

	"hazptr/internal/check"
	"hazptr/internal/litmus"
)

// Thousands of forgotten Holders cost a fence for each batch, not one each.
func TestForgottenHoldersAreABatch(t *testing.T) {
	n := int64(20_000)
	if check.Enabled {
		n = 200 // each is reported
	}
	leaks.mu.Lock()
	count, fences := leaks.count, leaks.fences
	leaks.mu.Unlock()
	begun := time.Now()
	for range n {
		Open()
	}
	litmus.Eventually(t, "all are found", func() bool {
		runtime.GC()
		found, _ := leaks.stats()
		return found >= count+n
	})
	leaks.mu.Lock()
	fences = leaks.fences - fences
	leaks.mu.Unlock()
	// Each batch waits for leakDelay, so there are no more of them than this,
	// however slow the machine is.
	if most := 2 + int64(time.Since(begun)/leakDelay); fences > most {
		t.Errorf("%d fences for %d Holders in %v", fences, n, time.Since(begun))
	}
}
