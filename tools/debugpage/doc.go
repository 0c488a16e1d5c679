// Package debugpage tests the page of hazptr/debug as people see it: in a browser, of a program that is at work.
//
//	go test ./tools/debugpage -count=1 -v                                        # needs Chromium in the PATH, or is skipped
//	go test -trimpath ./tools/debugpage -count=1 -live 3m -screenshot $PWD/docs/debug.png  # the picture in the documents
package debugpage
