package main

import (
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

const badgerVersion = "v4.9.6"

var plan = pair.Plan{
	Name:   "badger",
	Module: patch.Module{Path: "github.com/dgraph-io/badger/v4", Version: badgerVersion, Sum: "h1:IQqMPVGLNCQr1b4Mu8lHkYm/xyqFRsyKaFEtyLi9CCQ="},
	Arms:   []pair.Arm{{Name: "as it is"}, {Name: "plain Go", Edits: plain, Plain: true}, {Name: "hazptr", Edits: edits}},
}

// workerFolder has the program that is built with each copy.
const workerFolder = "tools/loads/badger/worker"
