package main

import (
	"strings"
	"testing"

	"hazptr/tools/loads/internal/pair"
)

func TestWorseSuiteIsNotOK(t *testing.T) {
	for _, failed := range [][]string{nil, {"TestA"}} {
		r := report{Suites: pair.Suites{{}, {Failed: failed}}, Crashes: &crashes{Killed: 1, Values: 7}}
		r.conclude()
		var out strings.Builder
		if err := r.write(&out, "table"); err != nil || r.OK != (failed == nil) || strings.Contains(out.String(), "fails: TestA") == r.OK {
			t.Errorf("%v: ok %v, %v\n%s", failed, r.OK, err, out.String())
		}
	}
}
