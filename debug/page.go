package debug

import (
	_ "embed"
	"html/template"
	"strings"
)

//go:embed page.html
var source string

// page has the templates "page" and "part".
var page = template.Must(template.New("").Funcs(template.FuncMap{
	"number": number, "size": size, "span": span, "plural": plural, "places": places, "why": why, "typeName": typeName,
	"since": since, "whyOld": whyOld, "printable": printable, "join": strings.Join,
}).Parse(source))

// Line draws what was pending up to now.
func (r report) Line(d domain) line { return newLine(d.Inspection.Recent, r.Time, d.Stats.Pending) }
