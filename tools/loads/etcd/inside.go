package main

import (
	_ "embed"

	"hazptr/tools/loads/internal/patch"
)

//go:embed testdata/hazptr_load_test.go
var insideText string

// inside is a test of etcd's package backend, which all copies get: Defrags
// beside a writer, readers, snapshots and hashes, also with the race detector.
var inside = patch.Add("storage/backend/hazptr_load_test.go", insideText)

// Points of a Defrag at which a server may be killed. At all of them the lock
// of all writes is held.
const (
	copied  = "copied"  // before the rename
	renamed = "renamed" // between rename and swap
	swapped = "swapped" // reads are in the new database
)

var points = []string{copied, renamed, swapped}

// pauseVariable is where the environment names the point to stay at.
const pauseVariable = "HAZPTR_LOAD_PAUSE"

// pauses have a patched copy stay at a point.
var pauses = []patch.Edit{
	patch.Add("storage/backend/hazptr_pause.go", pausing),
	defrag.Before("err = os.Rename(tdbp, dbp)", `loadPause("`+copied+`")`),
	defrag.Before("next, err := bolt.Open(dbp, 0o600, b.bopts)", `loadPause("`+renamed+`")`),
	defrag.Before("size := b.readTx.tx.Size()", `loadPause("`+swapped+`")`),
}

const pausing = `package backend

import (
	"fmt"
	"os"
)

// loadPause stays at a point for ever, and says so, if the environment asks for it.
func loadPause(point string) {
	if os.Getenv("` + pauseVariable + `") == point {
		fmt.Println("` + pausedWord + `")
		select {}
	}
}
`

// A worker says these words first in a line, to be killed.
const (
	hashWord         = "hash"
	acknowledgedWord = "acknowledged"
	pausedWord       = "paused"
)
