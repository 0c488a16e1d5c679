package grace

import (
	"runtime"
	"time"
)

const (
	yields   = 10 // before the first sleep: most read sections are short
	minSleep = 20 * time.Microsecond
	maxSleep = time.Millisecond
)

// Poll looks at readers, who tell nobody when they leave: it returns true as soon as quiescent does, looking ever more rarely, or false when wanted does.
func Poll(quiescent, wanted func() bool) bool {
	for looks, sleep := 0, minSleep; !quiescent(); looks++ {
		if !wanted() {
			return false
		}
		if looks < yields {
			runtime.Gosched()
			continue
		}
		time.Sleep(sleep)
		sleep = min(2*sleep, maxSleep)
	}
	return true
}
