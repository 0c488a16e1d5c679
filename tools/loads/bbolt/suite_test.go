package main

import (
	"testing"

	"hazptr/tools/loads/internal/suite"
)

func TestWorseSuiteIsNotOK(t *testing.T) {
	for _, failed := range [][]string{nil, {"a"}} {
		r := report{Suites: []*suite.Suite{{}, {Failed: failed}}}
		r.conclude()
		if r.OK != (failed == nil) || (r.err() == nil) != r.OK {
			t.Errorf("%v: ok %v, %v", failed, r.OK, r.err())
		}
	}
}
