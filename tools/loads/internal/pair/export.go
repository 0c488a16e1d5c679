package pair

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/patch"
)

// An Export is what the page of an exported module says of one load.
type Export struct {
	Behaviour string // what changes for a program, in Markdown
	// The module's own that pass in the folder, as in "go test -short ."; ""
	// where it comes without.
	Tests string
	Back  string // what to know before the patch is taken out again
}

// export writes the last arm to the folder to: a module that builds, with the
// library in it. It makes it in a work folder before.
func (p Plan) export(ctx context.Context, to, work string, begin func(stage string)) error {
	if p.Export == (Export{}) {
		return command.UsageError{Err: fmt.Errorf("-export: the load %s has nothing to export", p.Name)}
	}
	to, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	begin("copying " + p.Module.Path)
	source, err := p.Module.Copy(ctx, filepath.Join(work, "export"))
	if err != nil {
		return err
	}
	change, err := source.Apply(p.Arms[len(p.Arms)-1].Edits...)
	if err != nil {
		return err
	}
	if err := patch.CopyLibrary(ctx, filepath.Join(source.Dir, "hazptr")); err != nil {
		return err
	}
	begin("building " + p.Module.Path)
	required, err := source.Require(ctx, "./hazptr", p.Package)
	if err != nil {
		return err
	}
	page, err := p.page(ctx, to, change)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"HAZPTR.md": page, "hazptr.patch": change.Diff + required.Diff} {
		if err := os.WriteFile(filepath.Join(source.Dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return source.CopyTo(ctx, to)
}

//go:embed page.md
var pageText string

var pageTemplate = template.Must(template.New("page.md").Parse(pageText))

// page returns what the author of a program must know before taking the module.
func (p Plan) page(ctx context.Context, folder string, change patch.Change) (string, error) {
	library, err := patch.Library(ctx)
	if err != nil {
		return "", err
	}
	documents := filepath.Join(library, "docs", "loads.md")
	text, err := os.ReadFile(documents)
	if err != nil {
		return "", err
	}
	measured := section(string(text), p.Name)
	if measured == "" {
		return "", fmt.Errorf("%s has no section %q, which has the figures", documents, p.Name)
	}
	var b strings.Builder
	err = pageTemplate.Execute(&b, struct {
		Plan
		patch.Change
		Folder, Measured string
	}{p, change, filepath.ToSlash(folder), measured})
	return b.String(), err
}

// section returns the section of a Markdown text whose heading begins with a
// word, without the heading and without pictures.
func section(text, word string) string {
	var b strings.Builder
	within := false
	for line := range strings.Lines(text) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			first, _, _ := strings.Cut(strings.TrimSpace(heading), " ")
			within = strings.Trim(first, "*,:`") == word
		} else if within && !strings.HasPrefix(line, "![") {
			b.WriteString(line)
		}
	}
	return strings.TrimSpace(b.String())
}
