package main

import (
	"errors"
	"fmt"
	"hash/maphash"
	"math"

	"github.com/oschwald/maxminddb-golang/v2/mmdbdata"
)

// A record stands for all that a database says of a network, whatever the
// shape: equal records have equal numbers, and different ones almost certainly
// different ones. Decoding one reads all of it and allocates nothing.
type record uint64

// seed makes the numbers of records those of this process.
var seed = maphash.MakeSeed()

// Beyond these limits a record is refused, as maxminddb refuses it: in a file
// that is no database, pointers may go round in a circle.
const (
	mostValues = 1 << 15
	mostDepth  = 512
)

var errEndless = errors.New("the record is nested too deep or too long")

// UnmarshalMaxMindDBCursor implements [mmdbdata.CursorUnmarshaler].
func (r *record) UnmarshalMaxMindDBCursor(c mmdbdata.Cursor) (mmdbdata.Cursor, error) {
	var w walk
	next, err := w.value(c, 0)
	*r = record(w.sum)
	return next, err
}

// A walk goes through a record.
type walk struct {
	sum    uint64
	values int
}

// add makes n a part of the sum, in which the order counts.
func (w *walk) add(n uint64) {
	w.sum = (w.sum ^ n) * 0x9e37_79b9_7f4a_7c15
	w.sum ^= w.sum >> 32
}

// value adds what the cursor is at, and returns what comes after it.
func (w *walk) value(c mmdbdata.Cursor, depth int) (next mmdbdata.Cursor, err error) {
	if w.values++; w.values > mostValues || depth > mostDepth {
		return next, errEndless
	}
	kind, err := c.Kind()
	if err != nil {
		return next, err
	}
	w.add(uint64(kind))
	switch kind {
	case mmdbdata.KindMap:
		return w.fields(c, depth)
	case mmdbdata.KindSlice:
		return w.elements(c, depth)
	case mmdbdata.KindString:
		// As a key, of which no copy is made.
		s, _, err := c.ReadMapKey()
		if err != nil {
			return next, err
		}
		w.add(maphash.Bytes(seed, s))
		return c.Skip()
	case mmdbdata.KindBytes:
		b, next, err := c.ReadBytes()
		w.add(maphash.Bytes(seed, b))
		return next, err
	case mmdbdata.KindFloat64:
		f, next, err := c.ReadFloat64()
		w.add(math.Float64bits(f))
		return next, err
	case mmdbdata.KindFloat32:
		f, next, err := c.ReadFloat32()
		w.add(uint64(math.Float32bits(f)))
		return next, err
	case mmdbdata.KindBool:
		b, next, err := c.ReadBool()
		if b {
			w.add(1)
		}
		return next, err
	case mmdbdata.KindInt32:
		n, next, err := c.ReadInt32()
		w.add(uint64(n))
		return next, err
	case mmdbdata.KindUint16, mmdbdata.KindUint32, mmdbdata.KindUint64:
		n, next, err := c.ReadUint()
		w.add(n)
		return next, err
	case mmdbdata.KindUint128:
		high, low, next, err := c.ReadUint128()
		w.add(high)
		w.add(low)
		return next, err
	}
	return next, fmt.Errorf("a value of kind %v is no part of a record", kind)
}

func (w *walk) fields(c mmdbdata.Cursor, depth int) (next mmdbdata.Cursor, err error) {
	m, err := c.Map()
	if err != nil {
		return next, err
	}
	w.add(uint64(m.Size()))
	for key, value, ok := m.Next(next); ok; key, value, ok = m.Next(next) {
		w.add(maphash.Bytes(seed, key))
		if next, err = w.value(value, depth+1); err != nil {
			return next, err
		}
	}
	return m.End()
}

func (w *walk) elements(c mmdbdata.Cursor, depth int) (next mmdbdata.Cursor, err error) {
	s, err := c.Slice()
	if err != nil {
		return next, err
	}
	count := uint64(0)
	for _, value, ok := s.Next(next); ok; _, value, ok = s.Next(next) {
		if next, err = w.value(value, depth+1); err != nil {
			return next, err
		}
		count++
	}
	w.add(count)
	return s.End()
}
