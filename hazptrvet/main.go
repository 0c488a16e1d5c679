// Hazptrvet finds uses of hazptr, live, mapped, percpuref and srcu in Go
// programs that end an object too early, too late or never. docs/hazptrvet.md
// tells what it looks for.
//
//	go install .
//	go vet -vettool=$(go env GOPATH)/bin/hazptrvet ./...
//	hazptrvet -fix ./...
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis/multichecker"

	"hazptr/hazptrvet/lifetime"
	"hazptr/internal/command"
)

func main() {
	if os.Getenv(apartVariable) == "" {
		if err := checkFiles(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "hazptrvet:", err)
			os.Exit(command.Usage)
		}
		// go vet asks for one package with such a file.
		if last := os.Args[len(os.Args)-1]; !strings.HasSuffix(last, ".cfg") {
			command.Main(apart)
		}
	}
	multichecker.Main(lifetime.Analyzers...)
}
