package hazptr

import "time"

// A Second tells how many objects were pending in a domain during one second, of those that scans had seen.
type Second struct {
	Begin time.Time
	Most  int64 // at once
	End   int64 // when it ended, and until the next Second begins; of the present one, by now
}
