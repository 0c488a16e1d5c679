package summary

import (
	"encoding/json"
	"strings"
	"testing"

	"hazptr/tools/internal/machine"
)

func TestCommand(t *testing.T) {
	for command, args := range map[string][]string{
		"go run ./tools/loads/gate":                        nil,
		"go run ./tools/loads/gate -rounds 3 -format json": {"-rounds", "3", "-format", "json"},
	} {
		if got := New("gate", "", args).Command; got != command {
			t.Errorf("command %q, want %q", got, command)
		}
	}
}

func TestGain(t *testing.T) {
	for _, test := range []struct {
		figure Figure
		want   float64
	}{
		{Figure{"reads", "", 10, 40}, 4},
		{Figure{"read", "ms", 10, 40}, 0.25},
		{Figure{"read", "ms", 0, 40}, 0},
		{Figure{"reads", "", 10, 0}, 0},
	} {
		if got := test.figure.Gain(); got != test.want {
			t.Errorf("%+v: %v, want %v", test.figure, got, test.want)
		}
	}
}

type report struct{ Summary }

func (report) String() string { return "text" }

func TestWrite(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, "json", report{New("load", "hurt", nil)}); err != nil {
		t.Fatal(err)
	}
	var read report
	if err := json.Unmarshal([]byte(out.String()), &read); err != nil || read.Load != "load" || read.Hurt != "hurt" {
		t.Errorf("%v, %+v", err, read)
	}
	out.Reset()
	if err := Write(&out, "table", read); err != nil || out.String() != "text" {
		t.Errorf("%v, %s", err, out.String())
	}
}

// A busy machine is told of, in the report's text and in its JSON.
func TestMeanwhile(t *testing.T) {
	for share, want := range map[float64]string{0: "", 0.09: "", 0.416: "Other programs used 42 % of the cores meanwhile."} {
		s := Summary{Others: share}
		if got := s.Meanwhile(); got != want {
			t.Errorf("%v: %q, want %q", share, got, want)
		}
	}
	defer func() { others = machine.Others }()
	others = func() float64 { return 0.416 }
	for format, want := range map[string]string{
		"table": "textOther programs used 42 % of the cores meanwhile.\n",
		"json":  `"others": 0.416`,
	} {
		var out strings.Builder
		if err := Write(&out, format, &report{}); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, no %q in\n%s", format, err, want, out.String())
		}
	}
}
