package reclaim

import "time"

// A clock counts nanoseconds from its epoch.
type clock struct{ epoch time.Time }

func (c clock) now() int64 { return int64(time.Since(c.epoch)) }
