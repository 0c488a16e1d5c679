package live

import (
	"hazptr/internal/report"
	"hazptr/internal/roster"
)

// A shown is what the debug page and the metrics show, until hide, and for as
// long as it is kept.
type shown struct {
	value *report.Value
	entry *roster.Entry[report.Value]
}

func show(name string, status func() Status) shown {
	v := &report.Value{Status: func() report.Status { return reported(status()) }}
	return shown{v, report.Values.Add(name, v)}
}

func (s shown) hide() { report.Values.Remove(s.entry) }

func reported(s Status) report.Status {
	r := report.Status{
		Generation: s.Generation, Since: s.Since,
		Loading: s.Loading, Held: s.Held, Loads: s.Loads, Failures: s.Failures, LastSuccess: s.LastSuccess,
		OldCount: s.OldCount, LastClosed: s.LastClosed, CloseFailures: s.CloseFailures, Problems: s.Problems, Closed: s.Closed,
	}
	if s.Err != nil {
		r.Err = s.Err.Error()
	}
	for _, o := range s.Old {
		r.Old = append(r.Old, report.Old{Generation: o.Generation, Replaced: o.Replaced, Closing: o.Closing, Users: o.Users, Acquired: o.Acquired})
	}
	return r
}
