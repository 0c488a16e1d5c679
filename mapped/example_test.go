package mapped_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"hazptr/live"
	"hazptr/mapped"
)

func ExampleOpen() {
	folder, err := os.MkdirTemp("", "words")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "words")
	if err := os.WriteFile(path, []byte("apple\nlemon\n"), 0o600); err != nil {
		panic(err)
	}

	words, err := mapped.Open(path, mapped.Options{
		ReloadOn: []live.Trigger{live.Changed(10*time.Second, path)},
	})
	if err != nil {
		panic(err)
	}
	defer words.Shutdown(context.Background())

	found := false
	err = words.Do(func(b []byte) error {
		found = bytes.Contains(b, []byte("lemon"))
		return nil
	})
	var fault *mapped.FaultError
	if errors.As(err, &fault) {
		fmt.Println("truncated at", fault.Offset)
	}
	fmt.Println(found)
	// Output: true
}

// A table is a file of records, sorted by their keys.
type table struct{ records []byte }

const recordSize = 4

// parseTable checks the file once, so that its users need not.
func parseTable(b []byte) (*table, error) {
	records, ok := bytes.CutPrefix(b, []byte("table1\n"))
	if !ok || len(records)%recordSize != 0 {
		return nil, errors.New("not a table")
	}
	return &table{records}, nil
}

func (t *table) len() int { return len(t.records) / recordSize }

func ExampleParse() {
	folder, err := os.MkdirTemp("", "table")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "table")
	if err := os.WriteFile(path, []byte("table1\na   b   c   "), 0o600); err != nil {
		panic(err)
	}

	prices, err := mapped.Parse(path, parseTable, mapped.Options{})
	if err != nil {
		panic(err)
	}
	defer prices.Shutdown(context.Background())

	err = prices.Do(func(t *table) error {
		fmt.Println(t.len(), "records")
		return nil
	})
	if err != nil {
		panic(err)
	}
	// Output: 3 records
}
