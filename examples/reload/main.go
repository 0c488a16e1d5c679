//go:build unix

// Reload runs one small server four ways, each in a process of its own: its
// database, a mapped file, is replaced ten times a second while requests read
// it, most of them quickly and a few of them slowly. It prints one table.
//
//	go run ./examples/reload
//	go run ./examples/reload -for 2s
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"text/tabwriter"
	"time"

	"hazptr/live"
)

const (
	size     = 1 << 20
	period   = 100 * time.Millisecond // between two reloads
	slowRead = time.Second            // what a slow request takes
	grace    = slowRead / 2           // after which the third way closes
)

// A database is a mapped file, of which each byte is the same.
type database struct {
	bytes []byte
	open  *atomic.Int64
}

var errWrong = errors.New("wrong bytes")

// read reads some bytes, and takes its time.
func (db *database) read(pause time.Duration) error {
	const pieces = 20
	first := db.bytes[0]
	for i := range pieces {
		if db.bytes[i*size/pieces] != first {
			return errWrong
		}
		if pause > 0 {
			time.Sleep(pause / pieces)
		}
	}
	return nil
}

func (db *database) close() error {
	db.open.Add(-1)
	return syscall.Munmap(db.bytes)
}

// A store makes one database after the other, and counts the open ones.
type store struct {
	path       string
	version    byte
	open, most atomic.Int64
}

func (s *store) load(context.Context) (*database, error) {
	s.version++
	if err := os.WriteFile(s.path+".new", []byte(strings.Repeat(string(rune('a'+s.version%26)), size)), 0o600); err != nil {
		return nil, err
	}
	if err := os.Rename(s.path+".new", s.path); err != nil {
		return nil, err
	}
	file, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	bytes, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	s.most.Store(max(s.most.Load(), s.open.Add(1)))
	return &database{bytes, &s.open}, nil
}

// A way keeps the present database.
type way interface {
	do(use func(*database) error) error
	replace(next *database)
}

// atOnce closes the old database at once.
type atOnce struct{ present atomic.Pointer[database] }

func (w *atOnce) do(use func(*database) error) error { return use(w.present.Load()) }

func (w *atOnce) replace(next *database) {
	if old := w.present.Swap(next); old != nil {
		must(old.close())
	}
}

// locked closes it while no request reads.
type locked struct {
	mu      sync.RWMutex
	present *database
}

func (w *locked) do(use func(*database) error) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return use(w.present)
}

func (w *locked) replace(next *database) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.present != nil {
		must(w.present.close())
	}
	w.present = next
}

// later closes it when some time has passed.
type later struct{ present atomic.Pointer[database] }

func (w *later) do(use func(*database) error) error { return use(w.present.Load()) }

func (w *later) replace(next *database) {
	if old := w.present.Swap(next); old != nil {
		time.AfterFunc(grace, func() { must(old.close()) })
	}
}

// kept is a live.Value.
type kept struct{ *live.Value[*database] }

func (w kept) do(use func(*database) error) error { return w.Do(use) }
func (w kept) replace(next *database)             { must(w.Store(next)) }

var ways = []struct {
	name string
	make func(first *database) way
}{
	{"close the old one at once", func(first *database) way { w := new(atOnce); w.replace(first); return w }},
	{"sync.RWMutex", func(first *database) way { w := new(locked); w.replace(first); return w }},
	{fmt.Sprintf("close it after %v", grace), func(first *database) way { w := new(later); w.replace(first); return w }},
	{"live.Value", func(first *database) way {
		return kept{live.New(first, live.Options[*database]{Name: "database", Close: (*database).close})}
	}},
}

// A result is what a process tells of its way.
type result struct {
	Answers, Wrong   int
	P50, P999, Worst time.Duration // of quick requests
	Reloads, Most    int
}

