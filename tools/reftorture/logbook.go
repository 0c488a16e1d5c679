package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"hazptr/internal/filecheck"
)

// A logbook is a file with a line for each type that was done, from which a
// run that was ended goes on where it stopped.
type logbook struct {
	path   string
	commit string // of the program
	flags  string // that make a difference, beside the duration
	lines  []logLine
}

// A logLine is a line of a logbook. Its outcome comes last, and says what came
// of the type as the table does: a line that is torn has no whole one.
type logLine struct {
	date, commit, typ string
	duration          time.Duration // that was asked for
	cores             string        // of the machine, and GOMAXPROCS
	version           string        // of Go
	flags             string
	protections       int64
	ended             int64
	outcome           string
}

const logFormat = "%s %s %s %v cores=%s %s flags=%s protections=%d ended=%d "

// String returns the line without its end.
func (l logLine) String() string {
	return fmt.Sprintf(logFormat, l.date, l.commit, l.typ, l.duration, l.cores, l.version, l.flags, l.protections, l.ended) + l.outcome
}

// parseLogLine reports whether the text is a whole line.
func parseLogLine(text string) (l logLine, whole bool) {
	words := strings.SplitN(text, " ", 10)
	if len(words) < 10 {
		return l, false
	}
	duration := ""
	_, err := fmt.Sscanf(strings.Join(words[:9], " ")+" ", strings.Replace(logFormat, "%v", "%s", 1),
		&l.date, &l.commit, &l.typ, &duration, &l.cores, &l.version, &l.flags, &l.protections, &l.ended)
	if err == nil {
		l.duration, err = time.ParseDuration(duration)
	}
	l.outcome = words[9]
	return l, err == nil
}

// right reports whether the type was as it should be.
func (l logLine) right() bool {
	if bustedNamed(l.typ) != nil {
		return strings.HasPrefix(l.outcome, caughtIn) && strings.HasSuffix(l.outcome, " s")
	}
	return l.outcome == success
}

// openLogbook reads the file, if it is there.
func openLogbook(o *options) (*logbook, error) {
	b := &logbook{path: string(o.Log), commit: builtFrom(), flags: o.different()}
	text, err := os.ReadFile(b.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if l, whole := parseLogLine(strings.TrimSuffix(line, "\n")); whole {
			b.lines = append(b.lines, l)
		}
	}
	return b, nil
}

// different returns the flags that were given and make a difference to a
// verdict, beside what the line has.
func (o *options) different() string {
	flags := maps.Clone(o.Given.Given())
	for _, name := range []string{"type", "duration", "catch", "seed", "stat-interval", "json", "log"} {
		delete(flags, name)
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		all = append(all, "-"+name+"="+strings.ReplaceAll(flags[name], " ", ""))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// done returns when the type was as it should be, for as long as is asked or
// longer, or caught as soon or sooner; "" if that is not in the logbook. A
// tree with changes is not the one that the line is of.
func (b *logbook) done(typ string, asked time.Duration) (date string) {
	for _, l := range b.lines {
		enough := l.duration >= asked
		if bustedNamed(typ) != nil {
			enough = l.duration <= asked
		}
		if l.typ == typ && l.commit == b.commit && !strings.HasSuffix(l.commit, dirty) && l.flags == b.flags && enough && l.right() {
			return l.date
		}
	}
	return ""
}

// add adds a line for a type that has just been done.
func (b *logbook) add(out *outcome, asked time.Duration) (err error) {
	l := logLine{
		date: time.Now().UTC().Format(time.RFC3339), commit: b.commit, typ: out.Type, duration: asked,
		cores: fmt.Sprintf("%d/%d", runtime.NumCPU(), runtime.GOMAXPROCS(0)), version: runtime.Version(), flags: b.flags,
	}
	for _, v := range out.Runs {
		l.protections += v.Protections
		l.ended += v.Ended
	}
	word, note := out.verdict()
	if l.outcome = word; !out.Right {
		l.outcome = strings.Join(strings.Fields(word+": "+note), " ")
	}
	file, err := os.OpenFile(b.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	text := l.String() + "\n"
	if last := []byte("\n"); info.Size() > 0 {
		if _, err := file.ReadAt(last, info.Size()-1); err != nil {
			return err
		}
		if last[0] != '\n' { // a torn line, which the next one must not go on
			text = "\n" + text
		}
	}
	if _, err := file.WriteString(text); err != nil {
		return err
	}
	return file.Sync()
}

// checkLog looks whether there can be a logbook.
func (o *options) checkLog() error {
	if o.Log == "" {
		return nil
	}
	if builtFrom() == "" {
		return errors.New("--log: the lines tell the commit, which this program does not know: " +
			"build it in a clone with go build -o FOLDER ./tools/reftorture, since go run leaves the commit out, or in a worktree with -ldflags '-X main.commit=COMMIT', and run that")
	}
	if err := filecheck.ForReading(string(o.Log)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--log: %w", err) // /dev/null, which OutFile allows
	}
	return nil
}

// commit is for the linker, where the go command does not know: -X
// main.commit=.
var commit string

// builtFrom returns the commit that the program was built from, with dirty at
// its end if there were changes; "" if it does not know.
func builtFrom() string {
	from, changed := commit, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				from = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = dirty
			}
		}
	}
	return from + changed
}

const dirty = "+dirty"
