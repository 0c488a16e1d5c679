package contest

import (
	"io"
	"strings"
	"testing"
	"time"

	"hazptr/tools/internal/program"
)

func TestOptions(t *testing.T) {
	type options struct{ Options }
	p := program.Program[options]{Name: "p", Vars: map[string]string{"duration": "6s", "rounds": "4", "short": "less", "each": "it runs"}}
	for args, want := range map[string]struct {
		duration time.Duration
		rounds   int
		problem  string
	}{
		"":                                  {6 * time.Second, 4, ""},
		"-short":                            {time.Second, 2, ""},
		"-short -rounds 5":                  {time.Second, 5, ""},
		"-short -duration=5s":               {5 * time.Second, 2, ""},
		"-duration 50ms -rounds 6":          {50 * time.Millisecond, 6, "--duration: 50ms is less than 10ms for each of the 6 rounds: raise it, or lower -rounds"},
		"-rounds 1000 -short --format json": {time.Second, 1000, "--duration: 1s is less"},
	} {
		o, err := p.Parse(strings.Fields(args), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if err = o.Settle(time.Second, 2, 10*time.Millisecond); err == nil != (want.problem == "") || err != nil && !strings.Contains(err.Error(), want.problem) {
			t.Errorf("%s: error %v", args, err)
		}
		if o.Duration != want.duration || o.Rounds != want.rounds {
			t.Errorf("%s: %v in %d rounds", args, o.Duration, o.Rounds)
		}
	}
}
