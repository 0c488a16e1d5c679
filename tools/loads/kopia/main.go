package main

import (
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

var plan = pair.Plan{
	Name:   "kopia",
	Module: patch.Module{Path: "github.com/kopia/kopia", Version: "v0.21.1", Sum: "h1:e7UU9CqxKtc8DH9zS8KU0h8lV4HM7PA1QWXf5ytiglY="},
	Arms: []pair.Arm{
		{Name: "original"},
		{Name: "locked", Edits: locked, Plain: true},
		{Name: "counted", Edits: counted, Plain: true},
		{Name: "hazptr", Edits: edits},
	},
}

func main() {}
