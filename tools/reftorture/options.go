package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"hazptr/tools/internal/program"
	"hazptr/tools/internal/subject"
)

// options are the command line. They have the names of the kernel's parameters
// where it has them.
type options struct {
	program.Given

	Types     typeList      `name:"type" default:"all" placeholder:"LIST" group:"Runs:" help:"types, separated by commas; good, busted, all (${default})"`
	Duration  time.Duration `name:"duration" default:"1m" between:"100ms,1000h" group:"Runs:" help:"time for each good type"`
	Catch     time.Duration `name:"catch" default:"20s" between:"1s,1h" group:"Runs:" help:"time for each busted type, at most"`
	Tries     int           `name:"tries" default:"1" between:"1,1000" group:"Runs:" help:"runs of each type, each with another seed"`
	Seed      int64         `name:"seed" default:"0" between:"0,9223372036854775807" group:"Runs:" help:"seed of all random choices; 0: a new one"`
	Scenes    sceneList     `name:"scenes" default:"all" placeholder:"LIST" group:"Runs:" help:"only these scenes, separated by commas (${default}, but those of a busted type that shows in one)"`
	Patience  time.Duration `name:"patience" default:"10s" between:"1s,1h" group:"Runs:" help:"how long an event may take that nothing holds up"`
	KeepGoing bool          `name:"keep-going" group:"Runs:" help:"go on after a failure"`
	Race      bool          `name:"race" group:"Runs:" help:"with the race detector, which needs the go command and cgo"`
	AsyncOff  bool          `name:"asyncpreemptoff" group:"Runs:" help:"without preemption by signals all the time"`

	Readers    int           `name:"nreaders" default:"${readers}" between:"1,32" group:"Actors:" help:"readers; by default as many as GOMAXPROCS, and two at least"`
	Writers    int           `name:"nwriters" default:"2" between:"1,64" group:"Actors:" help:"writers"`
	Fakes      int           `name:"nfakewriters" default:"2" between:"0,64" group:"Actors:" help:"goroutines that wait for readers without need"`
	BarrierCBs int           `name:"n-barrier-cbs" default:"4" between:"0,64" group:"Actors:" help:"goroutines that post callbacks before a barrier"`
	Burst      int           `name:"read-exit-burst" default:"16" between:"0,50" group:"Actors:" help:"readers that come and go together"`
	Cells      int           `name:"cells" default:"4" between:"1,1024" group:"Actors:" help:"places that readers look at"`
	Objects    int           `name:"objects" default:"4096" between:"256,16384" group:"Actors:" help:"pages; each may be a mapping of its own, of which Linux lets a process have 65,530"`
	StallFor   time.Duration `name:"stall-duration" default:"1s" between:"0s,1m" group:"Actors:" help:"time for which a reader stays; 0s: none does"`
	Alone      time.Duration `name:"wakeup-duration" default:"500ms" between:"0s,1m" group:"Actors:" help:"time for wake-ups one by one whenever the stage is empty"`

	Stutter time.Duration `name:"stutter" default:"2s" between:"0s,1h" group:"Intervals, 0s is never:" help:"time between two moments with an empty stage"`
	Shuffle time.Duration `name:"shuffle-interval" default:"3s" between:"0s,1h" group:"Intervals, 0s is never:" help:"threads are pinned or set free; Linux"`
	OnOff   time.Duration `name:"onoff-interval" default:"1s" between:"0s,1h" group:"Intervals, 0s is never:" help:"GOMAXPROCS changes"`
	Collect time.Duration `name:"gc-interval" default:"300ms" between:"0s,1h" group:"Intervals, 0s is never:" help:"the garbage collector is made to run"`
	Tracing time.Duration `name:"trace-interval" default:"500ms" between:"0s,1h" group:"Intervals, 0s is never:" help:"tracing of hazard pointers begins or ends"`
	Signals time.Duration `name:"signal-interval" default:"500ms" between:"0s,1h" group:"Intervals, 0s is never:" help:"bursts of the signal that preempts; Linux"`

	Statistics time.Duration `name:"stat-interval" default:"15s" between:"0s,1h" group:"Output:" help:"between two statistics of one type; 0s: only at its end"`
	JSON       bool          `name:"json" group:"Output:" help:"print the verdicts as JSON"`

	Log program.OutFile `name:"log" placeholder:"FILE" group:"Output:" help:"add a line for each type when it is done, and pass over types that FILE has as done"`
}

// Check chooses the seed, and looks at the logbook.
func (o *options) Check() error {
	if o.Seed == 0 {
		o.Seed = rand.Int64N(1<<32) + 1
	}
	return o.checkLog()
}

// arguments are the options that repeat a run of the type: the ones of the
// command line, and the seed.
func (o *options) arguments(typ string) []string {
	repeated := map[string]string{}
	maps.Copy(repeated, o.Given.Given())
	for _, name := range []string{"type", "catch", "tries", "json", "log", "race", "asyncpreemptoff"} {
		delete(repeated, name) // they are of the process that starts this one
	}
	repeated["duration"], repeated["seed"] = o.Duration.String(), strconv.FormatInt(o.Seed, 10)
	if o.AsyncOff {
		repeated["asyncpreemptoff"] = "true"
	}
	args := []string{"-type", typ}
	for _, name := range slices.Sorted(maps.Keys(repeated)) {
		args = append(args, "-"+name+"="+repeated[name])
	}
	return args
}

// A typeList names types, with commas between.
type typeList string

// UnmarshalText looks whether there are such types.
func (l *typeList) UnmarshalText(text []byte) error {
	*l = typeList(text)
	_, err := l.names()
	return err
}

// names returns the types' names: good ones first.
func (l typeList) names() ([]string, error) {
	var good, bad []string
	for _, t := range subject.Table() {
		good = append(good, t.Name)
	}
	for _, b := range bustedTypes {
		bad = append(bad, b.name)
	}
	all, words := slices.Concat(good, bad), []string(nil)
	for word := range strings.SplitSeq(string(l), ",") {
		switch word = strings.TrimSpace(word); word {
		case "good":
			words = append(words, good...)
		case "busted":
			words = append(words, bad...)
		case "all":
			words = append(words, all...)
		default:
			if !slices.Contains(all, word) {
				return nil, fmt.Errorf("unknown type %q; there are all, good, busted, %s, and the busted ones that -h lists", word, strings.Join(good, ", "))
			}
			words = append(words, word)
		}
	}
	return program.Select(strings.Join(words, ","), "type", all, func(name string) string { return name })
}
