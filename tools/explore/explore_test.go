package main

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/explore/overlay"
	"hazptr/internal/long"
	"hazptr/tools/internal/mutant"
)

func runProgram(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	status = exploration.Run(t.Context(), args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"-run (":                                "missing closing )",
		"-within 5":                             "say 5s",
		"-parallel -1":                          "-1",
		"-mutants none-such":                    `there is no mutant "none-such"; mutation -list prints them`,
		"-mutants validate-skipped -order t0x4": "-order repeats an execution of the library as it is: leave -mutants out",
		"-mutants all -run Protect":             "-run chooses scenarios, and each mutant has its own",
		"-mutants nofence":                      "the mutant nofence has no scenario",
	} {
		status, out, problems := runProgram(t, strings.Fields(args)...)
		if status != command.Usage || out != "" || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t, "-h")
	if status != 0 || problems != "" || !strings.Contains(out, "--mutants") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

func TestScenarios(t *testing.T) {
	long.Only(t, "it builds the scenarios")
	status, out, problems := runProgram(t, "-run", "FallAsleep/1_producer_of", "-within", "10s", "-story")
	for _, want := range []string{"reclaim FallAsleep: 1 producer of 1 object ", "membarrier returns", "swap bell.state"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if status != 0 || problems != "" || strings.Contains(out, "bounded") || strings.Contains(out, "2 producers") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if status, out, problems := runProgram(t, "-run", "FallAsleep", "-order", "t0"); status != command.Failure || out != "" || !strings.Contains(problems, "-run FallAsleep chooses 5: name one") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if status, out, problems := runProgram(t, "-run", "FallAsleep/1 producer of 1", "-order", "t0x4"); status != 0 || !strings.Contains(out, "swap bell.state") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if status, _, problems := runProgram(t, "-run", "Nothing"); status != command.Failure || !strings.Contains(problems, "-run Nothing: no test matches; there are TestExplore") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestMutants(t *testing.T) {
	long.Only(t, "it builds scenarios of broken libraries")
	status, out, problems := runProgram(t, "-mutants", "no-awake", "-story")
	if status != 0 || problems != "" || !strings.Contains(out, "reclaim FallAsleep: 1 producer of 1 object") || !strings.Contains(out, "nothing has woken it") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

// The ordering mutants of what is explored have a scenario each.
func TestOrderingMutants(t *testing.T) {
	source, err := mutant.Source(t.Context())
	if err != nil {
		t.Skip(err)
	}
	explored, err := overlay.Scenarios(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutant.All {
		// No scenario has a Barrier.
		if m.Ordering && m.Scenario == "" && slices.Contains(explored, path.Dir(m.File)) && m.Name != "waiter-no-look" {
			t.Errorf("no scenario refutes %s: %s", m.Name, m.Rule)
		}
	}
}

func TestRounded(t *testing.T) {
	for d, want := range map[time.Duration]time.Duration{
		0:                            0,
		1500:                         2 * time.Microsecond,
		472 * time.Microsecond:       472 * time.Microsecond,
		46_721 * time.Microsecond:    46_700 * time.Microsecond,
		6_065_550 * time.Microsecond: 6_070 * time.Millisecond,
	} {
		if got := rounded(d); got != want {
			t.Errorf("%v: %v, want %v", d, got, want)
		}
	}
}
