// Package debugpage tests the page of hazptr/debug as its readers see it: in a
// browser, of a program that is at work. It needs Chromium in the PATH.
//
//	go test -tags hazptr_browser ./tools/debugpage -count=1 -v
//
// This one makes the picture in the documents:
//
//	go test -tags hazptr_browser -trimpath ./tools/debugpage -count=1 -live 3m -screenshot $PWD/docs/debug.png
//
// Without the tag nothing of it is compiled: the browser's protocol is half of
// what a first go test hazptr/... would otherwise have to compile.
package debugpage
