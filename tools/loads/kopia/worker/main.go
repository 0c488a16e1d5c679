// Worker writes to a repository of kopia's and compacts its indexes, while
// another opening of it lists its contents and looks them up. The program in
// the folder above builds it with the original kopia and with patched ones, and
// runs it. Its standard output is JSON: how many contents are on the disk,
// before each compaction and as long as lookups return, and at last the run's
// figures.
package main

import (
	"context"
	"fmt"
	"io"

	"hazptr/tools/internal/program"
)

var worker = program.Program[work]{
	Name:    "worker",
	Purpose: "Worker compacts a kopia repository while it lists and looks up its contents.",
	Examples: []string{
		"worker -folder /tmp/repository -make -contents 20000",
		"worker -folder /tmp/repository -listing 1s",
		"worker -folder /tmp/repository -check",
	},
	Do: func(ctx context.Context, w *work, stdout, _ io.Writer) error {
		r := repository{w.Folder, w.Version}
		switch {
		case w.Make:
			return r.make(ctx, w.Contents)
		case w.Only:
			count, err := r.check(ctx, w.AtLeast)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(stdout, count)
			return err
		}
		return w.do(ctx, r, stdout)
	},
}

func main() { worker.Main() }
