package main

import (
	"context"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"hazptr/internal/command"
)

// lines returns how many lines of code a package has without its tests, or "-"
// if that can't be found out.
func lines(ctx context.Context, folder string) string {
	out, err := command.Child(ctx, "go", "list", "-f", `{{.Dir}}{{range .GoFiles}}{{"\n"}}{{.}}{{end}}`, folder).Output()
	if err != nil {
		return "-"
	}
	files := strings.Split(strings.TrimSpace(string(out)), "\n")
	n := 0
	for _, file := range files[1:] {
		source, err := os.ReadFile(filepath.Join(files[0], file))
		if err != nil {
			return "-"
		}
		n += linesOf(source)
	}
	return fmt.Sprint(n)
}

// linesOf returns how many lines of the source have something other than
// comments.
func linesOf(source []byte) int {
	set := token.NewFileSet()
	file := set.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, 0)
	code := make(map[int]bool)
	for {
		at, tok, text := s.Scan()
		if tok == token.EOF {
			return len(code)
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue // a line's end is none of its code
		}
		first := file.Line(at)
		for line := range 1 + strings.Count(text, "\n") {
			code[first+line] = true
		}
	}
}
