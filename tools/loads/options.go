package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"hazptr/internal/command"
)

type options struct {
	loads []load
	full  bool
	out   string
}

const introduction = `loads runs programs that were not written for hazptr, before and after: what hurts them, how many lines it takes to mend it,
and what is gained. Where nothing is gained, it says so.

Usage: go run ./tools/loads [flags] all
       go run ./tools/loads [flags] NAME...

    bbolt     a database whose remap waits for all readers
    mmdb      a memory-mapped database that is replaced while it is read; and behind an HTTP server
    label     a web server whose every request asks a label that can be replaced at any time
    fdtable   gVisor's file descriptors
    pebble    a storage engine's readers
    gate      a queue of I/O that is frozen to change its file

It runs them one after the other in their short forms, prints a table, and draws pictures; go run ./tools/loads/NAME -h tells more of each. The first time
takes some minutes more: programs are downloaded and built.

Flags:
`

func parseOptions(args []string, stdout io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("loads", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned, and written once
	flags.BoolVar(&o.full, "full", false, "not in their short forms: ten minutes or so")
	flags.StringVar(&o.out, "out", "loads-figures", "`folder` to write loads.md, loads.json and a picture of each load to, which is made; none if empty")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, introduction)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return nil, command.ErrHelp
	} else if err != nil {
		return nil, err
	}
	if flags.NArg() == 0 {
		return nil, fmt.Errorf("which loads? all, or names, such as: go run ./tools/loads bbolt mmdb")
	}
	var err error
	o.loads, err = loadsNamed(flags.Args())
	return o, err
}
