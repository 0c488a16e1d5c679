package live

import "hazptr/internal/report"

// show has the debug page and the metrics show status, until hide, and for as
// long as the caller keeps what it returns.
func show(name string, status func() Status) *report.Value {
	v := &report.Value{Status: func() report.Status { return reported(status()) }}
	report.Values.Add(name, v)
	return v
}

func hide(v *report.Value) { report.Values.Remove(v) }

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
