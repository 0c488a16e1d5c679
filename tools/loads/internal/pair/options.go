package pair

import (
	"time"

	"hazptr/tools/internal/program"
)

// Options are what every comparison of a Pair is told. Their tags refer to
// variables that are the load's own: rounds, short and disk.
type Options struct {
	program.Given
	program.Line

	Rounds int               `name:"rounds" default:"${rounds}" between:"1,1000" group:"Measurement:" help:"rounds, in which the copies take turns"`
	Short  bool              `name:"short" group:"Measurement:" help:"${short}"`
	Dir    string            `name:"dir" default:"${temporary}" group:"Program:" help:"folder for the copies, in a folder of their own that is removed at the end; ${disk}"`
	Diff   bool              `name:"diff" group:"Program:" help:"print what is changed, and nothing else"`
	Export program.NewFolder `name:"export" placeholder:"FOLDER" group:"Program:" help:"write the patched module to this folder, which is made, with the library and with HAZPTR.md, which says how to use it; and do nothing else"`
	Format string            `name:"format" default:"table" enum:"table,json" group:"Program:" help:"table or json"`
}

// Shortens reports whether -short chooses the option's value.
func (o *Options) Shortens(name string) bool { return o.Short && !o.Has(name) }

// DuelOptions are what a Duel is told. Their tags refer to DuelVars.
type DuelOptions struct {
	Benchtime time.Duration `name:"benchtime" default:"${benchtime}" between:"1ms,1h" group:"Measurement:" help:"time of each benchmark in a round"`
	Busted    bool          `name:"busted" group:"Program:" help:"break the patch's rule, and look whether that is noticed: it must end with status 1"`
	Options
}

// DuelVars are for a load with that benchtime, whose copies need so much disk.
func DuelVars(benchtime, disk string) map[string]string {
	return map[string]string{
		"benchtime": benchtime, "rounds": "5", "short": "-benchtime is a tenth and -rounds is 2, unless they are given",
		"disk": disk,
	}
}

// Check chooses what -short leaves open.
func (o *DuelOptions) Check() error {
	if o.Shortens("benchtime") {
		o.Benchtime /= 10
	}
	if o.Shortens("rounds") {
		o.Rounds = 2
	}
	return nil
}
