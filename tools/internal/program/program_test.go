package program

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
)

type options struct {
	Given

	Number int           `name:"number" default:"3" between:"1,10" help:"a number"`
	Size   Bytes         `name:"size" default:"1kB" between:"100,2GB" help:"a size"`
	Wait   time.Duration `name:"wait" default:"5ms" between:"1ms,1s" group:"Times:" help:"a time"`
	Counts Counts        `name:"counts" default:"1,2" help:"numbers"`
	Rates  Numbers       `name:"rates" default:"0,10" between:"0,100" help:"rates"`
	Shape  string        `name:"shape" default:"round" enum:"round,flat" help:"a shape"`
	Out    OutFile       `name:"out" placeholder:"FILE" help:"a file"`
	In     InFile        `name:"in" placeholder:"FILE" help:"a file"`
	Quick  bool          `name:"quick" help:"in a hurry"`
}

func (o *options) Check() error {
	if o.Quick && o.Number > 5 {
		return fmt.Errorf("-quick: %d is too much", o.Number)
	}
	return nil
}

var tried = Program[options]{
	Name: "tried", Purpose: "Tried is tried.", Examples: []string{"tried", "tried -quick"}, Details: "\nMore:\n" + List(12, func(add func(name, text string)) {
		add("first", strings.Repeat("word ", 20))
		add("a-long-long-name", "text")
	}),
	Do: func(ctx context.Context, o *options, stdout, _ io.Writer) error {
		if o.Number == 7 {
			return fmt.Errorf("seven")
		}
		_, err := fmt.Fprintln(stdout, o.Number, o.Wait, o.Counts, o.Rates, o.Shape, o.Quick, o.Given.Given())
		return err
	},
}

func run(args ...string) (status int, stdout, stderr string) {
	var out, problems strings.Builder
	status = tried.Run(context.Background(), args, &out, &problems)
	return status, out.String(), problems.String()
}

// Options may have one dash or two, and their values stand behind them or after
// an equals sign.
func TestOptions(t *testing.T) {
	for args, want := range map[string]string{
		"":             "3 5ms [1 2] [0 10] round false map[]\n",
		"-rates=0,7,0": "3 5ms [1 2] [0 7 0] round false map[rates:0,7,0]\n",
		"-number 4 --wait=1s -counts 9,9,1 -shape=flat -quick": "4 1s [9 1] [0 10] flat true map[counts:9,9,1 number:4 quick:true shape:flat wait:1s]\n",
	} {
		if status, out, problems := run(strings.Fields(args)...); status != 0 || out != want || problems != "" {
			t.Errorf("%s: status %d, %q, %q", args, status, out, problems)
		}
	}
}

// What is wrong is named, with what is right.
func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"-number x":        `--number: "x" is not a whole number: want 1 to 10`,
		"-number 0":        "--number: 0 is not between 1 and 10",
		"-number -4":       "--number: -4 is not between 1 and 10",
		"-wait 5":          "--wait: 5 has no unit: say 5s, or ms, us, m",
		"-wait soon":       `--wait: "soon" is not a time such as 200ms: want 1ms to 1s`,
		"-wait 1m":         "--wait: 1m0s is not between 1ms and 1s",
		"-counts 1,0":      `"0" is not a number from 1 on`,
		"-rates 1,x":       `--rates: "x" is not a whole number: want 0 to 100`,
		"-rates 1,101":     "--rates: 101 is not between 0 and 100",
		"-rates=":          `--rates: "" is not a whole number`,
		"-shape tree":      `--shape must be one of "round","flat" but got "tree"`,
		"-out=":            "--out: the path is empty",
		"-out .":           "--out: . is a folder",
		"-in none":         "--in: stat none: ",
		"-numbre 3":        `unknown flag --numbre, did you mean "--number"`,
		"word":             "unexpected argument word",
		"-quick -number 6": "-quick: 6 is too much",
		"-quick=maybe":     "--quick",
		"-number":          "--number",
	} {
		status, out, problems := run(strings.Split(args, " ")...)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "tried: ") || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, %q, %q; want %q", args, status, out, problems, want)
		}
	}
	if status, _, problems := run("-number", "7"); status != command.Failure || problems != "tried: seven\n" {
		t.Errorf("status %d, %q", status, problems)
	}
	if status, _, problems := run("-out", filepath.Join(t.TempDir(), "new"), "-in", "program.go"); status != 0 {
		t.Error(problems)
	}
}

// The help has the purpose, examples, groups, defaults and details, in 80
// columns.
func TestHelp(t *testing.T) {
	status, out, problems := run("-h")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, %q", status, problems)
	}
	for _, want := range []string{"Tried is tried.", "Examples:\n  tried\n  tried -quick\n", "--number=3", "Times:\n  --wait=5ms", "--out=FILE", "More:\n  first     word", "\n            word"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if len(strings.TrimRight(line, "\n")) > 80 {
			t.Errorf("a line of more than 80 columns: %s", line)
		}
	}
}

func TestSelect(t *testing.T) {
	table := []string{"a", "b", "c"}
	for text, want := range map[string]string{"all": "[a b c]", "c, a": "[a c]", "b,b": "[b]"} {
		if got, err := Select(text, "letter", table, func(s string) string { return s }); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if _, err := Select("a,x", "letter", table, func(s string) string { return s }); err == nil || err.Error() != `unknown letter "x"; there are a, b, c` {
		t.Error(err)
	}
}
