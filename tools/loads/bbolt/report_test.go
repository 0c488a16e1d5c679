package main

import (
	"strings"
	"testing"

	"hazptr/tools/loads/internal/pair"
)

func TestWorseSuiteIsNotOK(t *testing.T) {
	for _, failed := range [][]string{nil, {"TestA"}} {
		r := report{Suites: pair.Suites{{Program: "original"}, {Program: "patched", Failed: failed}}, Crashes: &crashes{Killed: 1, Values: 7}}
		r.conclude()
		if out := r.String(); r.OK != (failed == nil) || strings.Contains(out, "fails: TestA") == r.OK {
			t.Errorf("%v: ok %v\n%s", failed, r.OK, out)
		}
	}
}
