package grace

import (
	"time"

	"hazptr/internal/linger"
	"hazptr/internal/yield"
)

const (
	minSleep = 20 * time.Microsecond
	maxSleep = time.Millisecond
)

// Poll looks at readers, who tell nobody when they leave: it returns true as soon as quiescent does, looking ever more rarely, or false when wanted does.
func Poll(quiescent, wanted func() bool) bool {
	unwanted := false
	look := func() (over bool) {
		if quiescent() {
			return true
		}
		unwanted = !wanted()
		return unwanted
	}
	if linger.Until(look) {
		return !unwanted
	}
	for sleep := minSleep; !look(); sleep = min(2*sleep, maxSleep) {
		if yield.Enabled && yield.Wait("poll") {
			continue
		}
		time.Sleep(sleep)
	}
	return !unwanted
}
