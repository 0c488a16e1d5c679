//go:build hazptr_debug

package hazptr

import (
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
)

// checking reports whether the build tag hazptr_debug is set. What stands under it is not there without the tag, and costs nothing; see docs/debugging.md.
const checking = true

// traceEvery is of how many Guards one is traced, with Config.Trace.
const traceEvery = 1

// An event is one of a report's stacks.
type event struct {
	what string
	at   *stack
}

func told(what string, events []event) string {
	var b strings.Builder
	b.WriteString("hazptr: " + what + "\n")
	for _, e := range events {
		fmt.Fprintf(&b, "%s:\n%v", e.what, e.at)
	}
	return b.String()
}

// misuse ends the caller's work, where it is sure to be wrong.
func misuse(what string, events ...event) { panic(told(what, append(events, event{"now", here()}))) }

// reporter is what tests set in place of slog.
var reporter atomic.Pointer[func(string)]

// report tells of what need not be wrong, or what no caller can answer for.
func report(text string) {
	if told := reporter.Load(); told != nil {
		(*told)(text)
		return
	}
	slog.Error(text)
}
