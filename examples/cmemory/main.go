//go:build cgo

// Cmemory looks numbers up in a table that C has allocated, and that is
// replaced meanwhile. The old table is freed when its last reader has left.
package main

/*
#include <stdint.h>
#include <stdlib.h>

typedef struct { uint64_t version; uint64_t squares[1024]; } table;

static table *table_new(uint64_t version) {
	table *t = malloc(sizeof *t);
	if (t == NULL)
		return NULL;
	t->version = version;
	for (uint64_t i = 0; i < 1024; i++)
		t->squares[i] = version + i * i;
	return t;
}

static uint64_t table_version(const table *t) { return t->version; }
static uint64_t table_square(const table *t, int i) { return t->squares[i]; }

// What is freed is overwritten first, so that a late reader would see it.
static void table_free(table *t) {
	t->version = ~(uint64_t)0;
	free(t);
}
*/
import "C"

import (
	"context"
	"fmt"
	"log"
	"sync"
	"sync/atomic"

	"hazptr"
)

// A table is the object that readers share: a Go object, which holds the C one.
type table struct{ c *C.table }

func newTable(version int) *table {
	c := C.table_new(C.uint64_t(version))
	if c == nil {
		log.Fatal("out of memory")
	}
	return &table{c}
}

func (t *table) free() {
	C.table_free(t.c)
	freed.Add(1)
}

var freed atomic.Int64

func main() {
	d := hazptr.NewDomain(hazptr.Config{Name: "tables"})
	current := hazptr.NewPointer(hazptr.PointerConfig[table]{
		Reclaim: (*table).free,
		Bytes:   func(*table) int64 { return C.sizeof_table },
		Domain:  d,
	}, newTable(0))

	var stop atomic.Bool
	var lookups, wrong atomic.Int64
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for i := 0; !stop.Load(); i = (i + 1) % 1024 {
				current.Do(func(t *table) { // C may use the table meanwhile
					version := C.table_version(t.c)
					if C.table_square(t.c, C.int(i)) != version+C.uint64_t(i*i) {
						wrong.Add(1)
					}
				})
				lookups.Add(1)
			}
		})
	}
	const tables = 2000
	for version := range tables {
		current.Replace(newTable(version + 1))
	}
	stop.Store(true)
	readers.Wait()
	current.Replace(nil)
	if err := d.Close(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d tables, %d freed while there were %d lookups; wrong: %d\n", tables+1, freed.Load(), lookups.Load(), wrong.Load())
	if freed.Load() != tables+1 || wrong.Load() != 0 || lookups.Load() == 0 {
		log.Fatal("want every table freed, and none used after that")
	}
}
