package main

import (
	"fmt"
	"time"

	"hazptr/tools/internal/against"
	"hazptr/tools/internal/program"
	"hazptr/tools/internal/way"
)

// options are the command line. They have the names of the kernel's parameters
// where it has them. The names in their JSON are what programs rely on.
type options struct {
	program.Given

	Types    way.UpdateTypes `json:"-" name:"types" default:"all" placeholder:"LIST" group:"Updates:" help:"types, separated by commas; all: every one"`
	Writers  int             `json:"nwriters" name:"nwriters" default:"1" between:"1,256" group:"Updates:" help:"writers in cost, latency and garbage"`
	Objects  int             `json:"objects" name:"objects" default:"1000000" between:"1,10000000" group:"Updates:" help:"updates in cost, latency and garbage, at most"`
	Rate     int             `json:"rate" name:"rate" default:"1000" between:"1,1000000" group:"Updates:" help:"updates a second in paced and busy"`
	Bytes    int64           `json:"bytes" name:"bytes" default:"4096" between:"0,274877906944" group:"Updates:" help:"what each object stands for, of which hazptr is told"`
	Reclaim  time.Duration   `json:"reclaim_ns" name:"reclaim" default:"0s" between:"0s,1s" group:"Updates:" help:"time for which the end of each object keeps a core busy"`
	Workers  int             `json:"workers" name:"workers" default:"0" between:"0,4096" group:"Updates:" help:"goroutines that run hazptr's reclaim functions, at most; 0: hazptr's own choice"`
	Readers  int             `json:"nreaders" name:"nreaders" default:"1" between:"0,4096" group:"Readers:" help:"readers in cost and latency, locked to threads"`
	Hazards  int             `json:"hazards" name:"hazards" default:"0" between:"0,1000000" group:"Readers:" help:"hazard pointers that protect something all the while"`
	Stall    bool            `json:"stall" name:"stall" group:"Readers:" help:"a reader stays in cost and latency, too"`
	Phases   phaseNames      `json:"-" name:"phases" default:"all" placeholder:"LIST" group:"Figures:" help:"what to measure, of the phases below, separated by commas; all: every one"`
	Runs     int             `json:"-" name:"nruns" default:"3" between:"1,10000" group:"Figures:" help:"runs of each type"`
	Duration time.Duration   `json:"duration_ns" name:"duration" default:"200ms" between:"1ms,1m" group:"Figures:" help:"length of a phase"`
	Format   string          `json:"-" name:"format" default:"table" enum:"table,json,benchfmt" group:"Figures:" help:"table, json, or benchfmt for benchstat"`
	Picture  program.OutFile `json:"-" name:"svg" placeholder:"FILE" group:"Figures:" help:"draw how soon objects end, as curves"`
	Older    string          `json:"-" name:"against" placeholder:"FILE" group:"Figures:" help:"an older build of updatescale takes turns with this one, process by process; both are printed, and how they relate"`

	against *against.Plan // nil without an older build
}

const mostPaced = 10_000_000

// Check looks at the options together.
func (o *options) Check() error {
	if o.Objects < o.Writers {
		return fmt.Errorf("--objects: %d are too few for -nwriters %d: each writer needs one", o.Objects, o.Writers)
	}
	if paced := o.Duration.Seconds() * float64(o.Rate); paced < 1 {
		return fmt.Errorf("--rate: %d a second is less than one update in -duration %v: raise one of them", o.Rate, o.Duration)
	} else if paced > mostPaced {
		return fmt.Errorf("--rate: %d a second is more than %d updates in -duration %v: lower one of them", o.Rate, mostPaced, o.Duration)
	}
	var err error
	o.against, err = against.New(o.Given.Given(), o.Types.Names(), o.Runs, readFigures)
	return err
}
