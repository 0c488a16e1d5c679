package pair

import (
	"slices"
	"strings"
	"testing"
)

func TestSuite(t *testing.T) {
	const events = `{"Action":"start","Package":"p"}
{"Action":"pass","Package":"p","Test":"TestA/sub"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p","Test":"TestC/sub"}
{"Action":"fail","Package":"p","Test":"TestC"}
{"Action":"output","Package":"p","Output":"FAIL\n"}
{"Action":"fail","Package":"p"}
{"Action":"fail","Package":"q"}
{"Action":"skip","Package":"r"}
{"Action":"pass","Package":"s"}
`
	var s Suite
	if err := s.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	if s.Passed != 1 || s.Skipped != 1 || !slices.Equal(s.Failed, []string{"p TestC", "q"}) {
		t.Errorf("%+v", s)
	}
	if verdict := s.Verdict(); verdict != "2 FAILED, 1 passed, 1 skipped, 0 s" {
		t.Error(verdict)
	}
	if err := s.read(strings.NewReader("no tests")); err == nil {
		t.Error("no error")
	}
}

func TestWorse(t *testing.T) {
	original := func(failed ...string) *Suite { return &Suite{Program: "original", Failed: failed} }
	patched := func(failed ...string) *Suite { return &Suite{Program: "patched", Failed: failed} }
	locked := func(failed ...string) *Suite { return &Suite{Program: "a lock", Failed: failed} }
	for _, c := range []struct {
		suites Suites
		want   []string
	}{
		{nil, nil},
		{Suites{original(), patched()}, nil},
		{Suites{original("a"), patched("a")}, nil},
		{Suites{original("a"), patched("b")}, []string{"b"}},
		{Suites{original("a"), patched(), original(), patched("a", "c")}, []string{"a", "c"}},
		{Suites{original("a"), locked("a"), patched("a")}, nil},
		{Suites{original("a"), locked("b"), patched("a"), original(), locked(), patched("a")}, []string{"b", "a"}},
	} {
		if got := c.suites.Worse(); !slices.Equal(got, c.want) {
			t.Errorf("got %v, want %v", got, c.want)
		}
	}
}

func TestSuitesText(t *testing.T) {
	suites := Suites{{Program: "original", Command: "go test", Passed: 2}, {Program: "patched", Command: "go test", Passed: 1, Failed: []string{"p TestA"}}}
	if got, want := suites.String(), "go test, original: 2 passed, 0 s\ngo test, patched: 1 FAILED, 1 passed, 0 s\n    fails: p TestA\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if err := suites.Err("bbolt"); err == nil || !strings.Contains(err.Error(), "bbolt's") || !strings.HasSuffix(err.Error(), ": p TestA") {
		t.Errorf("error %v", err)
	}
	if err := suites[:1].Err("bbolt"); err != nil {
		t.Error(err)
	}
}
