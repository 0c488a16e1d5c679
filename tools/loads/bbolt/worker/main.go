// Worker lets a bbolt database grow while it reads it, and checks all that it
// reads. The program in the folder above builds it with the original bbolt and
// with the patched one, and runs it. Its standard output is the run's figures.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"

	"hazptr/internal/filecheck"
	"hazptr/tools/internal/program"
)

var worker = program.Program[work]{
	Name:     "worker",
	Purpose:  "Worker lets a bbolt database grow while it reads it, and checks what it reads.",
	Examples: []string{"worker -file /tmp/db -long 2", "worker -file /tmp/db -check"},
	Vars:     map[string]string{"half": fmt.Sprint(max(1, runtime.GOMAXPROCS(0)/2))},
	Do: func(ctx context.Context, w *work, stdout, _ io.Writer) error {
		if err := filecheck.ForReading(w.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("-file: %w", err)
		}
		if w.Only {
			count, err := checkFile(w.File, w.AtLeast)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(stdout, count)
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
