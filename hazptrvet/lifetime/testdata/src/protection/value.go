package protection

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unsafe"

	"hazptr/live"
	"hazptr/mapped"
)

// A generation is a struct whose Close ends two of its fields.
type generation struct {
	db    *sql.DB
	close io.Closer
	names []string
	since time.Time
}

// A table is parsed: its rows point into the file, its names do not.
type table struct {
	rows  []byte
	index string
	names []string
	n     int
}

func parse(b []byte) (*table, error) {
	t := &table{n: len(b), names: strings.Fields(string(b))}
	t.rows = bytes.TrimSpace(b[16:])
	t.setIndex(b)
	return t, nil
}

func (t *table) setIndex(b []byte) { t.index = unsafe.String(&b[0], 16) }

var (
	ctx         = context.Background()
	dbs         *live.Value[*sql.DB]
	handlers    *live.Value[io.ReadCloser]
	functions   *live.Value[func() error]
	tenants     *live.Pool[string, *sql.DB]
	file        *mapped.File
	text        *mapped.Parsed[string]
	tables, _   = mapped.Parse("table", parse, mapped.Options{})
	generations = live.New(generation{}, live.Options[generation]{Name: "generations", Close: func(g generation) error {
		return errors.Join(g.db.Close(), g.close.Close())
	}})
	lastDB     *sql.DB
	byTenant   = map[string]*sql.DB{}
	lastReader io.Reader
)

func valueAssigned() *sql.DB {
	var db *sql.DB
	err := dbs.Do(func(x *sql.DB) error {
		db = x // want `the value is assigned to a variable outside the function, but its use ends when Do returns: a later use may find it closed; use it inside, copy what is needed, or acquire a Lease outside`
		return nil
	})
	fmt.Println(err)
	return db
}

func valueKept(to chan<- *sql.DB) error {
	return dbs.Do(func(x *sql.DB) error {
		lastDB = x                                       // want `the value is stored where it stays, .*; store a copy of what is needed or a Lease, or set it to nil before`
		byTenant["a"] = x                                // want `the value is stored where it stays`
		to <- x                                          // want `the value is sent on, but its use ends when Do returns: .*; send a Lease, which the receiver releases`
		go x.Ping()                                      // want `the value is used by this goroutine, .*; acquire a Lease in the goroutine, or wait for it before`
		time.AfterFunc(time.Second, func() { x.Ping() }) // want `the value is used by this function, which is called later, .*; acquire a Lease, which that function releases`
		return nil
	})
}

func poolKept(to chan<- *sql.DB) (db *sql.DB, err error) {
	err = tenants.Do(ctx, "a", func(x *sql.DB) error {
		db = x      // want `the value is assigned to a variable outside the function, .*; use it inside, or copy what is needed`
		lastDB = x  // want `store a copy of what is needed, or set it to nil before`
		to <- x     // want `send a copy of what is needed`
		go x.Ping() // want `call Do in the goroutine, or wait for it before`
		return nil
	})
	return db, err
}

func interfaceKept() (c io.ReadCloser, r *strings.Reader, ok bool) {
	handlers.Do(func(x io.ReadCloser) error {
		c = x          // want `the value is assigned`
		lastReader = x // want `the value is stored where it stays`
		if f, is := x.(interface{ File() }); is {
			fmt.Println(f)
		}
		return nil
	})
	return c, r, ok
}

func asserted() (c fmt.Stringer) {
	handlers.Do(func(x io.ReadCloser) error {
		c = x.(fmt.Stringer) // want `the value is assigned`
		return nil
	})
	return c
}

func assertedIfItIs() (c fmt.Stringer) {
	handlers.Do(func(x io.ReadCloser) error {
		if s, ok := x.(fmt.Stringer); ok {
			c = s // want `the value is assigned`
		}
		return nil
	})
	return c
}

func functionKept() (f, g func() error) {
	functions.Do(func(x func() error) error {
		f = x // want `the value is assigned`
		return x()
	})
	dbs.Do(func(x *sql.DB) error {
		g = x.Ping // want `the value is assigned`
		return nil
	})
	return f, g
}

func structKept() (all generation, db *sql.DB, c io.Closer) {
	generations.Do(func(g generation) error {
		all = g     // want `the value is assigned`
		db = g.db   // want `the value is assigned`
		c = g.close // want `the value is assigned`
		return nil
	})
	return
}

func fileKept(to chan<- []byte) (a, b []byte, c string, d *byte, e []byte) {
	file.Do(func(x []byte) error {
		a = x                       // want `memory of the mapping is assigned to a variable outside the function, but its use ends when Do returns: a later use may find it unmapped; use it inside, copy what is needed, or acquire a View outside`
		b = x[2:4]                  // want `memory of the mapping is assigned`
		c = unsafe.String(&x[0], 4) // want `memory of the mapping is assigned`
		d = &x[7]                   // want `the mapped value is assigned`
		e = bytes.TrimSpace(x)      // want `memory of the mapping is assigned`
		to <- x[1:]                 // want `memory of the mapping is sent on`
		return nil
	})
	return
}

func fileAsKey(counts map[string]int) error {
	return file.Do(func(x []byte) error {
		counts[unsafe.String(&x[0], 4)]++ // want `memory of the mapping is stored where it stays`
		return nil
	})
}

func textKept() (s, word string) {
	text.Do(func(x string) error {
		s = x                           // want `memory of the mapping is assigned`
		word = strings.TrimSpace(x[3:]) // want `memory of the mapping is assigned`
		return nil
	})
	return
}

