package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"hazptr/tools/internal/subject"
)

const helpWidth = 80 // columns

// help prints what is tortured, and how to ask for it.
func help(w io.Writer) {
	const indent, bustedIndent = 18, 36
	var good, bad strings.Builder
	for _, t := range subject.Table() {
		fmt.Fprintf(&good, "  %-*s%s\n", indent-2, t.Name, wrapped(t.Text+".", indent))
	}
	for i := range bustedTypes {
		b := &bustedTypes[i]
		fmt.Fprintf(&bad, "  %-*s%s\n", bustedIndent-2, b.name, wrapped(b.rule(), bustedIndent))
	}
	fmt.Fprintf(w, explanation, good.String(), bad.String())
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

const explanation = `Reftorture tries to break hazard pointers and the mechanisms they compete with.
Each type runs in a process of its own. The busted types are the good ones in a
build of the library that breaks a rule on purpose: those the test must catch.

usage: reftorture [flags]

WHAT IS DONE
  Objects have pages of their own outside the Go heap. What has ended is
  poisoned and made inaccessible, so that a late read is a fault at its address.
  A part of the objects is told to be nobody's several times before it ends: a
  reader that finds an age above 1 has found an error that a page might not
  show. What a reader has left in an object must be seen by whoever ends it,
  and by readers of the objects that come after it.

  The director changes scenes about every half second:

  order       one reader for each core but one, whose stores are late, and one
              writer that has each object ended at once
  read        readers that nest, stay, yield, sleep, make system calls, grow
              their stacks, hand protections to other goroutines; writers that
              replace objects in ways picked at random
  structures  a list walked hand over hand, a Treiber stack and a Michael-Scott
              queue, whose nodes come back at the same address
  callbacks   floods of callbacks and one that posts itself, barriers, a reader
              that stays and must be reported, fake writers
  everything  all of that, and readers that come and go

  Now and then (-stutter) the stage is emptied: then everything that has been
  replaced must end, and retired objects one by one must wake who sleeps.
  Meanwhile GOMAXPROCS goes up and down, threads are pinned to CPUs and moved,
  the garbage collector runs, with GOGC=1 and little memory too, and signals
  preempt. A quarter of a good type's time is without preemption by signals.

TYPES
%s
%s
OUTPUT
  Of one type, statistics in the kernel's manner: ver (objects replaced), tfle
  (pages free), rta, rtaf, rtf (objects begun, not to be had, ended), then
  failures by kind, then barriers passed/tried:failed, stalls reported/made, the
  most callbacks pending, how long floods took to drain. Reader Pipe:
  protections by the age of their object. Reader Batch: by the number of
  objects that ended
  meanwhile. Free-Block Circulation: objects that have come to each age.
  The last line is "--- End of test: SUCCESS" or "FAILURE", with the flags that
  repeat it. Of several types, a table. The status is 1 on failure.

  failures: tfe (age), ended (fault, poison), held (ended while a reader had
  it), rtmbe, rtmbkf (not seen what was written before), rtbe (barrier returned
  early), rtbke (error), twice, lost, rtfp (no progress), stall (not reported),
  list, stack, queue, panic, died (the process)

FLAGS, named as the kernel's parameters where it has them
  -type LIST            types, separated by commas; all, good, busted (all)
  -duration TIME        for each good type (1m0s)
  -catch TIME           for each busted type, at most (20s)
  -tries N              runs of each type, each with another seed (1)
  -seed N               of all that is chosen at random; 0: a new one (0)
  -nreaders N           readers (as many as GOMAXPROCS)
  -nwriters N           writers (2)
  -nfakewriters N       who wait for readers without need (2)
  -n-barrier-cbs N      goroutines that post callbacks before a barrier (4)
  -read-exit-burst N    readers that come and go together (16)
  -cells N              places that readers look at (4)
  -objects N            pages (4096)
  -stutter TIME         between two moments with nobody on the stage (2s)
  -wakeup-duration TIME of wake-ups one by one in each of those (500ms)
  -shuffle-interval T   threads are pinned or set free; Linux (3s)
  -onoff-interval TIME  GOMAXPROCS changes (1s)
  -gc-interval TIME     the collector is made to run (300ms)
  -signal-interval TIME bursts of the signal that preempts; Linux (500ms)
  -stall-duration TIME  for which a reader stays (1s)
  -patience TIME        for what nothing holds up for long (10s)
  -stat-interval TIME   between two statistics (15s)
  -scenes LIST          only these, separated by commas (all)
  -asyncpreemptoff      without preemption by signals all the time
  -keep-going           go on after a failure
  -race                 with the race detector; needs the go command and cgo
  -json                 print the verdicts as JSON
  -h                    this text
  0s as an interval: never. The busted types are built with the go command, in
  a checkout.

EXAMPLES
  reftorture
  reftorture -type hazptr -duration 10m
  reftorture -type busted -tries 10
  reftorture -type good -duration 1h -json >verdicts.json
  reftorture -type hazptr-guard -scenes order,structures -race -patience 30s
`
