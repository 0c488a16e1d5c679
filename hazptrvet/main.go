// Hazptrvet finds uses of hazptr, percpuref and srcu in Go programs that end an object too early, too late or never. docs/hazptrvet.md tells what it looks for.
//
//	go build -o hazptrvet ./hazptrvet
//	go vet -vettool=$PWD/hazptrvet ./...
//	hazptrvet -fix ./...
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis/multichecker"

	"hazptr/internal/command"
	"hazptr/hazptrvet/lifetime"
)

func main() {
	if os.Getenv(apartVariable) == "" {
		if err := checkFiles(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "hazptrvet:", err)
			os.Exit(command.Usage)
		}
		if last := os.Args[len(os.Args)-1]; !strings.HasSuffix(last, ".cfg") { // with which go vet asks for one package
			command.Main(apart)
		}
	}
	multichecker.Main(lifetime.Analyzers...)
}
