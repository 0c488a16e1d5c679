package right

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync"
	"testing"

	"hazptr/live"
	"hazptr/mapped"
)

type geo struct {
	data  []byte
	names map[uint32]string
	cache sync.Map
}

func openGeo(context.Context) (*geo, error) { return &geo{}, nil }

func (g *geo) Close() error { return nil }

func (g *geo) country(ip uint32) (string, error) {
	name, ok := g.names[ip]
	if !ok {
		return "", errors.New("unknown")
	}
	return name, nil
}

// A bundle is what belongs together, and is replaced together.
type bundle struct {
	db     *sql.DB
	tables map[string]string
	log    io.WriteCloser
}

func (b bundle) close() error { return errors.Join(b.db.Close(), b.log.Close()) }

type index struct {
	keys   []byte
	count  int
	fields []string
}

func parseIndex(b []byte) (*index, error) {
	if len(b) < 8 {
		return nil, errors.New("too short")
	}
	x := &index{count: int(binary.LittleEndian.Uint64(b)), fields: strings.Fields(string(b[8:16]))}
	x.keys = b[16:]
	return x, nil
}

var (
	geos      *live.Value[*geo]
	bundles   = live.New(bundle{}, live.Options[bundle]{Name: "bundle", Close: bundle.close})
	readers   *live.Value[io.ReaderAt]
	numbers   = live.New(1, live.Options[int]{Name: "numbers"})
	segments  = live.NewPool(live.PoolOptions[string, *os.File]{Name: "segments", Open: openSegment, Close: closeSegment, Max: 10})
	words     *mapped.File
	indexes   *mapped.Parsed[*index]
	templates *live.Plain[*bundle]
)

func openSegment(_ context.Context, name string) (*os.File, error) { return os.Open(name) }
func closeSegment(_ string, f *os.File) error                      { return f.Close() }

// 1. A result is copied out of Do.
func country(ip uint32) (name string, err error) {
	err = geos.Do(func(g *geo) error {
		name, err = g.country(ip)
		return err
	})
	return name, err
}

// 2. An error that was made inside, which wraps others.
func checked(ip uint32) error {
	err := geos.Do(func(g *geo) error {
		if _, err := g.country(ip); err != nil {
			return fmt.Errorf("%d of %d: %w", ip, len(g.names), err)
		}
		return nil
	})
	if errors.Is(err, live.ErrClosed) {
		return nil
	}
	return err
}

// 3. Bytes of a file are copied, counted and compared.
func excerptOf(word string) (all []byte, first string, n int, has bool, sum uint64, lines []string, err error) {
	var buffer bytes.Buffer
	err = words.Do(func(b []byte) error {
		all = append(all[:0], b...)
		first = string(b[:min(8, len(b))])
		n = bytes.Count(b, []byte{'\n'})
		has = bytes.Contains(b, []byte(word))
		sum = binary.LittleEndian.Uint64(b)
		buffer.Write(b)
		s := bufio.NewScanner(bytes.NewReader(b))
		for s.Scan() {
			lines = append(lines, s.Text())
		}
		return s.Err()
	})
	return
}

// 4. Search in a parsed file.
func find(key byte) (at int, fields []string, err error) {
	err = indexes.Do(func(x *index) error {
		at = sort.Search(x.count, func(i int) bool { return x.keys[i] >= key })
		fields = x.fields
		return nil
	})
	return at, fields, err
}

