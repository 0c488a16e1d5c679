// User is a program that knows nothing of hazptr. It writes while one of its
// own read transactions is open, until the file must be mapped anew, and says
// whether the writer waited for the reader. Its arguments are the file and for
// how long the reader stays if the writer doesn't end before.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"time"

	"go.etcd.io/bbolt"
)

func main() {
	patience, err := time.ParseDuration(os.Args[2])
	check(err)
	db, err := bbolt.Open(os.Args[1], 0o600, nil)
	check(err)
	check(db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists([]byte("values"))
		return err
	}))
	reader, err := db.Begin(false)
	check(err)

	written := make(chan error, 1)
	go func() {
		written <- db.Update(func(tx *bbolt.Tx) error {
			bucket := tx.Bucket([]byte("values"))
			for range 4000 { // of 1 kB
				n, err := bucket.NextSequence()
				if err != nil {
					return err
				}
				if err := bucket.Put(binary.BigEndian.AppendUint64(nil, n), make([]byte, 1000)); err != nil {
					return err
				}
			}
			return nil
		})
	}()
	select {
	case err := <-written:
		check(err)
		check(reader.Rollback())
		fmt.Print("the writer did not wait")
	case <-time.After(patience):
		check(reader.Rollback())
		check(<-written)
		fmt.Print("the writer waited")
	}
	check(db.View(func(tx *bbolt.Tx) error {
		fmt.Printf(", %d values\n", tx.Bucket([]byte("values")).Sequence())
		return nil
	}))
	check(db.Close())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
