package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestRun(t *testing.T) {
	wrong := errors.New("all wrong")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name          string
		ctx           context.Context
		parsed, done  error
		status        int
		stdout, wrote string
	}{
		{"well", t.Context(), nil, nil, 0, "done with x\n", ""},
		{"help", t.Context(), fmt.Errorf("asked for: %w", ErrHelp), nil, 0, "", ""},
		{"bad flags", t.Context(), wrong, nil, Usage, "", "p: all wrong\np -h tells more.\n"},
		{"failure", t.Context(), nil, wrong, Failure, "done with x\n", "p: all wrong\n"},
		{"the user's", t.Context(), nil, fmt.Errorf("-db: %w", UsageError{Err: wrong}), Usage, "done with x\n", "p: -db: all wrong\n"},
		{"interrupted", over, nil, wrong, Interrupted, "done with x\n", "p: interrupted\n"},
		{"too late to be interrupted", over, nil, nil, 0, "done with x\n", ""},
	} {
		var stdout, stderr bytes.Buffer
		status := Run(test.ctx, "p", []string{"x"}, &stdout, &stderr,
			func(args []string, _ io.Writer) (string, error) { return args[0], test.parsed },
			func(_ context.Context, o string, stdout, _ io.Writer) error {
				fmt.Fprintln(stdout, "done with", o)
				return test.done
			})
		if status != test.status || stdout.String() != test.stdout || stderr.String() != test.wrote {
			t.Errorf("%s: status %d, stdout %q, stderr %q", test.name, status, stdout.String(), stderr.String())
		}
	}
}
