package interleave

// An arrival tells the Scheduler that a Thread has come to a point, or ended.
type arrival struct {
	*Thread
	state state
}
