// Reftorture tries to break hazard pointers and the mechanisms they compete
// with, each of which it also runs with a rule broken on purpose, to show that
// it would notice. It is the kernel's rcutorture and hazptrtorture for Go:
//
//	go run ./tools/reftorture -h
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"

	"hazptr/tools/internal/program"
	"hazptr/tools/internal/subject"
)

var reftorture = program.Program[options]{
	Name: "reftorture",
	Purpose: `Reftorture tries to break hazard pointers and the mechanisms they compete with.
Each type runs in a process of its own. The busted types are the good ones in a
build of the library that breaks a rule on purpose. The test must catch them.`,
	Examples: []string{
		"reftorture",
		"reftorture -type hazptr -duration 10m",
		"reftorture -type busted -tries 10",
		"reftorture -type good -duration 1h -json >verdicts.json",
		"reftorture -type good -duration 10m -patience 60s -log good.log",
		"reftorture -type hazptr-guard -scenes order,structures -race -patience 30s",
	},
	Details: fmt.Sprintf(details, program.List(18, func(add func(name, text string)) {
		for _, t := range subject.Table() {
			add(t.Name, t.Text+".")
		}
	}), program.List(36, func(add func(name, text string)) {
		for _, b := range bustedTypes {
			add(b.name, b.rule())
		}
	})),
	Vars: map[string]string{"readers": strconv.Itoa(max(2, runtime.GOMAXPROCS(0)))},
	Do: func(ctx context.Context, o *options, stdout, stderr io.Writer) error {
		if path := os.Getenv(verdictVariable); path != "" {
			return victim(o, path, stdout)
		}
		return supervise(ctx, o, stdout, stderr)
	},
}

func main() {
	if os.Getenv(verdictVariable) != "" {
		// A signal ends it at once.
		os.Exit(reftorture.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	reftorture.Main()
}

// verdictVariable is set in the environment of a process that tortures one
// type: to the file for the verdict.
const verdictVariable = "HAZPTR_TORTURE_VERDICT"

// victim tortures one type. A process of its own does, since what goes wrong
// may end it.
func victim(o *options, path string, stdout io.Writer) error {
	typ, err := subject.Named(string(o.Types))
	if err != nil {
		return err
	}
	t, err := newTorture(o, typ)
	if err != nil {
		return err
	}
	v := t.run(stdout)
	v.end(stdout)
	runtime.KeepAlive(t)
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

const details = `
What is done:
  Objects have pages of their own outside the Go heap. What has ended is
  poisoned and made inaccessible, so that a late read is a fault at its address.
  A part of the objects is told to be free of readers several times before it
  ends: a reader that finds an age above 1 has found an error that a page might
  not show. What a reader has left in an object must be seen by the goroutine
  that ends it, and by readers of the objects that come after it.

  The director changes scenes about every half second:

  order       one reader for each core but one, whose stores are late, and one
              writer that has each object ended at once
  crowd       seven readers that do little but protect, and the same writer,
              on two CPUs (on Linux): the kernel stops one between any two of
              its instructions
  leave       one reader that protects an object in many slots, and one updater
              that replaces it; each protection ends once, behind stores that
              are late, and no slot is used again until the object has ended
  read        readers that nest, stay, yield, sleep, make system calls, grow
              their stacks, hand protections to other goroutines; writers that
              replace objects in ways picked at random
  structures  a list walked hand over hand, a Treiber stack and a Michael-Scott
              queue, whose nodes come back at the same address
  callbacks   floods of callbacks and one that posts itself, barriers, a reader
              that stays and must be reported, fake writers
  everything  all of that, and readers that come and go

  Now and then (-stutter) the stage is emptied: then everything that has been
  replaced must end, and retired objects one by one must wake the mechanism's
  goroutines, and the leave scene comes next. Meanwhile GOMAXPROCS goes up and
  down, threads are pinned to CPUs and moved, the garbage collector runs, with
  GOGC=1 and little memory too, tracing of hazard pointers begins and ends, and
  signals preempt. A quarter of a good type's time is without preemption by
  signals. The busted types are built with the go command, in a checkout.

Types:
%s
%s
Output:
  Of one type, statistics in the kernel's manner: ver (objects replaced), tfle
  (pages free), rta, rtaf, rtf (objects begun, not to be had, ended), then
  failures by kind, then barriers passed/tried:failed, stalls reported/made, the
  most callbacks pending, how long floods took to drain. Reader Pipe:
  protections by the age of their object. Reader Batch: by the number of
  objects that ended meanwhile. Free-Block Circulation: objects that have come
  to each age. The last line is "--- End of test: SUCCESS" or "FAILURE", with
  the options that repeat it. Of several types, a table. The status is 1 on
  failure.

  With -log each type that is done adds a line to a file: the date, the commit,
  the type, the time asked for, cores/GOMAXPROCS, the release of Go, other flags
  that make a difference, protections, objects ended, the verdict. A run with
  the same flags and file goes on where an earlier one stopped: it passes over
  types that it finds as they should be, for as long as is asked, at the same
  commit without changes. The program must know its commit, so it is built
  first, in a clone:

    go build -o /tmp ./tools/reftorture
    /tmp/reftorture -type good -duration 10m -patience 60s -log good.log

  failures: tfe (age), ended (fault, poison), held (ended while a reader had
  it), rtmbe, rtmbkf (not seen what was written before), rtbe (barrier returned
  early), rtbke (error), twice, lost, rtfp (no progress), stall (not reported),
  list, stack, queue, panic, died (the process)
`
