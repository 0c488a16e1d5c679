// Package lifetime has analyzers that find uses of hazptr, live, mapped,
// percpuref and srcu which end an object too early, too late or never.
//
// They follow values within one function, along each of its paths. A value that
// gets out of their sight, since it is returned, stored or passed on, is left
// alone: what they report is wrong, what they don't may still be.
package lifetime

import (
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ssa"
)

// Analyzers are all analyzers of the package.
var Analyzers = []*analysis.Analyzer{Guard, Lease, Protection, Holder, Retired, Linked, Reclaim, Selfwait, Locked, Token, Reference, Ignore}

// analyzer returns an analyzer that looks at one function after another.
func analyzer(name, doc string, look func(*inspection, *ssa.Function)) *analysis.Analyzer {
	return packageAnalyzer(name, doc, func(in *inspection) {
		for _, f := range in.functions {
			if len(f.Blocks) > 0 {
				look(in, f)
			}
		}
	})
}

// packageAnalyzer returns an analyzer that looks at all functions at once.
func packageAnalyzer(name, doc string, look func(*inspection)) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     name,
		Doc:      doc,
		Requires: []*analysis.Analyzer{buildssa.Analyzer, inspect.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			look(newInspection(pass))
			return nil, nil
		},
	}
}
