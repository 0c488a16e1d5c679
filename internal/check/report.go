//go:build hazptr_debug

package check

import (
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
)

// Enabled reports whether the build tag hazptr_debug is set.
const Enabled = true

// An event is one of a report's stacks.
type event struct {
	what string
	at   *stack
}

func told(what string, events []event) string {
	var b strings.Builder
	b.WriteString(what + "\n")
	for _, e := range events {
		fmt.Fprintf(&b, "%s:\n%v", e.what, e.at)
	}
	return b.String()
}

// misuse ends the caller's work, where it is sure to be wrong.
func misuse(what string, events ...event) { panic(told(what, append(events, event{"now", here()}))) }

// Reporter gets the reports in place of log/slog, where a test sets it.
var Reporter atomic.Pointer[func(string)]

// report tells of what need not be wrong, or what no caller can answer for.
func report(text string) {
	if told := Reporter.Load(); told != nil {
		(*told)(text)
		return
	}
	slog.Error(text)
}
