package main

import (
	"fmt"
	"runtime"

	"hazptr/loads/internal/pair"
)

// A column is a way to look a file up, in one of the copies.
type column struct {
	title   string
	patched bool
	way     string // in the benchmark's name
}

// The first is what is there now, the last what is made of it.
var columns = []column{
	{"original", false, "references"},
	{"original, read lock", false, "rwmutex"},
	{"patched, references", true, "references"},
	{"patched, hazptr", true, "hazptr"},
}

// A row is what is measured.
type row struct {
	title     string
	benchmark string // with %s for the column's way; without, only the first and the last column have it
	lookup    bool
}

var rows = []row{
	{"lookup, one file for all", "LoadLookup/same/%s", true},
	{"lookup, a file for each", "LoadLookup/own/%s", true},
	{"replace (dup2)", "LoadReplace", false},
	{"open and close", "LoadOpenClose", false},
}

// cpus are the numbers of CPUs that each row is measured with.
func cpus() []int {
	if n := runtime.GOMAXPROCS(0); n > 1 {
		return []int{1, n}
	}
	return []int{1}
}

// name returns the name of a row's benchmark in a column, or "".
func (r row) name(i, cpus int) string {
	name := r.benchmark
	switch {
	case r.lookup:
		name = fmt.Sprintf(r.benchmark, columns[i].way)
	case i != 0 && i != len(columns)-1:
		return ""
	}
	if cpus > 1 {
		name += fmt.Sprintf("-%d", cpus)
	}
	return name
}

func (r row) titleWith(cpus int) string {
	if cpus == 1 {
		return r.title + ", 1 CPU"
	}
	return fmt.Sprintf("%s, %d CPUs", r.title, cpus)
}

// of returns what a column has found.
func (c column) of(original, patched *pair.Found) *pair.Found {
	if c.patched {
		return patched
	}
	return original
}
