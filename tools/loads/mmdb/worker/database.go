package main

import (
	"fmt"
	"net/netip"
	"os"

	"github.com/oschwald/maxminddb-golang/v2"

	"hazptr/tools/loads/internal/contest"
)

// An edition is a file that the updater maps. The generated ones differ in
// their number, which every one of their answers carries; a database of the
// user's is one edition with number 0, which it does not carry.
type edition struct {
	path   string
	number uint64
}

// A database is one mapping of an edition: the object that readers share, and
// that must end when the last of them has left.
type database struct {
	reader  *maxminddb.Reader
	edition uint64

	contest.Life
}

// openDatabase maps the edition.
func openDatabase(e edition, c *contest.Census) (*database, error) {
	if err := room(c); err != nil {
		return nil, err
	}
	info, err := os.Stat(e.path)
	if err != nil {
		return nil, err
	}
	reader, err := maxminddb.Open(e.path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	return newDatabase(reader, e, info.Size(), c), nil
}

func newDatabase(reader *maxminddb.Reader, e edition, bytes int64, c *contest.Census) *database {
	db := &database{reader: reader, edition: e.number}
	db.Begin(c, bytes)
	return db
}

// room returns an error if there may be no more mappings.
func room(c *contest.Census) error {
	if n := c.Count(); n >= mappingLimit {
		return fmt.Errorf("%d mappings of the database are alive, and the system allows a process little more than that", n)
	}
	return nil
}

// lookup decodes what the database knows about addr into a. Everything in a is
// a copy, so it stays good after the mapping has ended.
func (db *database) lookup(addr netip.Addr, a *answer) error {
	*a = answer{}
	found := db.reader.Lookup(addr)
	if db.edition == 0 {
		return found.Decode(&a.Record)
	}
	return found.Decode(a)
}

// close unmaps the database. A lookup that is still running then reads memory
// that is no longer there.
func (db *database) close() { db.End(db.reader.Close) }

func (db *database) size() int64 { return db.Bytes }
