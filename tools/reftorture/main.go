// Reftorture tries to break hazard pointers and the mechanisms they compete with, each of which it also runs with a rule broken on purpose, to show that it would notice. It is the kernel's
// rcutorture and hazptrtorture for Go:
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

	"hazptr/internal/command"
	"hazptr/tools/internal/subject"
)

func main() {
	if os.Getenv(verdictVariable) != "" {
		os.Exit(program(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) // a signal ends it at once
	}
	command.Main(program)
}

// program returns the exit status.
func program(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, status := parse(args, stdout, stderr)
	if o == nil {
		return status
	}
	if path := os.Getenv(verdictVariable); path != "" {
		return victim(o, path, stdout, stderr)
	}
	return supervise(ctx, o, stdout, stderr)
}

// verdictVariable is set in the environment of a process that tortures one type: to the file for the verdict.
const verdictVariable = "HAZPTR_TORTURE_VERDICT"

// victim tortures one type. A process of its own does, since what goes wrong may end it.
func victim(o *options, path string, stdout, stderr io.Writer) int {
	fail := func(err error) int {
		fmt.Fprintln(stderr, "reftorture:", err)
		return 1
	}
	typ, err := subject.Named(o.typ)
	if err != nil {
		return fail(err)
	}
	t, err := newTorture(o, typ)
	if err != nil {
		return fail(err)
	}
	v := t.run(stdout)
	v.end(stdout)
	runtime.KeepAlive(t)
	text, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		return fail(err)
	}
	if !v.Success {
		return 1
	}
	return 0
}
