// Package patch takes a program that we did not write out of the module cache,
// edits a copy of it, and runs the go command there. The edits are found by
// their text, not by line number: one that no longer fits fails, and names the
// place where it looked.
package patch
