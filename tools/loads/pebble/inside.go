package main

import (
	_ "embed"

	"hazptr/tools/loads/internal/patch"
)

// What runs in pebble's package.
var (
	//go:embed testdata/hazptr_load_test.go
	insideText string
	//go:embed testdata/hazptr_original_test.go
	beforeText string
	//go:embed testdata/hazptr_patched_test.go
	afterText string
)

// inside are tests and benchmarks. before and after are what they need in
// either copy.
var (
	inside = patch.Add("hazptr_load_test.go", insideText)
	before = patch.Add("hazptr_original_test.go", beforeText)
	after  = patch.Add("hazptr_patched_test.go", afterText)
)
