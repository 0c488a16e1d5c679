package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"hazptr/tools/internal/mechanism"
)

const helpWidth = 80 // columns

// help prints what is measured, and how to ask for it.
func help(w io.Writer) {
	const indent = 20
	var types strings.Builder
	for _, t := range mechanism.Table() {
		fmt.Fprintf(&types, "  %-*s%s\n", indent-2, t.Name, wrapped(t.Text+".", indent))
	}
	fmt.Fprintf(w, explanation, types.String())
}

// wrapped breaks a text into lines, of which all but the first are indented.
func wrapped(text string, indent int) string {
	var b strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

const explanation = `Refscale measures what it costs to read an object that others may replace.

usage: refscale [flags]

WHAT IS MEASURED
  A read enters the read section, loads the object's pointer, reads a field of
  the object, and leaves. The object is a heap object of one 64-byte cache line,
  which its reference count is on, too. Readers are locked to threads. They all
  wait for one another before the start, after the warm-up and after the
  cool-down; in between each has a timed section of so many loops, in code of
  the type's own, without a call per read that the type itself does not make.
  Every value read is added up, and a wrong sum, a read of an ended object, ends
  the program.

  The figures are ns per read and core: from the first reader's start to the
  last one's end, times the readers or the cores, whichever are fewer, divided
  by all reads. A type that scales has the same figure for any number of
  readers. All types and numbers of readers take turns, in a new order in each
  run, so that a machine that gets slower does so for all. "spread" is the
  distance of the quartiles divided by the median. "× load" compares minimum
  with minimum, since shared hosts change between speeds. "kernel" is what
  Linux's refscale printed on x86 with as many readers, where there is such a
  figure.

  A read of load takes one cycle and one of hazptr two, so the loops themselves
  would count: theirs, and those of rcu and cachedref, have four reads a turn.

TYPES
%s
  hazptr, hazptr-guard, rcu and srcu end old objects on goroutines of their own,
  when no reader is left that may use them. With cachedref, percpu_ref and
  refcnt-cond whoever drops the last reference does it; to cachedref a cache
  that still has the object is a reference, which its reader drops at the next
  read. The updaters of all locks and gates end the old object themselves, when
  they have got the readers out. load, percpuinc and refcnt end none.

FLAGS, named as the kernel's parameters where it has them
  -types LIST       types, separated by commas; all: every one (all)
  -nreaders LIST    numbers of readers (1,8,32)
  -loops N          read sections of each reader in a run. auto: as many as take
                    20 ms, or 80 ms with more readers than cores, found for each
                    type and number of readers before the first run (auto)
  -nruns N          runs of each type and number of readers (15)
  -readdelay NS     time spent idle inside each read section, in a list after
                    the last object (0)
  -updates N        updates per second by one more goroutine (0). Each type
                    replaces the object, in a list the first one, and ends the
                    old one in its own way: this is how readers' retries, the
                    fences and a waiting writer are measured. If all CPUs are
                    busy with readers, updates come in bursts.
  -shape SHAPE      read: one object
                    list: walk a linked list. Holders and Guards go hand over
                    hand, with all others the walk is one section; the figures
                    are per object (read)
  -length N         objects in the list (64)
  -pin WHICH        own: pin readers to CPUs if each has one of its own; always:
                    pin them round robin even if CPUs are shared, where Go often
                    runs two of the same CPU and leaves another idle; never
                    (own)
  -format FORMAT    table, csv, json, benchfmt (for benchstat), or kernel: what
                    the kernel's refscale prints (table)
  -svg FILE         draw the figures, too
  -against FILE     an older build of refscale takes turns with this one,
                    process by process; both are printed, and how they relate
  -h                this text

EXAMPLES
  refscale
  refscale -types load,hazptr,hazptr-guard -nreaders 1,2 -nruns 50
  refscale -updates 1000 -nreaders 1
  refscale -shape list -length 1000 -types load,hazptr,rwlock
  refscale -format benchfmt >new.txt && benchstat -col /type new.txt
  GOMAXPROCS=1 refscale -nreaders 1 -format json -svg refscale.svg
`
