// User is a program that knows nothing of hazptr. It has badger rewrite a file
// of its value log while an iterator is open, opens another one, and says
// whether the file goes when the first is closed. Its arguments are the
// database and for how long to wait for that.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/dgraph-io/badger/v4"
)

func main() {
	patience, err := time.ParseDuration(os.Args[2])
	check(err)
	db, err := badger.Open(badger.DefaultOptions(os.Args[1]).WithLogger(nil).
		WithValueLogFileSize(1 << 20).WithValueThreshold(1 << 10).
		WithMemTableSize(256 << 10).WithBaseTableSize(256 << 10).WithNumLevelZeroTables(1))
	check(err)

	check(write(db))
	_, closeFirst := iterate(db)
	for !rewritten(db) {
		closeFirst()
		check(write(db))
		check(db.Flatten(1))
		_, closeFirst = iterate(db)
	}
	second, closeSecond := iterate(db)
	files := vlogFiles()
	closeFirst()
	for began := time.Now(); vlogFiles() == files && time.Since(began) < patience; {
		time.Sleep(time.Millisecond)
	}
	if vlogFiles() < files {
		fmt.Print("the file went")
	} else {
		fmt.Print("the file stays")
	}
	fmt.Printf(", %d values\n", count(second))
	closeSecond()
	check(db.Close())
}

func vlogFiles() int {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.vlog"))
	check(err)
	return len(files)
}

const values = 400 // of 4 kB

func write(db *badger.DB) error {
	batch := db.NewWriteBatch()
	defer batch.Cancel()
	for i := range uint64(values) {
		if err := batch.Set(binary.BigEndian.AppendUint64(nil, i), make([]byte, 4096)); err != nil {
			return err
		}
	}
	return batch.Flush()
}

// rewritten reports whether badger has rewritten a file.
func rewritten(db *badger.DB) bool {
	err := db.RunValueLogGC(0.1)
	if !errors.Is(err, badger.ErrNoRewrite) {
		check(err)
	}
	return err == nil
}

func iterate(db *badger.DB) (it *badger.Iterator, done func()) {
	txn := db.NewTransaction(false)
	it = txn.NewIterator(badger.DefaultIteratorOptions)
	return it, func() {
		it.Close()
		txn.Discard()
	}
}

// count counts the values that are whole.
func count(it *badger.Iterator) (n int) {
	for it.Rewind(); it.Valid(); it.Next() {
		check(it.Item().Value(func(value []byte) error {
			if len(value) == 4096 {
				n++
			}
			return nil
		}))
	}
	return n
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
