package hazptr

import (
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"hazptr/internal/race"
)

const (
	commentWidth  = 80
	documentWidth = 100
)

// vague are words in whose place a noun says more: the caller, the reader, the
// goroutine. A document may ask who.
var vague = regexp.MustCompile(`(?i)\b(whoever|anybody|somebody|nobody|those\s+(who|that)|who|what\s+is\s+asked)\b`)

var (
	directive   = regexp.MustCompile(`^//[a-z]+:[a-z]`)
	output      = regexp.MustCompile(`^// (Unordered output|Output):`)
	expectation = regexp.MustCompile(`^// want\b`)
	linkTarget  = regexp.MustCompile(`\]\([^)]*\)`)
	quoted      = regexp.MustCompile("`[^`]*`")
	// Where in a line one sentence ends and another begins, and what the line of
	// a whole sentence ends in.
	nextSentence = regexp.MustCompile(`[.!?][)*"]* +[*"(\[]*[A-Z]`)
	lastSentence = regexp.MustCompile(`(^|[.!?:][)*"\]]*)$`)
	// What ends a question, a table's cell, a paragraph or a list's item.
	stop = regexp.MustCompile(`[.!?:;][)*"]*\s|\||\n(\n|#+ |[-*] |[0-9]+\. )`)
)

// Every comment, text and document of the checkout is plain English.
func TestEnglish(t *testing.T) {
	if _, err := os.Stat("go.work"); err != nil {
		t.Skip("not the whole checkout: ", err)
	}
	if race.Enabled {
		t.Skip("it is slow then, and has one goroutine")
	}
	checks := map[string]func(string) []string{".go": checkGo, ".pml": checkGo, ".md": checkDocument}
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != "." && strings.HasPrefix(entry.Name(), ".") || path == "loads-figures" { // tools/loads makes it
				return filepath.SkipDir
			}
			return nil
		}
		check := checks[filepath.Ext(path)]
		if check == nil || path == "english_test.go" { // which names the words
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		files++
		for _, problem := range check(string(text)) {
			t.Errorf("%s:%s", path, problem)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 500 {
		t.Errorf("%d files were read, want all of the checkout", files)
	}
}

// checkGo returns what is wrong in a Go file's comments and strings, each as
// "line: problem". A Promela file has the same comments.
func checkGo(text string) (problems []string) {
	var tokens scanner.Scanner
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(text))
	tokens.Init(file, []byte(text), nil, scanner.ScanComments)
	lines := strings.Split(text, "\n")

	prose := []byte(text) // only comments and strings will be left
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if prose[i] > ' ' {
				prose[i] = '.'
			}
		}
	}
	end, outputLine := 0, -1
	for {
		pos, tok, literal := tokens.Scan()
		if tok == token.EOF {
			break
		}
		if tok != token.COMMENT && tok != token.STRING {
			continue
		}
		start := file.Offset(pos)
		blank(end, start)
		end = start + len(literal)
		if tok == token.STRING {
			if literal[0] == '"' {
				copy(prose[start:end], strings.NewReplacer(`\n`, "  ", `\t`, "  ").Replace(literal))
			}
			continue
		}
		copy(prose[start:end], strings.Replace(literal, "//", "  ", 1))
		first := file.Line(pos)
		if output.MatchString(literal) || outputLine == first-1 {
			outputLine = first
			continue
		}
		if directive.MatchString(literal) || expectation.MatchString(literal) {
			continue
		}
		for i := range strings.Count(literal, "\n") + 1 {
			line := lines[first-1+i]
			width := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    "))
			if width > commentWidth && !strings.Contains(line, "://") {
				problems = append(problems, fmt.Sprintf("%d: a comment of %d columns, want at most %d", first+i, width, commentWidth))
			}
		}
	}
	blank(end, len(prose))
	for _, at := range vague.FindAllIndex(prose, -1) {
		problems = append(problems, vagueness(1+strings.Count(text[:at[0]], "\n"), string(prose[at[0]:at[1]])))
	}
	return problems
}

func vagueness(line int, words string) string {
	return fmt.Sprintf("%d: %q, want a noun", line, strings.Join(strings.Fields(words), " "))
}

