package main

import (
	_ "embed"

	"hazptr/tools/loads/internal/patch"
)

// What runs in gVisor's package kernel, which comes without its own tests.
var (
	//go:embed testdata/hazptr_load_test.go
	insideText string
	//go:embed testdata/hazptr_original_test.go
	originalText string
	//go:embed testdata/hazptr_patched_test.go
	patchedText string
)

// inside are tests and benchmarks, which follow the repository's own
// (BenchmarkFDLookupAndDecRef and its concurrent kin). original and patched are
// what they need in either copy: its ways to look a file up, and in the patched
// one a test of what is new.
var (
	inside   = patch.Add("pkg/sentry/kernel/hazptr_load_test.go", insideText)
	original = patch.Add("pkg/sentry/kernel/hazptr_original_test.go", originalText)
	patched  = patch.Add("pkg/sentry/kernel/hazptr_patched_test.go", patchedText)
)
