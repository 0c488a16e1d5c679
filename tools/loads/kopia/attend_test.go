package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/internal/pair"
)

var errUnknown = errors.New("something else")

// script is a worker that is a shell script.
func script(t *testing.T, text string) *pair.Worker {
	t.Helper()
	file := filepath.Join(t.TempDir(), "worker")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return &pair.Worker{Copy: &pair.Copy{Name: "copy"}, File: file}
}

func TestAttend(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip(err)
	}
	for _, c := range []struct {
		name, text, want string // want is in the error; "" is none
		is               error
	}{
		{"alive", `echo 7; echo '{"listings":3}'`, "", nil},
		{"dead", `echo 7; echo "unexpected fault address 0x7f" >&2; exit 2`, "copy: the worker crashed: exit status 2", errDied},
		{"dead, of what was mapped in the place", `echo "worker: a listing has 3 contents" >&2; exit 1`, "copy: worker: a listing has", errDied},
		{"hung", `echo 7; exec sleep 1000`, "copy: it was killed", errHung},
		{"failed", `echo "worker: no space" >&2; exit 1`, "copy: worker: no space", nil},
		{"a crash of another kind", `echo "fatal error: all goroutines are asleep" >&2; exit 2`, "are asleep", nil},
		{"without figures", `echo 7`, "copy: what the worker says: EOF", nil},
		{"nonsense", `echo 7; echo seven; exec sleep 1000`, "copy: what the worker says: invalid character", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said []int
			f, err := attend(t.Context(), script(t, c.text), func(written int) time.Duration {
				said = append(said, written)
				if c.is == errHung {
					return time.Millisecond
				}
				return time.Hour
			})
			switch {
			case c.want == "" && (err != nil || f.Listings != 3 || len(said) != 1 || said[0] != 7):
				t.Errorf("%+v, %v, said %v", f, err, said)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v", err)
			}
			for _, is := range []error{errDied, errHung} {
				if errors.Is(err, is) != (c.is == is) {
					t.Errorf("error %v is %v: %t", err, is, c.is != is)
				}
			}
		})
	}
}
