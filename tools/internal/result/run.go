package result

import "time"

// A Run is one timed section.
type Run struct {
	NS       float64         // per read and core
	Threads  []time.Duration // what each reader's loop took
	Replaced float64         // updates per second that were made meanwhile
}
