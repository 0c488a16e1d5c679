package litmus

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// A Journal is a log that a test reads. The zero Journal is empty. Its methods
// may be called by any goroutine.
type Journal struct {
	mu   sync.Mutex // guards what follows
	text strings.Builder
}

// Write appends what a Logger writes.
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String returns all that was logged.
func (j *Journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// Has reports whether a text was logged.
func (j *Journal) Has(text string) bool { return strings.Contains(j.String(), text) }

// Logger returns a logger that writes into the Journal.
func (j *Journal) Logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// Logged returns the Journal of slog's default logger, until the test ends.
func Logged(t testing.TB) *Journal {
	j, before := new(Journal), slog.Default()
	slog.SetDefault(j.Logger())
	t.Cleanup(func() { slog.SetDefault(before) })
	return j
}
