package contest

import (
	"fmt"
	"time"

	"hazptr/tools/internal/program"
)

// Options are those of every contest. Their tags refer to the program's Vars:
// duration and rounds are defaults, each says what takes so long, and short
// what -short stands for.
type Options struct {
	program.Given
	program.Line

	Duration time.Duration `name:"duration" default:"${duration}" group:"Rounds:" help:"how long ${each}, all rounds together"`
	Rounds   int           `name:"rounds" default:"${rounds}" between:"1,1000" group:"Rounds:" help:"how many rounds the duration is divided into, in which all take turns"`
	Short    bool          `name:"short" group:"Rounds:" help:"${short}"`
	Format   string        `name:"format" default:"table" enum:"table,json" group:"Output:" help:"table or json"`
}

// Settle sets what -short stands for and the command line does not say, and
// refuses rounds of less than the least time.
func (o *Options) Settle(duration time.Duration, rounds int, least time.Duration) error {
	if o.Short && !o.Has("duration") {
		o.Duration = duration
	}
	if o.Short && !o.Has("rounds") {
		o.Rounds = rounds
	}
	if o.Round() < least {
		return fmt.Errorf("--duration: %v is less than %v for each of the %d rounds: raise it, or lower -rounds", o.Duration, least, o.Rounds)
	}
	return nil
}

// Round is how long a round lasts.
func (o *Options) Round() time.Duration { return o.Duration / time.Duration(o.Rounds) }
