package patch

import (
	"fmt"
	"go/ast"
)

// Type is the edit that declares a type of a file anew: as definition, which stands behind its name.
func Type(file, name, definition string) Edit {
	return Edit{file: file, make: func(text string) (string, error) {
		f, err := parse(text)
		if err != nil {
			return "", err
		}
		spec := f.typeSpec(name)
		if spec == nil {
			return "", fmt.Errorf("no type %s", name)
		}
		return f.splice(spec.Type.Pos(), spec.Type.End(), definition), nil
	}}
}

// typeSpec returns the declaration of a type, or nil.
func (f *file) typeSpec(name string) (found *ast.TypeSpec) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.Name == name {
			found = spec
		}
		return found == nil
	})
	return found
}
