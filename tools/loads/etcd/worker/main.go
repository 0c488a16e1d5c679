// Worker runs a whole etcd server and its clients, has it defragment its
// database, and checks all that it reads. The program in the folder above
// builds it with the original server and with the patched ones, and runs it.
// Its standard output is the run's figures.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"hazptr/tools/internal/program"
)

// work is what a worker has to do.
type work struct {
	Data     string        `name:"data" placeholder:"FOLDER" required:"" group:"Server:" help:"the server's data"`
	Prepare  int64         `name:"prepare" default:"0" between:"0,1000000000000" group:"Server:" help:"fill a new database with so many bytes of values, and do nothing else"`
	Only     bool          `name:"check" group:"Server:" help:"check the database, with bbolt's check, value by value and by the hash of a revision, and do nothing else"`
	AtLeast  uint64        `name:"atleast" default:"0" group:"Server:" help:"the last Put that the database to be checked must have"`
	Revision int64         `name:"revision" default:"0" between:"0,1000000000000000" group:"Server:" help:"revision whose hash is checked; 0 is none"`
	Hash     uint32        `name:"hash" default:"0" group:"Server:" help:"its hash"`
	Hold     time.Duration `name:"snapshot" default:"0s" between:"0s,1h" group:"Clients:" help:"time in which the client of a snapshot does nothing before it reads on; 0s is none"`
	Puts     bool          `name:"puts" group:"Clients:" help:"put values meanwhile"`
	Say      bool          `name:"say" group:"Clients:" help:"say the hash of the first revision and each acknowledged Put, to be killed"`
}

var worker = program.Program[work]{
	Name:     "worker",
	Purpose:  "Worker has an etcd server defragment its database beside its clients, and checks what they read.",
	Examples: []string{"worker -data /tmp/etcd -prepare 64000000", "worker -data /tmp/etcd -snapshot 5s -puts", "worker -data /tmp/etcd -check"},
	Do: func(ctx context.Context, w *work, stdout, _ io.Writer) error {
		switch {
		case w.Prepare > 0:
			return w.prepare(ctx)
		case w.Only:
			gets, err := w.check(ctx)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(stdout, gets)
			return err
		}
		f, err := w.defragment(ctx, stdout)
		if err != nil {
			return err
		}
		return json.NewEncoder(stdout).Encode(f)
	},
}

func main() { worker.Main() }
