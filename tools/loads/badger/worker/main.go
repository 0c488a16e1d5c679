// Worker writes a badger database anew, again and again, and collects its value
// log, while it reads it, and checks all that it reads. The program in the
// folder above builds it with badger as it is and with each patched copy, and
// runs it. Its standard output is the run's figures.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"hazptr/tools/internal/program"
)

var worker = program.Program[work]{
	Name: "worker",
	Purpose: `Worker writes a badger database anew, again and again, and collects its value
log, while it reads it, and checks what it reads.`,
	Examples: []string{"worker -dir /tmp/db -iterators 2", "worker -dir /tmp/db -check"},
	Do: func(ctx context.Context, w *work, stdout, _ io.Writer) error {
		if w.Only {
			checked, err := w.check()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(stdout, checked)
			return err
		}
		f, err := w.do(ctx, stdout)
		if err != nil {
			return err
		}
		return json.NewEncoder(stdout).Encode(f)
	},
}

func main() { worker.Main() }
