package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckFiles(t *testing.T) {
	dir := t.TempDir()
	folder, pipe := filepath.Join(dir, "folder.go"), filepath.Join(dir, "pipe.go")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	refused := "is a named pipe"
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		refused = "" // it is missing
	}
	for args, want := range map[string]string{
		"./...":                           "",
		"-json -guard=false ./...":        "",
		"main.go apart.go":                "",
		"missing.go":                      "", // a package's path may end so
		folder:                            "",
		pipe:                              refused,
		"-cpuprofile=. ./...":             "-cpuprofile: . is a folder",
		"--memprofile . ./...":            "-memprofile: . is a folder",
		"-trace= ./...":                   "-trace: the path is empty",
		"-trace":                          "-trace: the path is empty",
		"-trace=no-such-folder/x ./...":   "",
		"-fix -cpuprofile main.go ./...":  "", // it is a regular file
		"-cpuprofile apart_test.go.d ./x": "",
	} {
		err := checkFiles(strings.Fields(args))
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", args, err, want)
		}
	}
}
