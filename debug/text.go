package debug

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// writeText writes the report for a terminal.
func (r report) writeText(w io.Writer) error {
	b := new(strings.Builder)
	p := r.Process
	fmt.Fprintf(b, "hazptr at %s: %s open, %s held, %d leaked (%d of them protecting); fence: %s\n", r.Time.Format(time.RFC3339),
		plural(p.Holders, "Holder", "Holders"), plural(p.Guards, "Guard", "Guards"), p.Leaked, p.LeakedProtecting, p.Fence)
	for _, v := range r.Values {
		v.writeText(b, r.Time)
	}
	if len(r.Faults) > 0 {
		b.WriteString("\nmapped: reads that have failed\n")
		table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		for _, f := range r.Faults {
			fmt.Fprintf(table, "  %q\t%s\n", f.Name, number(f.Count))
		}
		table.Flush()
	}
	for _, d := range r.Domains {
		d.writeText(b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (v value) writeText(b *strings.Builder, now time.Time) {
	fmt.Fprintf(b, "\nlive %q", v.Name)
	if alarms := v.Alarms(now); len(alarms) > 0 {
		fmt.Fprintf(b, ": %s", strings.Join(alarms, ", "))
	}
	b.WriteString("\n")
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, f := range v.Figures(now) {
		fmt.Fprintf(table, "  %s\t%s\n", f.Name, f.Value)
	}
	table.Flush()
	if v.Err != "" {
		fmt.Fprintf(b, "  the last Load has failed:\n    %s\n", strings.Join(v.ErrLines(), "\n    "))
	}
	for _, p := range v.Problems {
		fmt.Fprintf(b, "  problem: %s\n", printable(p))
	}
	if len(v.Old) > 0 {
		b.WriteString("  replaced:\n")
	}
	for _, o := range v.Old {
		mark := ""
		if v.Stays(o, now) {
			mark = "stays: "
		}
		fmt.Fprintf(b, "    %sgeneration %d, replaced %s ago: %s\n", mark, o.Generation, since(now, o.Replaced), whyOld(o))
		for _, p := range places(o.Acquired) {
			fmt.Fprintf(b, "        acquired by (%d of %d)\n            %s\n", p.Times, len(o.Acquired), strings.Join(p.Frames, "\n            "))
		}
	}
	if n := v.Untold(); n > 0 {
		fmt.Fprintf(b, "    and %s\n", plural(n, "younger one", "younger ones"))
	}
}

func (d domain) writeText(b *strings.Builder) {
	fmt.Fprintf(b, "\ndomain %q\n", d.Name)
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, f := range d.Figures() {
		fmt.Fprintf(table, "  %s\t%s\n", f.Name, f.Value)
	}
	table.Flush()
	if len(d.Inspection.Types) > 0 {
		b.WriteString("  pending by type:\n")
		table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		for _, t := range d.Inspection.Types {
			fmt.Fprintf(table, "    %s\t%s\t%s\t%s protected\toldest %s\n", typeName(t.Type), number(t.Objects), size(t.Bytes), number(t.Protected), span(t.Oldest))
		}
		table.Flush()
	}
	if len(d.Inspection.Oldest) > 0 {
		b.WriteString("  oldest:\n")
	}
	for _, s := range d.Inspection.Oldest {
		mark := ""
		if d.Stalled(s) {
			mark = "stalled: "
		}
		fmt.Fprintf(b, "    %s%s at %#x, %s, %s: %s\n", mark, s.Type, s.Address, size(s.Bytes), span(s.Age), why(s))
		if s.Reclaim != "" {
			fmt.Fprintf(b, "        %s\n", s.Reclaim)
		}
		if s.Hazards > 0 && len(s.Acquired) == 0 && d.Config.Trace {
			b.WriteString("        none of them was traced: every Holder is, and one Guard in 16\n")
		}
		for _, p := range places(s.Acquired) {
			fmt.Fprintf(b, "        acquired by (%d of %d traced)\n            %s\n", p.Times, len(s.Acquired), strings.Join(p.Frames, "\n            "))
		}
	}
	if n := d.Untold(); n > 0 {
		fmt.Fprintf(b, "    and %s\n", plural(n, "younger one", "younger ones"))
	}
}
