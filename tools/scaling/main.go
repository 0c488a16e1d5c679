// Scaling measures how what the library costs grows with the number of Ps, on
// any machine, in one go. Its -h tells more.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"hazptr/tools/internal/program"
)

var scaling = program.Program[options]{
	Name: "scaling",
	Purpose: `Scaling measures how what the library costs grows with GOMAXPROCS: what reads
and updates take, what passes and grace periods do, and what memory all of them
need. It runs refscale, updatescale and itself, once for each number of Ps.`,
	Examples: []string{
		"scaling",
		"scaling -procs 2,64 -svg scaling.svg",
		"scaling -pack FOLDER                   static programs, for another machine",
		"cd FOLDER && ./scaling -format json >scaling.json        there",
		"scaling -from scaling.json -svg scaling.svg          and here again",
	},
	Details: details,
	Vars:    map[string]string{"procs": defaultProcs(runtime.NumCPU())},
	Do:      run,
}

func main() { scaling.Main() }

// options are the command line.
type options struct {
	program.Given

	Procs   program.Counts  `name:"procs" default:"${procs}" group:"Measurement:" help:"numbers of Ps, each up to 4096"`
	Limit   time.Duration   `name:"limit" default:"10m" between:"10s,24h" group:"Measurement:" help:"when this time is over nothing more is measured"`
	From    program.InFile  `name:"from" placeholder:"FILE" group:"Figures:" help:"take the figures from a file that -format json or -json has written, and measure nothing"`
	Format  string          `name:"format" default:"table" enum:"table,json" group:"Figures:" help:"table or json"`
	JSON    program.OutFile `name:"json" placeholder:"FILE" group:"Figures:" help:"write the figures there, too"`
	Picture program.OutFile `name:"svg" placeholder:"FILE" group:"Figures:" help:"draw them, too"`
	Page    program.OutFile `name:"page" placeholder:"FILE" group:"Figures:" help:"put the table in the place of the first block of this Markdown file, too"`
	Pack    string          `name:"pack" placeholder:"FOLDER" group:"Program:" help:"build static programs into a new folder, for GOOS and GOARCH, and measure nothing"`
	Probe   bool            `name:"probe" hidden:"" help:"measure what this process can, and print it"`
}

const mostProcs = 4096 // each is a thread, and a reader of refscale

// Check looks at the options together.
func (o *options) Check() error {
	for _, n := range o.Procs {
		if n > mostProcs {
			return fmt.Errorf("--procs: %d is not between 1 and %d", n, mostProcs)
		}
	}
	if o.Has("pack") && o.Pack == "" {
		return errors.New("--pack: the path is empty")
	}
	if o.Page != "" {
		return checkPage(string(o.Page))
	}
	return nil
}

// defaultProcs are the powers of two up to the cores, and what shows how tables
// grow beyond.
func defaultProcs(cores int) string {
	var words []string
	for n := 2; n < min(cores, mostProcs); n *= 2 {
		words = append(words, fmt.Sprint(n))
	}
	words = append(words, fmt.Sprint(min(max(2, cores), mostProcs)))
	for _, n := range []int{64, 256, 1024} {
		if n > cores {
			words = append(words, fmt.Sprint(n))
		}
	}
	return strings.Join(words, ",")
}

func run(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	switch {
	case o.Probe:
		p, err := probe()
		if err != nil {
			return err
		}
		return json.NewEncoder(stdout).Encode(p)
	case o.Pack != "":
		return pack(ctx, o.Pack, stdout)
	}
	var all *set
	var err error
	if o.From != "" {
		all, err = readSet(string(o.From))
	} else {
		all, err = measure(ctx, o, stderr)
	}
	if err != nil {
		return err
	}
	if err := all.write(stdout, o.Format); err != nil {
		return err
	}
	if o.JSON != "" {
		if err := writeFile(string(o.JSON), all.writeJSON); err != nil {
			return err
		}
	}
	if o.Page != "" {
		if err := writePage(string(o.Page), table(all)); err != nil {
			return err
		}
	}
	if o.Picture != "" {
		return picture(string(o.Picture), all)
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) error {
	var text strings.Builder
	if err := write(&text); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text.String()), 0o666)
}

const details = `
What is measured, in processes of their own with GOMAXPROCS set:
  reads      refscale's types, by one reader and by as many as there are Ps, but
             no more than 8 for each core, in ns per read and core.
  updates    updatescale's phases cost, quiet and garbage, of some of its types.
  waits      a fence, a pass, a grace period, a freeze, with nothing in their
             way: what they take, while a hazard pointer is held or an object
             was retired on each P or for each, and while nothing is.
  claims     what it takes to get a hazard pointer and to give it back.
  memory     bytes allocated, by type, once each P has come by.

  With more Ps than cores the threads take turns on the cores. Then tables are
  as large, passes look at as many slots and memory is as much as on so many
  cores; but no cache line moves between more cores than there are. What that
  would cost only a machine with the cores can tell. With fewer Ps than cores
  tables are as large as for all cores.

  Times are minima of what was tried in one process, since what else runs on
  the machine only adds to them; the rest are medians. json has both of all.
`
