package interleave

// A turn is one decision of a schedule.
type turn struct {
	thread int
	moves  bool // to the other P
	points int  // that it passes
}
