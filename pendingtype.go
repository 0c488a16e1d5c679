package hazptr

import "time"

// A PendingType tells what is pending of one type.
type PendingType struct {
	Type      string // as in "*main.Database"; "" for what workers have in hand and nobody can look into
	Objects   int64
	Bytes     int64         // as given to RetireIn
	Protected int64         // of Objects, those that hazard pointers hold
	Oldest    time.Duration // age of the oldest, counted from the first scan that could see it
}
