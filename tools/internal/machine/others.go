package machine

// Others returns the share of the machine's time, of all its cores, that other
// programs and virtual machines have had since this program began. The children
// for which this one has waited are its own. It is 0 where the system doesn't
// tell.
func Others() float64 {
	if began == nil {
		return 0
	}
	now := usage()
	if now == nil {
		return 0
	}
	return began.others(now)
}

var began = usage()

// A used says how the cores were used since the system began, in seconds.
type used struct {
	all, busy float64
	own       float64 // of busy: this program's
}

func (u *used) others(now *used) float64 {
	all := now.all - u.all
	if all <= 0 {
		return 0
	}
	// The kernel's times are no exact sums, and iowait may decrease.
	return min(1, max(0, now.busy-u.busy-(now.own-u.own))/all)
}
