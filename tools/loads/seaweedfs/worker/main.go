// Worker has a SeaweedFS volume read by quick readers and by a slow client
// while it is vacuumed or written to, and checks all that is read. The program
// in the folder above builds it with SeaweedFS as it is and with patched
// copies, and runs it. Its standard output is the run's figures.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"hazptr/tools/internal/program"
)

var worker = program.Program[work]{
	Name:     "worker",
	Purpose:  "Worker has a SeaweedFS volume read while it is vacuumed or written to, and checks what is read.",
	Examples: []string{"worker -dir /tmp/volume -client 1s", "worker -dir /tmp/volume -check"},
	Do: func(ctx context.Context, w *work, stdout, _ io.Writer) error {
		if w.Only {
			count, err := w.check()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(stdout, count)
			return err
		}
		f, err := w.do(ctx)
		if err != nil {
			return err
		}
		return json.NewEncoder(stdout).Encode(f)
	},
}

func main() { worker.Main() }
