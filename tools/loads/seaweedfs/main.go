package main

import (
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

const version = "v0.0.0-20261109003541-7506e5f91cd6"

var plan = pair.Plan{
	Name:   "seaweedfs",
	Module: patch.Module{Path: "github.com/seaweedfs/seaweedfs", Version: version, Sum: "h1:LOYZFToHq9F7pSR6lkPGfkM8RmHlVFrzndKdhmNZjrU="},
	Arms: []pair.Arm{
		{Name: "as it is"},
		{Name: "file kept", Edits: kept, Plain: true},
		{Name: "lock", Edits: besideLock, Plain: true},
		{Name: "hazptr", Edits: held},
	},
}
