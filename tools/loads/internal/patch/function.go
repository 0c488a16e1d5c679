package patch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// A Function is a place for edits: a function or method of a file.
type Function struct{ file, name string }

// Func returns the function or method, whose name is as in "(*DB).Close".
func Func(file, name string) Function { return Function{file, name} }

// Replace is the edit that puts other statements into the place of some that follow one another. They must stand in the function exactly once, at any
// depth; white space and comments don't count.
func (fn Function) Replace(old, new string) Edit {
	return fn.at(old, func(f *file, at []ast.Stmt) string {
		return f.splice(at[0].Pos(), at[len(at)-1].End(), new)
	})
}

// ReplaceCommented is Replace of the statements and of the comment that ends on the line above them.
func (fn Function) ReplaceCommented(old, new string) Edit {
	return fn.at(old, func(f *file, at []ast.Stmt) string {
		return f.splice(f.commentAbove(at[0].Pos()), at[len(at)-1].End(), new)
	})
}

// Before is the edit that inserts statements before others, which are found as by Replace.
func (fn Function) Before(mark, new string) Edit {
	return fn.at(mark, func(f *file, at []ast.Stmt) string {
		return f.splice(at[0].Pos(), at[0].Pos(), new+"\n")
	})
}

// After is the edit that inserts statements after others, which are found as by Replace.
func (fn Function) After(mark, new string) Edit {
	return fn.at(mark, func(f *file, at []ast.Stmt) string {
		end := at[len(at)-1].End()
		return f.splice(end, end, "\n"+new)
	})
}

// Receiver is the edit that makes the method another type's. It is as in "db *DB".
func (fn Function) Receiver(receiver string) Edit {
	return fn.edit(func(f *file, d *ast.FuncDecl) (string, error) {
		if d.Recv == nil {
			return "", fmt.Errorf("func %s: it has no receiver", fn.name)
		}
		return f.splice(d.Recv.Pos(), d.Recv.End(), "("+receiver+")"), nil
	})
}

func (fn Function) edit(make func(*file, *ast.FuncDecl) (string, error)) Edit {
	return Edit{file: fn.file, make: func(text string) (string, error) {
		f, err := parse(text)
		if err != nil {
			return "", err
		}
		d := f.function(fn.name)
		if d == nil || d.Body == nil {
			return "", fmt.Errorf("no function %s", fn.name)
		}
		return make(f, d)
	}}
}

// at is the edit of the place where the statements are.
func (fn Function) at(statements string, make func(*file, []ast.Stmt) string) Edit {
	return fn.edit(func(f *file, d *ast.FuncDecl) (string, error) {
		wanted, err := parseStatements(statements)
		if err != nil {
			return "", fmt.Errorf("func %s: the edit's statements %q: %w", fn.name, statements, err)
		}
		found := find(d.Body, wanted)
		if len(found) != 1 {
			return "", fmt.Errorf("func %s: found %d times, want once: %s", fn.name, len(found), strings.TrimSpace(statements))
		}
		return make(f, found[0]), nil
	})
}

// parseStatements returns the statements in the form of source.
func parseStatements(text string) (forms []string, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() {\n"+text+"\n}", 0)
	if err != nil {
		return nil, err
	}
	for _, s := range f.Decls[0].(*ast.FuncDecl).Body.List {
		forms = append(forms, source(s))
	}
	if len(forms) == 0 {
		return nil, fmt.Errorf("there are none")
	}
	return forms, nil
}

// find returns each run of statements that has the wanted forms.
func find(body *ast.BlockStmt, wanted []string) (found [][]ast.Stmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		}
	run:
		for i := 0; i+len(wanted) <= len(list); i++ {
			for j, form := range wanted {
				if source(list[i+j]) != form {
					continue run
				}
			}
			found = append(found, list[i:i+len(wanted)])
		}
		return true
	})
	return found
}