// checkDocument returns what is wrong in a Markdown file, as checkGo does.
func checkDocument(text string) (problems []string) {
	fenced := false
	prose, before := "", ""
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			fenced = !fenced
			line = ""
		case fenced, strings.HasPrefix(line, "    "):
			line = ""
		case !strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "#"):
			visible := linkTarget.ReplaceAllString(line, "]")
			plain := quoted.ReplaceAllString(visible, "x")
			sentence := lastSentence.MatchString(before) && lastSentence.MatchString(plain) && !nextSentence.MatchString(plain)
			if width := utf8.RuneCountInString(visible); width > documentWidth && !sentence {
				problems = append(problems, fmt.Sprintf("%d: %d columns, want a sentence or at most %d", i+1, width, documentWidth))
			}
		}
		before = line
		prose += line + "\n"
	}
	for _, at := range vague.FindAllStringIndex(prose, -1) {
		words := prose[at[0]:at[1]]
		if strings.EqualFold(words, "who") && isQuestion(prose, at[0]) {
			continue
		}
		problems = append(problems, vagueness(1+strings.Count(prose[:at[0]], "\n"), words))
	}
	return problems
}

// isQuestion reports whether the sentence of text around offset at begins with
// the word there, or ends in a question mark.
func isQuestion(text string, at int) bool {
	start, end := 0, len(text)
	for _, s := range stop.FindAllStringIndex(text, -1) {
		if s[1] > at {
			end = s[1]
			break
		}
		start = s[1]
	}
	return strings.Trim(text[start:at], " \n*#") == "" || strings.Contains(text[at:end], "?")
}

// What is not plain English is refused, and nothing else.
func TestEnglishIsRefused(t *testing.T) {
	wide, wider := strings.Repeat("wide ", 15), strings.Repeat("wider ", 17)
	for _, test := range []struct {
		check      func(string) []string
		text, want string
	}{
		{checkGo, "// " + wide + "xy", ""},
		{checkGo, "// " + wide + "xyz", "1: a comment of 81 columns, want at most 80"},
		{checkGo, "package p\n\n\tvar x = 1 // " + wide, "3: a comment of 92 columns, want at most 80"},
		{checkGo, "/*\n" + wide + "abcdefg\n*/", "2: a comment of 82 columns, want at most 80"},
		{checkGo, "const text = `\n// " + wide + "xyz`", ""},
		{checkGo, "//go:" + wide + "xyz", ""},
		{checkGo, "// https://" + wide, ""},
		{checkGo, "var x = 1 // want `" + wide + "`", ""},
		{checkGo, "// Output:\n// " + wide + "xyz\n// " + wide + "xyz", ""},
		{checkGo, "// Output:\n// x\n\n// " + wide + "xyz", "4: a comment of 81 columns, want at most 80"},
		{checkGo, "// Who waits?", `1: "Who", want a noun`},
		{checkGo, "// those\n// that wait", `1: "those that", want a noun`},
		{checkGo, "var those = that // whose", ""},
		{checkGo, "var whoever = 1", ""},
		{checkGo, "const text = `a\n\nnobody`", `3: "nobody", want a noun`},
		{checkGo, `const text = "a\\nsomebody"`, `1: "somebody", want a noun`},
		{checkGo, "#ifdef NOBODY\n::\tx?y -> \\\n\tx!1 // " + wide + "\n#endif", "3: a comment of 86 columns, want at most 80"},
		{checkGo, "#define X 1 /* whoever waits */\n:: y = X // " + wide + "xyz", `2: a comment of 90 columns, want at most 80; 1: "whoever", want a noun`},
		{checkDocument, wider + "xyz.", ""},
		{checkDocument, "It waits.\n" + wider + "xyz.", ""},
		{checkDocument, wider + "xyz", "1: 105 columns, want a sentence or at most 100"},
		{checkDocument, "It waits\n" + wider + "xyz.", "2: 106 columns, want a sentence or at most 100"},
		{checkDocument, wider + "wide. Xyz", "1: 111 columns, want a sentence or at most 100"},
		{checkDocument, wider + "wide.** [Xyz](there)", "1: 115 columns, want a sentence or at most 100"},
		{checkDocument, "[" + wide + "](" + wide + ") xyz", ""},
		{checkDocument, "    " + wider + "wide. Xyz", ""},
		{checkDocument, "```\n" + wider + "wide. Xyz\n```", ""},
		{checkDocument, "| " + wider + "wide. Xyz |", ""},
		{checkDocument, "# " + wider, ""},
		{checkDocument, "It waits. Who\nneeds that?", ""},
		{checkDocument, "Nothing waits.\n\n**Who needs it.**", ""},
		{checkDocument, "| a | who needs it |", ""},
		{checkDocument, "Is it a reader\nwho waits?", ""},
		{checkDocument, "A reader who waits.", `1: "who", want a noun`},
		{checkDocument, "Those\nwho wait?", `1: "Those who", want a noun`},
		{checkDocument, "Anybody?", `1: "Anybody", want a noun`},
	} {
		if got := strings.Join(test.check(test.text), "; "); got != test.want {
			t.Errorf("%q: %s, want %s", test.text, got, test.want)
		}
	}
}
