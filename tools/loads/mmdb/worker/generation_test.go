package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"
)

const testNetworks = 3000

func testEditions(t *testing.T) []edition {
	t.Helper()
	editions, err := generatedEditions(t.Context(), editionsFolder, testNetworks, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return editions
}

func TestGeneration(t *testing.T) {
	editions := testEditions(t)
	if len(editions) != editionCount {
		t.Fatalf("%d editions", len(editions))
	}
	for _, e := range editions {
		reader, err := maxminddb.Open(e.path)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		if err := reader.Verify(); err != nil {
			t.Error(err)
		}
		number := uint32(0)
		for network := range networks(testNetworks) {
			var a answer
			found := reader.Lookup(network.Addr())
			if err := found.Decode(&a); err != nil {
				t.Fatal(err)
			}
			if a.Network != number || a.Edition != e.number || a.Country.ISOCode == "" || found.Prefix() != network {
				t.Fatalf("network %d, %v: %+v of %v", number, network, a, found.Prefix())
			}
			number++
		}
	}
}

func TestGenerationOnce(t *testing.T) {
	folder := t.TempDir()
	generated := func() []time.Time {
		t.Helper()
		editions, err := generatedEditions(t.Context(), folder, 100, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		var times []time.Time
		for _, e := range editions {
			info, err := os.Stat(e.path)
			if err != nil {
				t.Fatal(err)
			}
			times = append(times, info.ModTime())
		}
		return times
	}

	before := generated()
	broken := filepath.Join(folder, "networks-v1-100-b.mmdb")
	if err := os.WriteFile(broken, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	after := generated()
	if before[0] != after[0] || before[2] != after[2] {
		t.Error("whole editions were generated again")
	}
	if !intact(broken) {
		t.Error("a broken edition was left")
	}
}

func TestGenerationInterrupted(t *testing.T) {
	folder := t.TempDir()
	old := filepath.Join(folder, ".networks-1.tmp")
	young := filepath.Join(folder, ".networks-2.tmp")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := generatedEditions(ctx, folder, 100, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(young) {
		t.Errorf("left %v, want %s alone", entries, filepath.Base(young))
	}
}

func TestWriteInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := &interruptible{ctx, file}
	if _, err := w.Write([]byte("some")); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := w.Write([]byte("more")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
