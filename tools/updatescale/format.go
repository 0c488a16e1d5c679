package main

import (
	"fmt"
	"io"
	"strings"
)

// A format is a way to print a set.
type format string

var writersOf = []struct {
	format format
	write  func(io.Writer, *set) error
}{
	{"table", table},
	{"csv", csvLines},
	{"json", jsonObject},
	{"benchfmt", benchfmt},
	{"kernel", kernel},
}

// parseFormat returns the format of that name.
func parseFormat(name string) (format, error) {
	var names []string
	for _, w := range writersOf {
		if string(w.format) == name {
			return w.format, nil
		}
		names = append(names, string(w.format))
	}
	return "", fmt.Errorf("%q is none of %s", name, strings.Join(names, ", "))
}

func (f format) write(w io.Writer, s *set) error {
	for _, writer := range writersOf {
		if writer.format == f {
			return writer.write(w, s)
		}
	}
	return fmt.Errorf("unknown format %q", f)
}
