package hazptr

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A section is the part of a document below a heading.
type section struct {
	name     string   // as in "docs/faq.md: How soon?"
	commands []string // that stand there, indented or in backquotes
	figures  []string // of its text, without their units
}

var (
	figure  = regexp.MustCompile(`(?:^|[^\w.\-/])(\d[\d,]*(?:\.\d+)?) ?(?:(?:ns|µs|ms|s|k|M|kB|MB|GB|KiB|MiB|GiB)\b|×|%)`)
	decimal = regexp.MustCompile(`(?:^|[^\w.\-/])(\d[\d,]*(?:\.\d+)+)`)
	number  = regexp.MustCompile(`\d[\d,]*(?:\.\d+)?`)
	inline  = regexp.MustCompile("`((?:go (?:run|test)|for) [^`]*)`")
	comment = regexp.MustCompile(`\s+#.*`)
)

// read returns a document's sections, and adds what its commands have printed
// to kept: blocks without a language that follow an indented command.
func read(name, text string, kept map[string]string) (all []section) {
	at := section{name: name}
	command, block := "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case block != "" && strings.HasPrefix(line, "```"):
			block = ""
		case block == "kept":
			kept[command] += line + "\n"
		case block != "":
		case line == "```" && command != "":
			block = "kept"
		case strings.HasPrefix(line, "```"):
			block = "other"
		case strings.HasPrefix(line, "    "):
			command = comment.ReplaceAllString(strings.TrimSpace(line), "")
			at.commands = append(at.commands, command)
		case strings.HasPrefix(line, "#"):
			all = append(all, at)
			at = section{name: name + ": " + strings.TrimSpace(strings.TrimLeft(line, "#"))}
			command = ""
		case line != "":
			command = ""
			for _, found := range inline.FindAllStringSubmatch(line, -1) {
				at.commands = append(at.commands, found[1])
			}
			patterns := []*regexp.Regexp{figure}
			if strings.HasPrefix(line, "|") {
				patterns = append(patterns, decimal)
			}
			line = inline.ReplaceAllString(line, "")
			for _, pattern := range patterns {
				for _, found := range pattern.FindAllStringSubmatch(line, -1) {
					if strings.Count(found[1], ".") < 2 { // a version has more
						at.figures = append(at.figures, strings.ReplaceAll(found[1], ",", ""))
					}
				}
			}
		}
	}
	return append(all, at)
}

// missing returns the figures of a section that none of its commands printed,
// and whether the output of one is kept.
func (s section) missing(kept map[string]string) (figures []string, isKept bool) {
	printed := map[string]bool{}
	for _, command := range s.commands {
		output, ok := kept[command]
		isKept = isKept || ok
		for _, n := range number.FindAllString(command+output, -1) {
			printed[strings.ReplaceAll(n, ",", "")] = true
		}
	}
	for _, f := range s.figures {
		if !printed[f] {
			figures = append(figures, f)
		}
	}
	return figures, isKept
}

// A figure of a document was printed by a command of its section, or is an
// argument there, if the output is kept. Sections for which none is kept are
// listed in measurements.md.
func TestFigures(t *testing.T) {
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	kept, listed := map[string]string{}, map[string]bool{}
	var all []section
	for _, name := range append(files, "README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, read(name, string(text), kept)...)
		_, list, _ := strings.Cut(string(text), "\n## Figures whose output is not kept\n")
		for line := range strings.Lines(list) {
			if item, ok := strings.CutPrefix(line, "- "); ok {
				listed[strings.TrimSpace(item)] = true
			}
		}
	}
	if len(kept) == 0 {
		t.Fatal("no output is kept")
	}
	for _, s := range all {
		if strings.HasSuffix(s.name, ": Figures whose output is not kept") || len(s.figures) == 0 {
			continue
		}
		missing, isKept := s.missing(kept)
		switch {
		case isKept && len(missing) > 0:
			t.Errorf("%s: %s: not printed by %s", s.name, strings.Join(missing, ", "), strings.Join(s.commands, "; "))
		case !isKept && !listed[s.name]:
			t.Errorf("%s: has figures, and no command whose output is kept: %s", s.name, strings.Join(s.figures, ", "))
		case !isKept:
			delete(listed, s.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		t.Errorf("docs/measurements.md lists %s, which has no such figures", name)
	}
}

func TestFiguresAreMissed(t *testing.T) {
	const text = "# A\n\nIt takes 2.5 ns, 1,234 MB, and %s.\n\n    go run ./x  # a minute\n\n```\n2.5 1234 MB 77\n```\n\n# B\n\n| 3.5 | `go run ./y` |\n"
	for _, c := range []struct{ figure, want string }{{"77 %", "[] true [3.5] false"}, {"78 %", "[78] true [3.5] false"}, {"v1.5.0, Go 1.25, 1 of 2", "[] true [3.5] false"}} {
		kept := map[string]string{}
		all := read("x.md", fmt.Sprintf(text, c.figure), kept)
		a, aKept := all[1].missing(kept)
		b, bKept := all[2].missing(kept)
		if got := fmt.Sprint(a, aKept, b, bKept); got != c.want {
			t.Errorf("%s: %s, want %s", c.figure, got, c.want)
		}
	}
}
