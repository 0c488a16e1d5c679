// Package debugpage tests the page of hazptr/debug as its readers see it: in a
// browser, of a program that is at work. It needs Chromium in the PATH.
//
//	go test -tags hazptr_browser ./tools/debugpage -count=1 -v
//
// docs/debugging.md has the command that makes the picture in the documents.
//
// Without the tag nothing of it is compiled: the browser's protocol would make
// a first go test hazptr/... slower.
package debugpage