func tableKept() (t *table, rows []byte, index string) {
	tables.Do(func(x *table) error {
		t = x           // want `the mapped value is assigned`
		rows = x.rows   // want `memory of the mapping is assigned`
		index = x.index // want `memory of the mapping is assigned`
		return nil
	})
	return
}

// A header is a struct with a part of the file.
type header struct {
	magic []byte
	names []string
}

var headers, _ = mapped.Parse("header", func(b []byte) (header, error) {
	return header{magic: b[:4], names: strings.Fields(string(b))}, nil
}, mapped.Options{})

func headerKept() (h header, magic []byte, names []string) {
	headers.Do(func(x header) error {
		h = x           // want `the mapped value is assigned`
		magic = x.magic // want `memory of the mapping is assigned`
		names = x.names // right
		return nil
	})
	return
}

func (s *session) keep(x *sql.DB) error {
	s.db = x // want `the value is stored where it stays`
	return nil
}

type session struct{ db *sql.DB }

func valueInMethod(s *session) error { return dbs.Do(s.keep) }

func leaseReturned() (*sql.DB, error) {
	l, err := dbs.Acquire()
	if err != nil {
		return nil, err
	}
	defer l.Release()
	return l.Value(), nil // want `the value is returned, but the deferred call ends its use: the caller may find it closed; return a copy of what is needed, or the Lease, which the caller releases`
}

func leaseStored() error {
	l, err := dbs.Acquire()
	if err != nil {
		return err
	}
	defer l.Release()
	lastDB = l.Value() // want `the value is stored where it stays`
	return nil
}

func leaseUsed() error {
	l, err := dbs.Acquire()
	if err != nil {
		return err
	}
	db := l.Value()
	l.Release()
	return db.Ping() // want `the value is used after line 237 has ended its use \(Release\): it may be closed at any moment; use it before, or end the use later`
}

func leaseOfInterfaceUsed() error {
	l, err := handlers.Acquire()
	if err != nil {
		return err
	}
	r := l.Value()
	l.Release()
	return r.Close() // want `the value is used after line 247 has ended its use`
}

func leaseOfFunctionUsed() error {
	l, err := functions.Acquire()
	if err != nil {
		return err
	}
	f := l.Value()
	l.Release()
	return f() // want `the value is used after line 257 has ended its use`
}

func viewUsed() (byte, error) {
	v, err := file.Acquire()
	if err != nil {
		return 0, err
	}
	b := v.Value()[4:]
	v.Release()
	return b[0], nil // want `the mapped value is used after line 267 has ended its use \(Release\): it may be unmapped at any moment`
}

func viewReturned() ([]byte, error) {
	v, err := file.Acquire()
	if err != nil {
		return nil, err
	}
	defer v.Release()
	return v.Value()[4:], nil // want `memory of the mapping is returned`
}

// What follows is right.

func fileCopied() (a []byte, s string, n int, c byte, e []byte, sum int) {
	file.Do(func(x []byte) error {
		a = bytes.Clone(x)
		s = string(x[1:3])
		n = len(x)
		c = x[0]
		e = append([]byte(nil), x...)
		e = append(e, x[4:]...)
		e = append(x[:0:0], x...)
		for _, b := range x {
			sum += int(b)
		}
		return nil
	})
	return
}

func textCopied() (s string, n int) {
	text.Do(func(x string) error {
		s = strings.Clone(x[1:])
		n = strings.Index(x, "a")
		return nil
	})
	return
}

func tableCopied() (names []string, n int, rows []byte) {
	tables.Do(func(x *table) error {
		names, n = x.names, x.n
		rows = append(rows, x.rows...)
		return nil
	})
	return
}

func structCopied() (names []string, since time.Time) {
	generations.Do(func(g generation) error {
		names, since = g.names, g.since
		return nil
	})
	return
}

func errorReturned() error {
	return file.Do(func(x []byte) error {
		if len(x) == 0 {
			return errors.New("empty")
		}
		return fmt.Errorf("begins with %q", x[:4])
	})
}

type plainText string

func ofConstants(v *live.Value[plainText], n *live.Value[int], t *live.Value[time.Duration]) (s plainText, i int, d time.Duration) {
	v.Do(func(x plainText) error { s = x; return nil })
	n.Do(func(x int) error { i = x; return nil })
	t.Do(func(x time.Duration) error { d = x; return nil })
	return
}

func ofAny[T any](v *live.Value[T]) (out T, err error) {
	err = v.Do(func(x T) error { out = x; return nil })
	return out, err
}

// It leaves its values to the collector.
func withoutClose() *config {
	v := live.New(&config{}, live.Options[*config]{Name: "config"})
	var c *config
	v.Do(func(x *config) error { c = x; return nil })
	return c
}

func rowsRead(query string) (n int, err error) {
	err = dbs.Do(func(db *sql.DB) error {
		rows, err := db.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			n++
		}
		return rows.Err()
	})
	return n, err
}

type streams struct {
	lease live.Lease[*sql.DB]
	db    *sql.DB
}

func withItsLease(s *streams) (err error) {
	if s.lease, err = dbs.Acquire(); err != nil {
		return err
	}
	s.db = s.lease.Value()
	return nil
}

func newStreams() (*streams, error) {
	l, err := dbs.Acquire()
	if err != nil {
		return nil, err
	}
	return &streams{lease: l, db: l.Value()}, nil
}
