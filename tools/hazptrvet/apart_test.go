package main

import (
	"strings"
	"testing"
)

func TestCheckFiles(t *testing.T) {
	for args, want := range map[string]string{
		"./...":                           "",
		"-json -guard=false ./...":        "",
		"main.go apart.go":                "",
		"missing.go":                      "missing.go",
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
