// Package summary is what every load tells of a run in the same words, so that
// one table can hold them all.
package summary

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"

	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/machine"
)

// A Summary is the part of a load's JSON that all loads have.
type Summary struct {
	Load    string   `json:"load"`
	Hurt    string   `json:"hurt"`    // what the program suffers from
	Added   int      `json:"added"`   // lines of a program that was patched
	Removed int      `json:"removed"` // likewise
	Command string   `json:"command"`
	Figures []Figure `json:"figures"`

	// Nothing misbehaved. Whether it was worth it, the verdict says.
	OK bool `json:"ok"`

	Verdict string `json:"verdict"` // what was gained, one result a line

	// The load's picture is one of the two, or none where the figures say it
	// all.
	Stall  *chart.Stall  `json:"stall,omitempty"`
	Growth *chart.Growth `json:"growth,omitempty"`

	// What other programs have used of the machine's cores, from 0 to 1.
	Others float64 `json:"others"`

	GOMAXPROCS int    `json:"gomaxprocs"`
	Go         string `json:"go"`
	System     string `json:"system"`
}

// A Figure is one that both sides have. The ones to look at first come first.
type Figure struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Gain returns how many times better the figure is after than before; less than
// 1 is worse. Figures that have a unit, times and sizes, are the better the
// less they are, others the more. It is 0 where one side is 0.
func (f Figure) Gain() float64 {
	switch {
	case f.Before <= 0 || f.After <= 0:
		return 0
	case f.Unit != "":
		return f.Before / f.After
	}
	return f.After / f.Before
}

// New returns the Summary of a load that was started with args, without its
// figures.
func New(load, hurt string, args []string) Summary {
	return Summary{
		Load: load, Hurt: hurt, Command: strings.TrimSpace("go run ./tools/loads/" + load + " " + strings.Join(args, " ")),
		GOMAXPROCS: runtime.GOMAXPROCS(0), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// Draw draws the load's picture to an SVG file, and reports whether it has one.
func (s *Summary) Draw(path string) (drawn bool, err error) {
	switch {
	case s.Stall != nil:
		return true, s.Stall.Write(path)
	case s.Growth != nil:
		return true, s.Growth.Write(path)
	}
	return false, nil
}

// Print is Write, and draws the picture of a report to a file unless that is
// "".
func Print(w io.Writer, format, picture string, report interface {
	fmt.Stringer
	Draw(path string) (drawn bool, err error)
}) error {
	if err := Write(w, format, report); err != nil || picture == "" {
		return err
	}
	_, err := report.Draw(picture)
	return err
}

// measured is for Write, which has a report's pointer.
func (s *Summary) measured() { s.Others = others() }

var others = machine.Others // a test has its own

// Meanwhile says how busy the machine was with other programs, or "" if it was
// hardly so.
func (s *Summary) Meanwhile() string {
	if s.Others < 0.1 {
		return ""
	}
	return fmt.Sprintf("Other programs used %.0f %% of the cores meanwhile.", 100*s.Others)
}

// Write prints a report that has a Summary: as JSON if that is the format, or
// as its text, with how busy the machine was.
func Write(w io.Writer, format string, report fmt.Stringer) error {
	meanwhile := ""
	if r, ok := report.(interface {
		measured()
		Meanwhile() string
	}); ok {
		r.measured()
		if meanwhile = r.Meanwhile(); meanwhile != "" {
			meanwhile += "\n"
		}
	}
	if format == "json" {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(report)
	}
	_, err := io.WriteString(w, report.String()+meanwhile)
	return err
}
