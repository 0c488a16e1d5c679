package debug

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
	reported "hazptr/internal/report"
	"hazptr/live"
)

var now = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

func (v value) figure(name string) string {
	for _, f := range v.Figures(now) {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func (r report) value(name string) (value, bool) {
	for _, v := range r.Values {
		if v.Name == name {
			return v, true
		}
	}
	return value{}, false
}

// Each part of a Status has its line, and none without need; what a person
// should look at is an alarm.
func TestValue(t *testing.T) {
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	good := reported.Status{Generation: 7, Since: ago(time.Hour), Loads: 8, LastSuccess: ago(time.Hour)}
	for _, c := range []struct {
		about  string
		change func(*reported.Status)
		name   string // of a figure
		value  string
		alarms string
	}{
		{about: "all is well", name: "present", value: "generation 7 for 1h0m0s, since 2026-01-02 14:04:05"},
		{about: "nothing is replaced", name: "replaced"},
		{about: "nothing was closed", name: "last Close"},
		{about: "no Close has failed", name: "failed Closes"},
		{about: "no Load runs", name: "Load now"},
		{"the first Load runs", func(s *reported.Status) { *s = reported.Status{Loading: now} }, "present", "none", ""},
		{"it is closed", func(s *reported.Status) { s.Generation, s.Closed = 0, true }, "present", "none; closed", ""},
		{"there is no Load", func(s *reported.Status) { s.Loads = 0 }, "last Load", "", ""},
		{"Loads went well", nil, "last Load", "went well 1h0m0s ago", ""},
		{"a Load has failed", func(s *reported.Status) { s.Err, s.Failures = "no", 1 }, "last Load", "failed; the last good one 1h0m0s ago", "the last Load has failed"},
		{"the first Load has failed", func(s *reported.Status) { *s = reported.Status{Loads: 1, Failures: 1, Err: "no"} }, "last Load", "failed", "the last Load has failed"},
		{"Close has ended a Load", func(s *reported.Status) { s.Err, s.Closed = "ended", true }, "last Load", "failed; the last good one 1h0m0s ago", ""},
		{"no Load has failed", nil, "Loads", "8", ""},
		{"Loads have failed", func(s *reported.Status) { s.Failures = 1000 }, "Loads", "8, of which 1,000 failed", ""},
		{"a Load runs", func(s *reported.Status) { s.Loading = ago(3 * time.Second) }, "Load now", "runs for 3s", ""},
		{"a Load runs for long", func(s *reported.Status) { s.Loading = ago(time.Minute) }, "Load now", "runs for 1m0s", "a Load has not returned"},
		{"a Load is held", func(s *reported.Status) { s.Loading, s.Held = ago(time.Minute), true }, "Load now",
			"waits for 1m0s until fewer replaced values are left, as MaxOld wants", "a Load waits for MaxOld"},
		{"one is in use", func(s *reported.Status) { s.OldCount, s.Old = 1, []reported.Old{{Replaced: ago(59 * time.Second)}} }, "replaced", "1 value is not closed", ""},
		{"one stays", func(s *reported.Status) {
			s.OldCount, s.Old = 1000, []reported.Old{{Replaced: ago(time.Minute)}, {Replaced: now.Add(time.Second)}}
		}, "replaced", "1,000 values are not closed", "1 replaced value stays"},
		{"one was closed", func(s *reported.Status) { s.LastClosed = now.Add(time.Millisecond) }, "last Close", "0s ago", ""},
		{"Closes have failed", func(s *reported.Status) { s.CloseFailures = 2 }, "failed Closes", "2", ""},
		{"triggers have problems", func(s *reported.Status) { s.Problems, s.Err = []string{"a", "b"}, "no" }, "", "", "the last Load has failed, 2 problems with triggers"},
	} {
		v := value{"x", good}
		if c.change != nil {
			c.change(&v.Status)
		}
		if got := v.figure(c.name); got != c.value {
			t.Errorf("%s: %s: %q, want %q", c.about, c.name, got, c.value)
		}
		if got := strings.Join(v.Alarms(now), ", "); got != c.alarms {
			t.Errorf("%s: %q, want %q", c.about, got, c.alarms)
		}
	}
}

func TestWhyOld(t *testing.T) {
	for want, o := range map[string]reported.Old{
		"its Close has not returned": {Closing: true, Users: 3},
		"in use by 1 user":           {Users: 1},
		"waits to be closed":         {},
	} {
		if got := whyOld(o); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func newValue(t *testing.T, name string) *live.Value[*edition] {
	t.Helper()
	fail := errors.New("<b>no</b>\x1b[31m")
	v := live.New(new(edition), live.Options[*edition]{
		Name:   name,
		Load:   func(context.Context) (*edition, error) { return nil, fail },
		Close:  func(*edition) error { return nil },
		Trace:  true,
		Logger: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { end(t, v) })
	return v
}

func end[T any](t *testing.T, v *live.Value[T]) {
	t.Helper()
	if err := v.Shutdown(litmus.Context(t)); err != nil {
		t.Error(err)
	}
}

// A replaced value in use, and a Load that has failed, are told in each format,
// and what the program has named is text there.
func TestValueInEachFormat(t *testing.T) {
	const name = `</h2><script>alert(2)</script>"'& x`
	v := newValue(t, name)
	lease, err := v.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	defer lease.Release()
	if err := v.Store(new(edition)); err != nil {
		t.Fatal(err)
	}
	if err := v.Reload(t.Context()); err == nil {
		t.Fatal("the Load went well")
	}
	has := func(query string, wants ...string) {
		t.Helper()
		body := get(t, query, "").Body.String()
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: want %s in\n%s", query, want, body)
			}
		}
		for _, bad := range []string{"<script>alert", "<b>no", "\x1b"} {
			if strings.Contains(body, bad) && (query != "?format=text" || bad == "\x1b") {
				t.Errorf("%s: %q in\n%s", query, bad, body)
			}
		}
	}
	for _, query := range []string{"?format=html", "?format=part"} {
		has(query, `<h2>live: &lt;/h2&gt;&lt;script&gt;alert(2)`, `<small class="alarm">the last Load has failed</small>`, "&lt;b&gt;no&lt;/b&gt;\uFFFD[31m",
			"generation 1: in use by 1 user", "hazptr/debug.TestValueInEachFormat (", "generation 2 for ")
	}
	has("?format=text", `live "</h2><script>alert(2)</script>\"'& x": the last Load has failed`, "<b>no</b>\uFFFD[31m",
		"generation 1, replaced ", "ago: in use by 1 user\n        acquired by (1 of 1)\n            hazptr/debug.TestValueInEachFormat (", "generation 2 for ")
	var r report
	if err := json.Unmarshal(get(t, "?format=json", "").Body.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	got, found := r.value(name)
	if !found || got.Generation != 2 || got.Loads != 1 || got.Failures != 1 || !strings.Contains(got.Err, "<b>no</b>\x1b[31m") || got.OldCount != 1 ||
		len(got.Old) != 1 || got.Old[0].Users != 1 || len(got.Old[0].Acquired) != 1 || !got.Loading.IsZero() || got.Since.IsZero() {
		t.Errorf("%+v", got)
	}
}

// A stack in an error is shown when it is asked for; problems of triggers, and
// places that many users have come from, are told.
func TestValueWithMuch(t *testing.T) {
	v := &reported.Value{Status: func() reported.Status {
		return reported.Status{
			Generation: 70, Err: "Load has panicked: <i>\n\ngoroutine 1\n<u>\x1b\n", Problems: []string{"<tt> is missing\x1b"}, OldCount: 100,
			Old: []reported.Old{
				{Generation: 3, Replaced: time.Now().Add(-2 * time.Minute), Users: 3, Acquired: []string{"b (b.go:1)", "a (a.go:1)", "b (b.go:1)"}},
				{Generation: 4, Replaced: time.Now(), Users: 2},
			},
		}
	}}
	defer reported.Values.Remove(reported.Values.Add("much", v))
	defer runtime.KeepAlive(v)
	part, text := get(t, "?format=part", "").Body.String(), get(t, "?format=text", "").Body.String()
	for _, want := range []string{
		`<details id="error-much"><summary><code>Load has panicked: <i></code></summary><pre>`, "<pre>\ngoroutine 1\n<u>\uFFFD</pre>", "<li><tt> is missing\uFFFD</li>",
		`<li class="stalled"><details id="old-3-much"><summary><span class="age">2m0s</span> generation 3: in use by 3 users</summary><p>In use since here, 2 of 3:</p>`,
		"generation 4: in use by 2 users<p>With Options.Trace it would be known where.</p>", "and 98 younger ones",
		"the last Load has failed, 1 replaced value stays, 1 problem with triggers",
	} {
		for _, markup := range []string{"<i>", "<u>", "<tt>"} {
			want = strings.ReplaceAll(want, markup, html.EscapeString(markup))
		}
		if !strings.Contains(part, want) {
			t.Errorf("want %s in\n%s", want, part)
		}
	}
	for _, want := range []string{
		"  the last Load has failed:\n    Load has panicked: <i>\n    \n    goroutine 1\n    <u>\uFFFD\n", "  problem: <tt> is missing\uFFFD\n",
		"    stays: generation 3, replaced 2m0s ago: in use by 3 users\n        acquired by (2 of 3)\n            b (b.go:1)\n        acquired by (1 of 3)\n            a (a.go:1)\n",
		"    generation 4, replaced ", "    and 98 younger ones\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %s in\n%s", want, text)
		}
	}
}

// Values come and go, and those of one name are told apart. What there is none
// of is not shown.
func TestValuesComeAndGo(t *testing.T) {
	names := func() (names []string) {
		for _, v := range newReport(time.Now()).Values {
			names = append(names, v.Name)
		}
		return names
	}
	want := func(want ...string) {
		t.Helper()
		if got := names(); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	want()
	for _, query := range []string{"?format=html", "?format=part", "?format=text", "?format=json"} {
		if body := get(t, query, "").Body.String(); strings.Contains(body, "live: ") || strings.Contains(body, `live "`) || strings.Contains(body, "mapped") ||
			strings.Contains(body, `"Values"`) || strings.Contains(body, `"Faults"`) {
			t.Errorf("%s, without a value:\n%s", query, body)
		}
	}
	first, second := newValue(t, "x"), newValue(t, "x")
	plain := live.NewPlain(1, live.PlainOptions[int]{Name: "plain"})
	want("x", "x#2", "plain")
	end(t, first)
	want("x#2", "plain")
	end(t, second)
	if err := plain.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	want()
}

// Reads that have failed are told of the files that have any.
func TestFaults(t *testing.T) {
	good, bad := new(atomic.Int64), new(atomic.Int64)
	defer reported.Faults.Remove(reported.Faults.Add("good.mmdb", good))
	defer reported.Faults.Remove(reported.Faults.Add("<bad>", bad))
	defer runtime.KeepAlive([]any{good, bad}) // the list does not
	bad.Store(1234)
	for query, want := range map[string]string{
		"?format=part": `<tr><td>&lt;bad&gt;</td><td class="n">1,234</td></tr>`,
		"?format=text": "mapped: reads that have failed\n  \"<bad>\"  1,234\n",
		"?format=json": "\"Faults\": [\n    {\n      \"Name\": \"\\u003cbad\\u003e\",\n      \"Count\": 1234\n    }\n  ]",
	} {
		if body := get(t, query, "").Body.String(); !strings.Contains(body, want) || strings.Contains(body, "good.mmdb") {
			t.Errorf("%s: want %s, and only that, in\n%s", query, want, body)
		}
	}
}
