// Package report prints what was measured, as a table, as JSON and for benchstat,
// and draws it.
package report

import (
	"fmt"
	"io"

	"hazptr/tools/internal/result"
)

// Write prints s in one of the formats table, json and benchfmt.
func Write(w io.Writer, format string, s *result.Set) error {
	switch format {
	case "json":
		return jsonObject(w, s)
	case "benchfmt":
		return benchfmt(w, s)
	}
	return table(w, s)
}

// nanoseconds prints four digits of a figure that may be 0.3 or 30,000.
func nanoseconds(ns float64) string {
	switch {
	case ns < 10:
		return fmt.Sprintf("%.3f", ns)
	case ns < 100:
		return fmt.Sprintf("%.2f", ns)
	case ns < 1000:
		return fmt.Sprintf("%.1f", ns)
	}
	return fmt.Sprintf("%.0f", ns)
}