// serve runs a server one way, with its clients.
func serve(ctx context.Context, length time.Duration, make func(*database) way) (result, error) {
	folder, err := os.MkdirTemp("", "reload-*")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(folder)
	s := &store{path: filepath.Join(folder, "database")}
	first, err := s.load(ctx)
	if err != nil {
		return result{}, err
	}
	w := make(first)

	mux := http.NewServeMux()
	answer := func(pause time.Duration) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			if err := w.do(func(db *database) error { return db.read(pause) }); err != nil {
				http.Error(rw, err.Error(), http.StatusInternalServerError)
			}
		}
	}
	mux.HandleFunc("/quick", answer(0))
	mux.HandleFunc("/slow", answer(slowRead))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result{}, err
	}
	server := http.Server{Handler: mux}
	go server.Serve(listener)
	defer server.Close()
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()

	var got result
	var clients sync.WaitGroup
	var mu sync.Mutex // guards got and taken
	var taken []time.Duration
	ask := func(path string, rest time.Duration) {
		for ctx.Err() == nil {
			began := time.Now()
			r, err := http.Get("http://" + listener.Addr().String() + path)
			if err != nil {
				return
			}
			r.Body.Close()
			mu.Lock()
			got.Answers++
			if r.StatusCode != http.StatusOK {
				got.Wrong++
			}
			if path == "/quick" {
				taken = append(taken, time.Since(began))
			}
			mu.Unlock()
			time.Sleep(rest)
		}
	}
	clients.Go(func() { ask("/quick", time.Millisecond) })
	clients.Go(func() { ask("/quick", time.Millisecond) })
	clients.Go(func() { ask("/slow", 0) })
	for ticker := time.NewTicker(period); ctx.Err() == nil; <-ticker.C {
		next, err := s.load(ctx)
		if err != nil {
			return result{}, err
		}
		w.replace(next)
		got.Reloads++
	}
	clients.Wait()
	slices.Sort(taken)
	if len(taken) > 0 {
		got.P50, got.P999, got.Worst = taken[len(taken)/2], taken[len(taken)*999/1000], taken[len(taken)-1]
	}
	got.Most = int(s.most.Load())
	return got, nil
}

// try runs a way in a process of its own, and returns how that ended.
func try(ctx context.Context, number int, length time.Duration) (got result, end string) {
	child := exec.CommandContext(ctx, os.Args[0], "-for", length.String(), "-way", fmt.Sprint(number))
	var said strings.Builder
	child.Stderr = &said
	out, err := child.Output()
	switch {
	case err == nil:
		if err := json.Unmarshal(out, &got); err != nil {
			return got, err.Error()
		}
		if got.Wrong > 0 {
			return got, fmt.Sprintf("%d wrong answers", got.Wrong)
		}
		return got, "all answers right"
	case strings.Contains(said.String(), "fatal error: fault"), strings.Contains(said.String(), "unexpected fault address"), strings.Contains(said.String(), "SIGBUS"):
		return got, "crashed: unexpected fault address"
	}
	first, _, _ := strings.Cut(said.String(), "\n")
	return got, fmt.Sprintf("%v: %s", err, first)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func count(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func round(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	last := time.Duration(1) // of three digits
	for d/last >= 1000 {
		last *= 10
	}
	return d.Round(last).String()
}

func run(ctx context.Context, length time.Duration) error {
	info, err := os.Stderr.Stat()
	progress := err == nil && info.Mode()&os.ModeCharDevice != 0
	if !progress {
		fmt.Fprintf(os.Stderr, "running %d ways, %v each ...\n", len(ways), length)
	}
	fmt.Printf("A server whose database is replaced every %v, %v each way; a quick request takes microseconds, a slow one %v.\n\n", period, length, slowRead)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "way\treloads\tquick p50\tp99.9\tworst\topen at most\tend")
	end := ""
	for number, way := range ways {
		if progress {
			fmt.Fprintf(os.Stderr, "%d of %d: %s ...", number+1, len(ways), way.name)
		}
		var got result
		got, end = try(ctx, number, length)
		if progress {
			fmt.Fprint(os.Stderr, "\r\033[K")
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", way.name, count(got.Reloads), round(got.P50), round(got.P999), round(got.Worst), count(got.Most), end)
	}
	table.Flush()
	if end != "all answers right" {
		return fmt.Errorf("live.Value: %s", end)
	}
	return nil
}

func main() {
	log.SetFlags(0)
	length := flag.Duration("for", 10*time.Second, "how long each way runs")
	number := flag.Int("way", -1, "run this way alone, in this process, and print its figures as JSON; from 0")
	flag.Parse()
	if *length <= 0 || *number >= len(ways) || flag.NArg() > 0 {
		log.Fatalf("-for %v -way %d %q: want a positive time, a way from 0 to %d, and no arguments", *length, *number, flag.Args(), len(ways)-1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *number < 0 {
		if err := run(ctx, *length); err != nil {
			log.Fatal(err)
		}
		return
	}
	got, err := serve(ctx, *length, ways[*number].make)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(got); err != nil {
		log.Fatal(err)
	}
}
