package yield

// A Runner runs goroutines one at a time. Its methods may be called by any
// goroutine and tell whether the caller is one of its own.
type Runner interface {
	// Here lets the Runner choose which goroutine goes on.
	Here(point string)

	// Wait is Here for a goroutine that waits for what others do. It returns
	// false to one that isn't the Runner's, which has to wait otherwise.
	Wait(point string) bool

	// Runs reports whether the caller is one of the Runner's goroutines.
	Runs() bool

	// Pin and Unpin are perproc's for the Runner's goroutines: others go on
	// while one is pinned, though none on its P. They return false to one that
	// isn't the Runner's.
	Pin() (p int, runs bool)
	Unpin() (runs bool)

	// Procs is how many Ps there are for the Runner's goroutines.
	Procs() int
}
