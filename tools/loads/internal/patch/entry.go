package patch

import (
	"fmt"
	"go/ast"
)

// Entry is the edit that puts another value behind a key, which is to stand once in all composite literals of a file.
func Entry(file, key, value string) Edit {
	return Edit{file: file, make: func(text string) (string, error) {
		f, err := parse(text)
		if err != nil {
			return "", err
		}
		var found []ast.Expr
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if entry, ok := n.(*ast.KeyValueExpr); ok && source(entry.Key) == key {
				found = append(found, entry.Value)
			}
			return true
		})
		if len(found) != 1 {
			return "", fmt.Errorf("key %s: found %d times, want once", key, len(found))
		}
		return f.splice(found[0].Pos(), found[0].End(), value), nil
	}}
}
