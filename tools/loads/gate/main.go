// Gate does I/O through a queue that is frozen and changed under load, and compares ways to keep I/O out meanwhile. Its -h tells more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/loads/internal/progress"
	"hazptr/tools/loads/internal/rounds"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return command.Run(ctx, "gate", args, stdout, stderr, parseOptions, compare)
}

// compare measures, in a folder that it removes, and prints.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	folder, remove, err := command.WorkFolder(o.dir, "hazptr-gate-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	t := &trial{folder: folder, workers: o.workers, freezes: o.freezes}
	bar := progress.NewBar(stderr, o.rounds*len(o.methods)*len(o.kinds))
	defer bar.Close()

	type pair struct {
		kind   kind
		method method
	}
	var pairs []pair
	for _, k := range o.kinds {
		for _, m := range o.methods {
			pairs = append(pairs, pair{k, m})
		}
	}
	found := make([]map[string][]*figures, kindCount)
	for k := range found {
		found[k] = map[string][]*figures{}
	}
	for round, i := range rounds.Order(o.rounds, len(pairs)) {
		p := pairs[i]
		bar.Describe(fmt.Sprintf("round %d of %d: %v, %s", round+1, o.rounds, p.kind, p.method.name))
		f, err := t.round(ctx, p.method, p.kind, o.duration/time.Duration(o.rounds))
		if err != nil {
			return fmt.Errorf("%s, %v: %w", p.method.name, p.kind, err)
		}
		found[p.kind][p.method.name] = append(found[p.kind][p.method.name], f)
		bar.Step(1)
	}
	bar.Close()
	var results []result
	for _, p := range pairs {
		results = append(results, resultOf(p.kind, p.method.name, found[p.kind][p.method.name], found[p.kind]["hazptr"]))
	}
	return newReport(o, results).write(stdout, o.format)
}
