package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/pprof/profile"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/contest"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = label.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

// matches is the plain way to say what an automaton must say.
func matches(pattern, path string) bool {
	if pattern == "" {
		return path == ""
	}
	star, rest := "", pattern
	switch {
	case len(pattern) > 1 && pattern[:2] == "**":
		star, rest = "**", pattern[2:]
	case pattern[0] == '*':
		star, rest = "*", pattern[1:]
	}
	if star == "" {
		return path != "" && (pattern[0] == path[0] || pattern[0] == '?' && path[0] != '/') && matches(pattern[1:], path[1:])
	}
	for i := 0; ; i++ {
		if matches(rest, path[i:]) {
			return true
		}
		if i == len(path) || star == "*" && path[i] == '/' {
			return false
		}
	}
}

// allowed is what rules say of a path, the plain way.
func allowed(rules []rule, path string) bool {
	allow := false
	for _, r := range rules {
		if matches(r.pattern, path) {
			if r.deny {
				return false
			}
			allow = true
		}
	}
	return allow
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"", "", true},
		{"/a", "/a", true},
		{"/a", "/ab", false},
		{"/*", "/a", true},
		{"/*", "/a/b", false},
		{"/**", "/a/b", true},
		{"/?", "//", false},
		{"/**/x", "/a/b/x", true},
		{"/**/x", "/x", false},
		{"/*.so*", "/lib.so.6", true},
	} {
		if got := matches(test.pattern, test.path); got != test.want {
			t.Errorf("%q matches %q: %v", test.pattern, test.path, got)
		}
	}
}

// The automaton says what the rules say, for patterns and paths drawn from few
// characters, so that many match.
func TestAutomatonSaysWhatRulesSay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	draw := func(from []string, n int) string {
		var s strings.Builder
		for range random.IntN(n) {
			s.WriteString(from[random.IntN(len(from))])
		}
		return s.String()
	}
	said := map[bool]int{}
	for range 300 {
		var all []rule
		for range 1 + random.IntN(5) {
			all = append(all, rule{random.IntN(3) == 0, draw([]string{"/", "a", "b", "?", "*", "**"}, 7)})
		}
		a, err := compile(firstEdition, all)
		if err != nil {
			t.Fatal(err)
		}
		p, err := load(a, contest.NewCensus("policies"))
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			path := draw([]string{"/", "a", "b", "\xff"}, 8)
			want := allowed(all, path)
			said[want]++
			if got := p.check(path); (got == permitted) != want || got == late {
				t.Fatalf("%v of %q: %v, want %v", all, path, got, want)
			}
		}
		p.end()
	}
	if said[true] < 1000 || said[false] < 1000 {
		t.Errorf("drawn: %v", said)
	}
}

