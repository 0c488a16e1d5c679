package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRemoveEmpty(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"1.vlog": "", "2.vlog": "2", "3.vlog": "", "4.mem": ""} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := removeEmpty(folder); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if left, err := filepath.Glob(filepath.Join(folder, "*")); len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
	if _, err := removeEmpty(filepath.Join(folder, "missing")); err == nil {
		t.Error("no error")
	}
}
