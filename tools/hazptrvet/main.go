// Hazptrvet finds uses of hazptr, percpuref and srcu in Go programs that end an object too early, too late or never. docs/hazptrvet.md tells what it looks for.
//
//	go build -o hazptrvet ./tools/hazptrvet
//	go vet -vettool=$PWD/hazptrvet ./...
//	hazptrvet -fix ./...
package main

import (
	"golang.org/x/tools/go/analysis/multichecker"

	"hazptr/tools/hazptrvet/lifetime"
)

func main() { multichecker.Main(lifetime.Analyzers...) }