func TestEditionsAgreeOnPages(t *testing.T) {
	trial, err := newTrial(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(editionCount) {
		for _, page := range trial.site.pages {
			if got := allowed(rules(i), page.path); got != (page.want == permitted) {
				t.Errorf("edition %d: %s: %v", i, page.path, got)
			}
		}
	}
	if bytes.Equal(trial.editions[0][classesAt:], trial.editions[1][classesAt:]) {
		t.Error("two editions have the same rules")
	}
}

func TestLatePolicyIsTold(t *testing.T) {
	a, err := compile(firstEdition, rules(0))
	if err != nil {
		t.Fatal(err)
	}
	c := contest.NewCensus("policies")
	p, err := load(a, c)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.check("/static/x"); got != permitted {
		t.Fatal(got)
	}
	p.at[0] ^= 1 // another edition at the same address
	if got := p.check("/static/x"); got != late {
		t.Errorf("another edition: %v", got)
	}
	p.at[0] ^= 1
	p.Ended.Store(true)
	if got := p.check("/static/x"); got != late {
		t.Errorf("ended: %v", got)
	}
	p.Ended.Store(false)
	p.end()
	if _, err := guarded(p.check, "/static/x"); err == nil || !strings.Contains(err.Error(), "use of a policy that had ended") {
		t.Errorf("error %v", err)
	}
	if p.end(); c.Err() == nil || c.Count() != 0 {
		t.Errorf("ended twice: %v, %d left", c.Err(), c.Count())
	}
}

func TestTable(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	folder := t.TempDir()
	status, out, problems := runProgram(t.Context(), "-dir", folder, "-duration", "40ms", "-rounds", "2", "-replace", "0,200", "-profile", "200ms")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	for _, want := range []string{"refcnt-cond", "percpu_ref", "cachedref", "hazptr-guard", "rwlock", "checks alone per second, 200 replacements", "HTTP requests", "http, hazptr: the label takes", "No policy was used after its end"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestJSON(t *testing.T) {
	// Ways in which nothing was replaced: the machine was busy with other
	// things.
	var idle int
	for duration := 50 * time.Millisecond; duration < 10*time.Second; duration *= 8 {
		status, out, problems := runProgram(t.Context(), "-duration", duration.String(), "-rounds", "1", "-replace", "500", "-do", "bare", "-profile", "0", "-format", "json")
		if status != 0 {
			t.Fatalf("status %d, stderr %q", status, problems)
		}
		var r report
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(err)
		}
		if r.Load != "label" || !r.OK || len(r.Figures) != 1 || r.Figures[0].Before <= 0 || r.Figures[0].After <= 0 || len(r.Results) != 7 || r.Verdict == "" {
			t.Errorf("%+v", r)
		}
		idle = 0
		for _, one := range r.Results {
			switch {
			case one.Changes.Count == 0:
				idle++
			case one.Ended.Worst == 0:
				t.Errorf("replaced, and not ended: %+v", one)
			}
		}
		if idle == 0 {
			return
		}
	}
	t.Errorf("in %d ways nothing was replaced", idle)
}

// The negative control: a policy that ends while it is asked is noticed,
// whatever is done behind it.
func TestBustedIsNoticed(t *testing.T) {
	// On one P a request is rarely overtaken by a replacement.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	for n, k := range kinds {
		if testing.Short() && n > 0 {
			break
		}
		status, _, problems := runProgram(t.Context(), "-ways", "busted", "-do", k.Name, "-replace", "5000", "-duration", "60s", "-rounds", "1")
		if status != command.Failure || !strings.Contains(problems, "use of a policy that had ended") && !strings.Contains(problems, "the policy said nothing, for it had ended") {
			t.Errorf("%s: status %d, stderr %q", k.Name, status, problems)
		}
	}
}

func TestSharesKnowTheLabel(t *testing.T) {
	in := func(function string) bool {
		return inLabel(&profile.Sample{Location: []*profile.Location{{Line: []profile.Line{{Function: &profile.Function{Name: function}}}}}})
	}
	for function, want := range map[string]bool{
		"main.visit.func2":       true,
		"main.(*worker).ask":     false,
		"net/http.(*conn).serve": false,
	} {
		if in(function) != want {
			t.Errorf("%s: %v", function, !want)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"extra":                    "unexpected argument extra",
		"-workers 0":               "-workers: 0 is not between 1 and 1000",
		"-rounds 0":                "-rounds: 0 is not between 1 and 1000",
		"-replace 1,x":             `-replace: "x" is not a whole number: want 0 to 100000`,
		"-replace -1":              "-replace: -1 is not between 0 and 100000",
		"-replace=":                `-replace: "" is not a whole number: want 0`,
		"-duration 20ms -rounds 3": "-duration: 20ms is less than 10ms for each of the 3 rounds: raise it",
		"-profile 1ms":             "-profile: 1ms is too short for a profile: want 100ms to 1h",
		"-format xml":              `--format must be one of "table","json" but got "xml"`,
		"-ways rcu":                `-ways: unknown way "rcu"; there are refcnt`,
		"-do nothing":              `-do: unknown kind "nothing"; there are bare, open, http`,
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(args)...)
		if status != command.Usage || out != "" || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-h")
	if status != 0 || problems != "" {
		t.Errorf("status %d, stderr %q", status, problems)
	}
	for _, want := range []string{"Examples:", "label -ways busted", "kref_get_unless_zero", "-replace=0,10,1000", "-duration=600ms", "-profile=2s"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("more than 80 columns: %q", line)
		}
	}
}

func TestNoFolder(t *testing.T) {
	status, _, problems := runProgram(t.Context(), "-dir", filepath.Join(t.TempDir(), "missing"))
	if status != command.Failure || !strings.Contains(problems, "-dir chooses") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	began := time.Now()
	status, out, problems := runProgram(ctx, "-duration", "1h")
	if status != command.Interrupted || out != "" || problems != "label: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
