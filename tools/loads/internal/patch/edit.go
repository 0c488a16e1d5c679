package patch

import (
	"fmt"
	"regexp"
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

// Import is the edit that imports packages.
func Import(file string, paths ...string) Edit {
	return File(file).edit("package", `^package \w+`, func(found string) string {
		for _, path := range paths {
			found += fmt.Sprintf("\n\nimport %q\n", path)
		}
		return found
	})
}

// A Place is a part of a file for edits: a declaration, or all of it. What they
// replace stands there exactly once, on lines of its own. White space and
// comments between words don't count.
type Place struct {
	file, name string
	pattern    string
}

// File returns all of the file.
func File(file string) Place { return Place{file, "file", `\A.*`} }

// Func returns the function or method, whose name is as in "(*DB).Close".
func Func(file, name string) Place {
	pattern := regexp.QuoteMeta(name)
	if receiver, method, ok := strings.Cut(name, ")."); ok {
		pattern = `\((?:\w+ )?` + regexp.QuoteMeta(receiver[1:]) + `\) ` + method
	}
	return Place{file, "func " + name, `^func ` + pattern + `\(.*?^\}`}
}

// Struct returns the struct type.
func Struct(file, name string) Place {
	return Place{file, "struct " + name, `^type ` + name + ` struct \{.*?^\}`}
}

// Replace is the edit that puts other lines into the place of some, or none.
func (p Place) Replace(old, new string) Edit {
	return p.edit(old, words(old), func(string) string { return line(new) })
}

// ReplaceCommented is Replace of the lines and of the comment above them.
func (p Place) ReplaceCommented(old, new string) Edit {
	return p.edit(old, comment+words(old), func(string) string { return line(new) })
}

// ReplaceThrough is Replace of the lines from the first to the last, of which
// each may be several, and of all between.
func (p Place) ReplaceThrough(first, last, new string) Edit {
	return p.edit(first+" ... "+last, words(first)+`(?:[^\n]*\n)*?`+words(last), func(string) string { return line(new) })
}

// Rename is the edit that writes another expression everywhere that one stands,
// which must be somewhere.
func (p Place) Rename(old, new string) Edit {
	return Edit{file: p.file, make: func(text string) (string, error) {
		from, to, err := p.find(text)
		if err != nil {
			return "", err
		}
		if !strings.Contains(text[from:to], old) {
			return "", fmt.Errorf("%s: found 0 times, want it somewhere: %s", p.name, old)
		}
		return text[:from] + strings.ReplaceAll(text[from:to], old, new) + text[to:], nil
	}}
}

// Field is the edit that puts other fields into the place of one, or none, and
// of its comments. An embedded field has the name of its type.
func (p Place) Field(name, new string) Edit {
	pattern := comment + `^\t` + regexp.QuoteMeta(name) + `(?:[ \t]+[^\n]*\{\n(?:\t\t[^\n]*\n)*\t\}|[ \t][^\n]*)?\n`
	return p.edit(name, pattern, func(string) string { return line(new) })
}

// Before is the edit that inserts lines before others.
func (p Place) Before(mark, new string) Edit {
	return p.edit(mark, words(mark), func(found string) string { return line(new) + found })
}

// After is the edit that inserts lines after others.
func (p Place) After(mark, new string) Edit {
	return p.edit(mark, words(mark), func(found string) string { return found + line(new) })
}

// edit makes another text of what the pattern finds.
func (p Place) edit(what, pattern string, change func(found string) string) Edit {
	return Edit{file: p.file, make: func(text string) (string, error) {
		from, to, err := p.find(text)
		if err != nil {
			return "", err
		}
		found := regexp.MustCompile(`(?m)`+pattern).FindAllStringIndex(text[from:to], -1)
		if len(found) != 1 {
			return "", fmt.Errorf("%s: found %d times, want once: %s", p.name, len(found), strings.TrimSpace(what))
		}
		from, to = from+found[0][0], from+found[0][1]
		return text[:from] + change(text[from:to]) + text[to:], nil
	}}
}

// find returns where the place begins and ends.
func (p Place) find(text string) (from, to int, err error) {
	place := regexp.MustCompile(`(?ms)` + p.pattern).FindStringIndex(text)
	if place == nil {
		return 0, 0, fmt.Errorf("no %s", p.name)
	}
	return place[0], place[1], nil
}

// comment is a pattern of the comment that ends on the line above.
const comment = `(?:^[ \t]*//[^\n]*\n)*`

// words returns a pattern of the text's words, on lines of their own.
func words(text string) string {
	var quoted []string
	for _, word := range strings.Fields(text) {
		quoted = append(quoted, regexp.QuoteMeta(word))
	}
	return `^[ \t]*` + strings.Join(quoted, `(?:\s|//[^\n]*\n)+`) + `[ \t]*(?://[^\n]*)?\n`
}

// line ends a text that is not empty.
func line(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}
