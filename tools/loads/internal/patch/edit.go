package patch

import (
	"fmt"
	"strings"
)

// An Edit changes a file, or adds one.
type Edit struct {
	file string
	adds bool
	make func(text string) (string, error)
}

// Add is the edit that adds a file.
func Add(file, text string) Edit {
	return Edit{file: file, adds: true, make: func(string) (string, error) { return text, nil }}
}

// Append is the edit that appends declarations to a file.
func Append(file, declarations string) Edit {
	return Edit{file: file, make: func(text string) (string, error) {
		return strings.TrimRight(text, "\n") + "\n\n" + strings.TrimSpace(declarations) + "\n", nil
	}}
}

// Import is the edit that imports a package.
func Import(file, path string) Edit {
	return File(file).edit("package", `^package \w+`, func(found string) string {
		return fmt.Sprintf("%s\n\nimport %q\n", found, path)
	})
}
