package main

import "testing"

func TestReferenceToClosed(t *testing.T) {
	census := newCensus()
	db, err := openDatabase(testEditions(t)[0], census)
	if err != nil {
		t.Fatal(err)
	}
	c := newCounted(db)
	if !c.acquire() {
		t.Fatal("no reference to a database that is open")
	}
	c.release() // the pointer's
	if db.unmapped.Load() {
		t.Fatal("unmapped while there is a reference")
	}
	c.release()
	if !db.unmapped.Load() || census.count() != 0 {
		t.Error("not unmapped with the last reference")
	}
	if c.acquire() {
		t.Error("a reference to a database that is closed")
	}
}
