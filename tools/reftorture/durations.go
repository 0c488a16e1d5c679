package main

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// durations count how long something took, by powers of ten.
type durations struct {
	mu sync.Mutex
	n  [6]int
}

func (d *durations) add(took time.Duration) {
	i := 0
	for limit := time.Millisecond; i < len(d.n)-1 && took >= limit; limit *= 10 {
		i++
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n[i]++
}

// String tells how many took less than 1 ms, 10 ms, and so on.
func (d *durations) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var b strings.Builder
	for i, limit := range []string{"<1ms", "<10ms", "<100ms", "<1s", "<10s", "more"} {
		if d.n[i] > 0 {
			fmt.Fprintf(&b, " %s:%d", limit, d.n[i])
		}
	}
	return b.String()
}
