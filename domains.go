package hazptr

import (
	"iter"

	"hazptr/internal/roster"
)

// named has the open domains with a name.
var named roster.Roster[Domain]

// Domains yields the open domains that have a Config.Name, in the order in
// which they were made. Each comes with a name that no other one has meanwhile:
// where two were given the same, the later is "name#2". It is for metrics and
// debug pages; [Default] is among them.
//
// It may be called by any goroutine. That a domain is yielded keeps none alive:
// one that was dropped is gone after a garbage collection.
func Domains() iter.Seq2[string, *Domain] { return named.All() }