// 5. A response is written inside Do.
func serveFile(w http.ResponseWriter, r *http.Request) {
	err := words.Do(func(b []byte) error {
		_, err := w.Write(b)
		return err
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// 6. Rows are read inside Do.
func rows(ctx context.Context, query string) (names []string, err error) {
	err = bundles.Do(func(b bundle) error {
		rows, err := b.db.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, b.tables[name])
		}
		return rows.Err()
	})
	return names, err
}

// 7. What a struct has beside what is closed.
func tableNames() (tables map[string]string) {
	if err := bundles.Do(func(b bundle) error { tables = b.tables; return nil }); err != nil {
		log.Print(err)
	}
	return tables
}

// 8. A Lease for a stream, which has it.
type stream struct {
	lease live.Lease[*geo]
	geo   *geo
}

func newStream() (*stream, error) {
	l, err := geos.Acquire()
	if err != nil {
		return nil, err
	}
	return &stream{lease: l, geo: l.Value()}, nil
}

func (s *stream) next(ip uint32) (string, error) { return s.geo.country(ip) }

func (s *stream) close() {
	s.geo = nil
	s.lease.Release()
}

// 9. A Lease that is renewed.
func (s *stream) renew() (err error) {
	s.lease.Release()
	if s.lease, err = geos.Acquire(); err != nil {
		return err
	}
	s.geo = s.lease.Value()
	return nil
}

// 10. A Lease that a goroutine releases.
func inBackground(ip uint32, found func(string)) error {
	l, err := geos.Acquire()
	if err != nil {
		return fmt.Errorf("lookup: %w", err)
	}
	go func() {
		defer l.Release()
		if name, err := l.Value().country(ip); err == nil {
			found(name)
		}
	}()
	return nil
}

// 11. Two at a time.
func together(ip uint32) (err error) {
	l, err := geos.Acquire()
	if err != nil {
		return err
	}
	defer l.Release()
	v, err := words.Acquire()
	if err != nil {
		return err
	}
	defer v.Release()
	name, err := l.Value().country(ip)
	if err != nil {
		return err
	}
	if !bytes.Contains(v.Value(), []byte(name)) {
		return errors.New("no such word")
	}
	return nil
}

// 12. Nested uses, of which the inner one uses both.
func nested(ip uint32) (n int, err error) {
	err = geos.Do(func(g *geo) error {
		return words.Do(func(b []byte) error {
			name, err := g.country(ip)
			n = bytes.Index(b, []byte(name))
			return err
		})
	})
	return n, err
}

// 13. A Pool's file is read at a place.
func readSegment(ctx context.Context, name string, to []byte, at int64) (n int, err error) {
	err = segments.Do(ctx, name, func(f *os.File) error {
		n, err = f.ReadAt(to, at)
		return err
	})
	if errors.Is(err, os.ErrNotExist) {
		segments.Drop(name)
	}
	return n, err
}

// 14. Work in parallel that Do waits for.
func inParallel() (odd, even int, err error) {
	err = words.Do(func(b []byte) error {
		var group sync.WaitGroup
		half := len(b) / 2
		group.Go(func() { odd = sumOf(b[:half]) })
		group.Go(func() { even = sumOf(b[half:]) })
		group.Wait()
		return nil
	})
	return odd, even, err
}

// 15. And by channels.
func byChannel(ctx context.Context) (n int, err error) {
	err = geos.Do(func(g *geo) error {
		done := make(chan int, 1)
		go func() { done <- len(g.data) }()
		select {
		case n = <-done:
			return nil
		case <-ctx.Done():
			n = <-done
			return ctx.Err()
		}
	})
	return n, err
}

// 16. A program's life: loads, serves, reloads, ends.
type service struct {
	geos *live.Value[*geo]
	mu   sync.Mutex
	seen int
}

func run(ctx context.Context) (err error) {
	s := &service{}
	s.geos, err = live.Open(ctx, live.Options[*geo]{Name: "geo", Load: openGeo, Close: s.ended})
	if err != nil {
		return err
	}
	defer s.geos.Close()
	if err := s.serve(1); err != nil {
		return err
	}
	if err := s.geos.Reload(ctx); err != nil {
		log.Print(err)
	}
	if err := s.geos.Drain(ctx); err != nil {
		return err
	}
	return s.geos.Shutdown(ctx)
}

func (s *service) ended(g *geo) error {
	s.mu.Lock()
	s.seen++
	s.mu.Unlock()
	return g.Close()
}

func (s *service) serve(ip uint32) error {
	return s.geos.Do(func(g *geo) error {
		s.mu.Lock()
		s.seen++
		s.mu.Unlock()
		name, err := g.country(ip)
		log.Print(name)
		return err
	})
}

// 17. A Do that is repeated until it has worked, and a value of its own.
func retried(ctx context.Context) (n int, err error) {
	for range 3 {
		err = numbers.Do(func(x int) error { n = x; return nil })
		if err == nil || errors.Is(err, live.ErrClosed) {
			break
		}
	}
	return n, err
}

// 18. An interface is read at a place.
func readAt(at int64) ([]byte, error) {
	b := make([]byte, 16)
	err := readers.Do(func(r io.ReaderAt) error {
		if c, ok := r.(interface{ Size() int64 }); ok && c.Size() < at {
			return io.EOF
		}
		_, err := r.ReadAt(b, at)
		return err
	})
	return b, err
}

// 19. What a Plain gives may be kept.
func keepsPlain() (b *bundle) {
	b = templates.Get()
	go func() { log.Print(b.tables) }()
	return b
}

// 20. The address tells whether the value has changed.
func hasChanged(before *geo) (changed bool, now *geo) {
	geos.Do(func(g *geo) error {
		changed = g != before
		return nil
	})
	return changed, nil
}

// 21. A test that acquires and cleans up.
func leaseInTest(t *testing.T) *geo {
	l, err := geos.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Release)
	return l.Value()
}

