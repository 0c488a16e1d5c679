package ending

// When says when a way ends what was replaced.
type When int

const (
	Promptly  When = iota // when its last reader has left
	Collected             // when the garbage collector has come by, after its last reader has left
	Never
)
