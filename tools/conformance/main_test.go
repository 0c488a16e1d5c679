package conformance

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"hazptr/rcu"
	"hazptr/srcu"
)

// No goroutine is left behind, by any test.
func TestMain(m *testing.M) {
	flag.Parse()
	given := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	checksGiven = given["rapid.checks"]
	if testing.Short() {
		brief /= 4
	}
	if !given["rapid.nofailfile"] {
		// A failure tells the seed. Files in testdata would be run again for
		// ever.
		set("rapid.nofailfile", "true")
	}
	goleak.VerifyTestMain(m)
}

func set(name, value string) {
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}

var checksGiven bool // on the command line

// check checks the property with n random sequences, unless the command line
// has another number.
func check(t *testing.T, n int, property func(*rapid.T)) {
	t.Helper()
	if !checksGiven {
		// rapid itself does a fifth of them where the tests are to be quick.
		set("rapid.checks", strconv.Itoa(n))
	}
	rapid.Check(t, property)
}

// soon bounds what must happen without further ado, on a machine that is busy
// with other things.
const soon = 30 * time.Second

// brief is the time that something wrong has to happen in.
var brief = 10 * time.Millisecond

// rounds returns n, or a tenth of it where the tests are to be quick.
func rounds(n int) int {
	if testing.Short() {
		return max(1, n/10)
	}
	return n
}

// within returns a context that ends after d, and at the latest with the test,
// which is a testing.T or a rapid.T.
func within(t interface{ Cleanup(func()) }, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// ended is a context that has ended.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// A failer is a testing.T, or a rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func mustPanic(t failer, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got, ok := recover().(string); !ok || !strings.Contains(got, want) {
			t.Fatalf("panic with %q, want one that contains %q", got, want)
		}
	}()
	f()
}

// happens fails the test if done is not closed soon.
func happens(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(soon):
		t.Fatal("it does not happen: ", what)
	}
}

// waits fails the test if done is closed within a brief time.
func waits(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
		t.Fatal("it happens: ", what)
	case <-time.After(brief):
	}
}

// eventually fails the test if f does not report true soon.
func eventually(t failer, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !f(); time.Sleep(50 * time.Microsecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not happen: %s", what)
		}
	}
}

// background returns a channel that is closed when f has returned.
func background(f func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return done
}

// succeeds is background for a call that must not return an error. It is given
// up with the test.
func succeeds(t testing.TB, call func(context.Context) error) <-chan struct{} {
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	done := background(func() {
		if err := call(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(soon):
		}
	})
	return done
}

// elsewhere runs f on another goroutine and returns when that has returned.
func elsewhere(t testing.TB, f func()) {
	t.Helper()
	happens(t, "another goroutine returns", background(f))
}

// returns waits until the goroutines of the group have returned.
func returns(t testing.TB, group *sync.WaitGroup) {
	t.Helper()
	happens(t, "the goroutines return", background(group.Wait))
}

// receive receives what must be sent soon.
func receive[T any](t testing.TB, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(soon):
		t.Fatal("nothing is sent")
	}
	return v
}

// goroutine returns the name of the calling goroutine, to tell whether two
// calls are of the same.
func goroutine() string {
	stack := make([]byte, 64)
	name, _, _ := strings.Cut(string(stack[:runtime.Stack(stack, false)]), " [")
	return name
}

// noGoroutines waits until there are no goroutines but those of before, which
// the caller has got from goleak.IgnoreCurrent.
func noGoroutines(t testing.TB, before goleak.Option) {
	t.Helper()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// endsProgram runs f in a program of its own, which must end by a panic with
// those words. It returns what the program has printed.
func endsProgram(t *testing.T, words string, f func()) string {
	t.Helper()
	const variable = "CONFORMANCE_PROGRAM"
	if os.Getenv(variable) == t.Name() {
		f()
		time.Sleep(soon)
		t.Fatal("the program goes on")
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	cmd.Env = append(os.Environ(), variable+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "panic: "+words) {
		t.Errorf("the program does not end by a panic with %q: %v\n%.2000s", words, err, out)
	}
	return string(out)
}

// A domain is what rcu and srcu have in common.
type domain interface {
	newReader() reader
	Synchronize(context.Context) error
	Call(func())
	Barrier(context.Context) error
	Close(context.Context) error
	getState() any // a cookie
	startPoll() any
	poll(cookie any) bool
}

// A reader has sections that nest, each ending before the one that it is in.
type reader interface {
	ReadLock()
	ReadUnlock()
	Close()
}

type rcuDomain struct{ *rcu.Domain }

func (d rcuDomain) newReader() reader    { return d.NewReader() }
func (d rcuDomain) getState() any        { return d.GetState() }
func (d rcuDomain) startPoll() any       { return d.StartPoll() }
func (d rcuDomain) poll(cookie any) bool { return d.Poll(cookie.(rcu.Cookie)) }

type srcuDomain struct{ *srcu.Domain }

func (d srcuDomain) newReader() reader    { return &srcuReader{domain: d.Domain} }
func (d srcuDomain) getState() any        { return d.GetState() }
func (d srcuDomain) startPoll() any       { return d.StartPoll() }
func (d srcuDomain) poll(cookie any) bool { return d.Poll(cookie.(srcu.Cookie)) }

type srcuReader struct {
	domain   *srcu.Domain
	sections []srcu.Token
}

func (r *srcuReader) ReadLock() { r.sections = append(r.sections, r.domain.ReadLock()) }

func (r *srcuReader) ReadUnlock() {
	last := len(r.sections) - 1
	r.domain.ReadUnlock(r.sections[last])
	r.sections = r.sections[:last]
}

func (r *srcuReader) Close() {}

var domains = []struct {
	name string
	new  func() domain
}{
	{"rcu", func() domain { return rcuDomain{rcu.New()} }},
	{"srcu", func() domain { return srcuDomain{srcu.New()} }},
}

// both tests a rule with both.
func both(t *testing.T, rule func(*testing.T, domain)) {
	for _, of := range domains {
		t.Run(of.name, func(t *testing.T) {
			d := of.new()
			rule(t, d)
			if err := d.Close(within(t, soon)); err != nil {
				t.Error(err)
			}
		})
	}
}

// enter begins a section, which leave ends.
func enter(d domain) (leave func()) {
	r := d.newReader()
	r.ReadLock()
	return func() {
		r.ReadUnlock()
		r.Close()
	}
}

// begins waits until the grace period of cookie, which is of the present, has
// begun. Then the present has another cookie.
func begins(t testing.TB, d domain, cookie any) {
	t.Helper()
	eventually(t, "a grace period begins", func() bool { return d.getState() != cookie })
}

// patiently wants an attempt to succeed with some patience. It is for what must
// be so once another goroutine has got somewhere, which can't be seen.
func patiently(t testing.TB, what string, attempt func(patience time.Duration) bool) {
	t.Helper()
	for patience := 100 * time.Microsecond; !attempt(patience); patience *= 4 {
		if patience > soon/8 {
			t.Fatal("it does not happen: ", what)
		}
	}
}
