package main

// A mapped is what a process has mapped of a file, in bytes; nothing where the
// system doesn't tell.
type mapped struct{ largest, total int64 }
