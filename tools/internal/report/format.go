// Package report prints what was measured: for people, for programs, for benchstat and for those who know the kernel's tools, and draws it.
package report

import (
	"fmt"
	"io"
	"strings"

	"hazptr/tools/internal/result"
)

// A Format is a way to print a result.Set.
type Format string

var writers = []struct {
	format Format
	write  func(io.Writer, *result.Set) error
}{
	{"table", table},
	{"csv", csvLines},
	{"json", jsonObject},
	{"benchfmt", benchfmt},
	{"kernel", kernel},
}

// ParseFormat returns the Format of that name.
func ParseFormat(name string) (Format, error) {
	var names []string
	for _, w := range writers {
		if string(w.format) == name {
			return w.format, nil
		}
		names = append(names, string(w.format))
	}
	return "", fmt.Errorf("%q is none of %s", name, strings.Join(names, ", "))
}

// Write prints s.
func (f Format) Write(w io.Writer, s *result.Set) error {
	for _, writer := range writers {
		if writer.format == f {
			return writer.write(w, s)
		}
	}
	return fmt.Errorf("unknown format %q", f)
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
