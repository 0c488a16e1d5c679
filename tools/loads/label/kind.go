package main

import (
	"fmt"
	"strings"
)

// A kind of thing that is done behind a check.
type kind int

const (
	bare kind = iota
	opens
	web
	kindCount
)

func (k kind) String() string { return [kindCount]string{"bare", "open", "http"}[k] }

// text tells what is counted.
func (k kind) text() string {
	return [kindCount]string{"checks alone", "open and close a file", "HTTP requests"}[k]
}

// together is how many are timed at once. A look at the clock costs more than taking a reference.
func (k kind) together() int64 { return [kindCount]int64{64, 1, 1}[k] }

// kindsNamed returns the kinds of a list, in their own order; "all" means all.
func kindsNamed(list string) (chosen []kind, err error) {
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		wanted[strings.TrimSpace(name)] = true
	}
	for k := range kindCount {
		if wanted["all"] || wanted[k.String()] {
			chosen = append(chosen, k)
		}
		delete(wanted, k.String())
	}
	delete(wanted, "all")
	for name := range wanted {
		return nil, fmt.Errorf("unknown kind %q; there are bare, open, http and all", name)
	}
	return chosen, nil
}
