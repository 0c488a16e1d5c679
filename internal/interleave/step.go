package interleave

// A step is a point that a Thread has passed, for reports.
type step struct {
	thread int
	point  string
}
