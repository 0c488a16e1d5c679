package debug

import (
	"fmt"
	"strings"
	"time"

	reported "hazptr/internal/report"
)

// A value tells of one Value or Plain of package live.
type value struct {
	Name string // one that no other value has
	reported.Status
}

// patience is how long a replaced value may stay, and a Load may take, before
// it is marked: what Options.Warn of package live is by default.
const patience = time.Minute

// Figures returns the table of a value.
func (v value) Figures(now time.Time) (table []figure) {
	add := func(name, format string, args ...any) {
		table = append(table, figure{name, fmt.Sprintf(format, args...)})
	}
	present := "none"
	if v.Generation > 0 {
		present = fmt.Sprintf("generation %d for %s, since %s", v.Generation, since(now, v.Since), v.Since.Format(time.DateTime))
	}
	if v.Closed {
		present += "; closed"
	}
	add("present", "%s", present)
	if v.Loads > 0 {
		add("last Load", "%s", v.lastLoad(now))
		loads := number(v.Loads)
		if v.Failures > 0 {
			loads += fmt.Sprintf(", of which %s failed", number(v.Failures))
		}
		add("Loads", "%s", loads)
	}
	switch {
	case v.Held:
		add("Load now", "waits for %s until fewer replaced values are left, as MaxOld wants", since(now, v.Loading))
	case !v.Loading.IsZero():
		add("Load now", "runs for %s", since(now, v.Loading))
	}
	if v.OldCount > 0 {
		add("replaced", "%s not closed", plural(int64(v.OldCount), "value is", "values are"))
	}
	if !v.LastClosed.IsZero() {
		add("last Close", "%s ago", since(now, v.LastClosed))
	}
	if v.CloseFailures > 0 {
		add("failed Closes", "%s", number(v.CloseFailures))
	}
	return table
}

func (v value) lastLoad(now time.Time) string {
	switch {
	case v.Err == "":
		return "went well " + since(now, v.LastSuccess) + " ago"
	case v.LastSuccess.IsZero():
		return "failed"
	}
	return "failed; the last good one " + since(now, v.LastSuccess) + " ago"
}

// Alarms are what a person should look at.
func (v value) Alarms(now time.Time) (alarms []string) {
	if v.Failing() {
		alarms = append(alarms, "the last Load has failed")
	}
	switch {
	case v.Held:
		alarms = append(alarms, "a Load waits for MaxOld")
	case !v.Loading.IsZero() && now.Sub(v.Loading) >= patience:
		alarms = append(alarms, "a Load has not returned")
	}
	stay := int64(0)
	for _, o := range v.Old {
		if v.Stays(o, now) {
			stay++
		}
	}
	if stay > 0 {
		alarms = append(alarms, plural(stay, "replaced value stays", "replaced values stay"))
	}
	if n := int64(len(v.Problems)); n > 0 {
		alarms = append(alarms, plural(n, "problem with triggers", "problems with triggers"))
	}
	return alarms
}

// Failing reports whether the last Load has failed. One of a closed value does
// when Close ends its Context.
func (v value) Failing() bool { return v.Err != "" && !v.Closed }

// Stays reports whether a replaced value has not been closed for too long.
func (v value) Stays(o reported.Old, now time.Time) bool { return now.Sub(o.Replaced) >= patience }

// Untold is how many replaced values there are beside the ones that are told of
// one by one.
func (v value) Untold() int64 { return int64(v.OldCount - len(v.Old)) }

// ErrLines are the lines of the last Load's error, which may join several.
func (v value) ErrLines() []string { return strings.Split(strings.TrimSpace(printable(v.Err)), "\n") }

// whyOld tells in a few words why a replaced value is still there.
func whyOld(o reported.Old) string {
	switch {
	case o.Closing:
		return "its Close has not returned"
	case o.Users > 0:
		return "in use by " + plural(int64(o.Users), "user", "users")
	}
	return "waits to be closed"
}
