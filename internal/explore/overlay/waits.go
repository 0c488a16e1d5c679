package overlay

import (
	"fmt"
	"go/ast"
	"go/token"
)

// waits are how many channel operations, sleeps, timers and yields each file
// has that are no steps. Each was looked at: it comes after an edit that waits,
// stands under a condition that no scenario meets, or is of no consequence.
var waits = map[string]int{
	"gate/gate.go":                  3,
	"internal/grace/sequence.go":    8,
	"internal/hazard/leaks.go":      1,
	"internal/hazard/parking.go":    19,
	"internal/hazard/patrol.go":     1,
	"internal/hazard/shared.go":     4,
	"internal/hazard/wait.go":       4,
	"internal/reclaim/bell.go":      2,
	"internal/reclaim/reclaimer.go": 9,
	"internal/reclaim/retire.go":    2,
	"internal/reclaim/scanner.go":   4,
	"internal/reclaim/turn.go":      0,
	"internal/grace/notice.go":      6,
	"internal/reclaim/watch.go":     1,
	"internal/reclaim/worker.go":    1,
	"rcu/reporter.go":               1,
}

// looked returns an error if a file has another number of them than was looked
// at.
func looked(path string, f *ast.File) error {
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.SelectStmt, *ast.SendStmt:
			n++
		case *ast.UnaryExpr:
			if node.Op == token.ARROW {
				n++
			}
		case *ast.CallExpr:
			if waiting[called(node)] {
				n++
			}
		}
		return true
	})
	if n != waits[path] {
		return fmt.Errorf("overlay: %s has %d channel operations, sleeps, timers and yields that are no steps, and not %d: see that an edit waits in their place, or that no scenario gets there, and mend waits.go", path, n, waits[path])
	}
	return nil
}

var waiting = map[string]bool{
	"close": true, "runtime.Gosched": true,
	"time.Sleep": true, "time.NewTimer": true, "time.AfterFunc": true, "time.After": true,
}

// called returns the name of a function that is called plainly.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if in, ok := f.X.(*ast.Ident); ok {
			return in.Name + "." + f.Sel.Name
		}
	}
	return ""
}
