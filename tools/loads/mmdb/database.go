package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"
)

// A database is one mapping of an edition: the object that readers share, and that must end when the last of them has left.
type database struct {
	reader   *maxminddb.Reader
	edition  uint64
	bytes    int64
	census   *census
	replaced time.Time   // when another one took its place; the updater's
	unmapped atomic.Bool // set right before the mapping ends
}

// openDatabase maps the edition.
func openDatabase(e edition, c *census) (*database, error) {
	if n := c.count(); n >= mappingLimit {
		return nil, fmt.Errorf("%d mappings of the database are alive, and the system allows a process little more than that", n)
	}
	info, err := os.Stat(e.path)
	if err != nil {
		return nil, err
	}
	reader, err := maxminddb.Open(e.path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	c.born(info.Size())
	return &database{reader: reader, edition: e.number, bytes: info.Size(), census: c}, nil
}

// lookup decodes what the database knows about addr into a. Everything in a is a copy, so it stays good after the mapping has ended.
func (db *database) lookup(addr netip.Addr, a *answer) error {
	*a = answer{}
	found := db.reader.Lookup(addr)
	if db.edition == 0 {
		return found.Decode(&a.Record)
	}
	return found.Decode(a)
}

// close unmaps the database. A lookup that is still running then reads memory that is no longer there.
func (db *database) close() {
	if !db.unmapped.CompareAndSwap(false, true) {
		db.census.fail(errors.New("a database was closed twice"))
		return
	}
	if err := db.reader.Close(); err != nil {
		db.census.fail(err)
	}
	db.census.died(db.bytes, db.replaced)
}
