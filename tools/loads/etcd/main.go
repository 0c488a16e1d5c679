package main

import (
	"context"
	"fmt"
	"os"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

var plan = pair.Plan{
	Name: "etcd", Module: patch.Module{Path: "go.etcd.io/etcd/server/v3", Version: "v3.6.8"},
	Arms: []pair.Arm{{Name: "as it is"}, {Name: "plain Go", Edits: plain, Plain: true}, {Name: "hazptr", Edits: hazptr}},
}

func main() {
	p, err := plan.Make(context.Background(), os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for _, c := range p.Copies {
		fmt.Println(c.Lines(), "\n", c.Change.Diff)
	}
}