// 22. A function that is given on.
func with(use func(*geo) error) error {
	return geos.Do(func(g *geo) error {
		if err := use(g); err != nil {
			return fmt.Errorf("use: %w", err)
		}
		return nil
	})
}

// 23. The Value is made here and leaves its values to the collector.
func collected() (g *geo) {
	v := live.New(&geo{}, live.Options[*geo]{Name: "collected"})
	v.Do(func(x *geo) error { g = x; return nil })
	return g
}

// 24. A Lease that is taken where it is needed.
func maybe(needed bool) (err error) {
	var l live.Lease[*geo]
	if needed {
		if l, err = geos.Acquire(); err != nil {
			return err
		}
		defer l.Release()
	}
	if needed {
		log.Print(len(l.Value().data))
	}
	return nil
}

// 25. A value's own cache is filled.
func fills(ip uint32) error {
	return geos.Do(func(g *geo) error {
		name, err := g.country(ip)
		g.cache.Store(ip, name)
		g.cache.Store("self", g)
		g.names[ip] = name
		return err
	})
}

// 26. A view for each of a list, in a function of its own.
func eachOf(files []*mapped.File) (n int, err error) {
	for _, f := range files {
		err = errors.Join(err, func() error {
			v, err := f.Acquire()
			if err != nil {
				return err
			}
			defer v.Release()
			n += len(v.Value())
			return nil
		}())
	}
	return n, err
}

// 27. A transaction that has the function that releases.
type txn struct {
	release func()
	g       *geo
}

func begin() (*txn, error) {
	l, err := geos.Acquire()
	if err != nil {
		return nil, err
	}
	return &txn{release: l.Release, g: l.Value()}, nil
}

// 28. Copies are sent.
func streamTo(ctx context.Context, to chan<- string) error {
	return words.Do(func(b []byte) error {
		for len(b) > 0 {
			n := min(len(b), 16)
			select {
			case to <- string(b[:n]):
			case <-ctx.Done():
				return ctx.Err()
			}
			b = b[n:]
		}
		return nil
	})
}

// 29. Parts are sent to goroutines that Do waits for.
func pipeline() error {
	return words.Do(func(b []byte) error {
		parts := make(chan []byte)
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for p := range parts {
					log.Print(len(p))
				}
			}()
		}
		for i := 0; i < len(b); i += 10 {
			parts <- b[i:min(i+10, len(b))]
		}
		close(parts)
		wg.Wait()
		return nil
	})
}

// 30. A Store in a Do.
func swapped(next *geo) (err error) {
	var old error
	err = geos.Do(func(g *geo) error {
		old = geos.Store(next)
		_, err := g.country(1)
		return err
	})
	return errors.Join(old, err)
}

// 31. Leases in a slice, which are released if one fails.
func all(values []*live.Value[*geo]) (leases []live.Lease[*geo], err error) {
	defer func() {
		if err != nil {
			for i := range leases {
				leases[i].Release()
			}
		}
	}()
	for _, v := range values {
		l, err := v.Acquire()
		if err != nil {
			return leases, err
		}
		leases = append(leases, l)
	}
	return leases, nil
}
