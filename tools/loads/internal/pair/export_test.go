package pair

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/loads/internal/outside"
	"hazptr/tools/loads/internal/patch"
)

// exportable is a plan for a module that tools requires, so that the module
// cache has it. The patched copy has a file more, which uses the library.
var exportable = Plan{
	Name:    "bbolt", // whose figures the documents have
	Module:  patch.Module{Path: "github.com/HdrHistogram/hdrhistogram-go", Version: "v1.4.0"},
	Package: ".",
	Arms: []Arm{{Name: "original"}, {Name: "patched", Edits: []patch.Edit{
		patch.Add("current.go", "package hdrhistogram\n\nimport \"hazptr\"\n\n// Current may be replaced.\nvar Current hazptr.Pointer[Histogram]\n"),
		patch.Struct("hdr.go", "Bracket").Field("Quantile", "Quantile float64\nPlace int"),
	}}},
	Export: Export{Behaviour: "There is a Current.", Tests: "go test .", Back: "Nothing is left."},
}

// export exports a plan to a folder that is to be made.
func export(ctx context.Context, t *testing.T, p Plan) (folder string, err error) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "exported")
	return folder, p.export(ctx, folder, t.TempDir(), func(string) {})
}

func TestExport(t *testing.T) {
	long.Only(t, "it builds a module and the library")
	folder, err := export(t.Context(), t, exportable)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(folder, "HAZPTR.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# github.com/HdrHistogram/hdrhistogram-go with hazptr\n", "v1.4.0 with 7 lines added and 0 removed", "\n    replace hazptr => " + filepath.ToSlash(folder) + "/hazptr\n",
		"There is a Current.", "go run ./tools/loads/bbolt", "\n    go test .\n", "Nothing is left.\n",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	for _, name := range []string{"LICENSE", "hazptr/LICENSE"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	// As its own developers would; and the library lacks nothing on other
	// systems.
	outside.Run(t, folder, "go vet .")
	for _, system := range []string{"linux/arm64", "windows/amd64", "darwin/arm64"} {
		goos, goarch, _ := strings.Cut(system, "/")
		outside.Run(t, filepath.Join(folder, "hazptr"), "GOOS="+goos+" GOARCH="+goarch+" go list -deps ./...")
	}

	// What the patch makes of the module as it is, is what was exported.
	original, err := exportable.Module.Copy(t.Context(), filepath.Join(t.TempDir(), "original"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git to apply the patch: ", err)
	}
	outside.Run(t, original.Dir, "git apply "+filepath.Join(folder, "hazptr.patch"))
	for _, name := range []string{"HAZPTR.md", "hazptr.patch", "hazptr"} {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	outside.Run(t, folder, "git diff --no-index --exit-code "+original.Dir+" "+folder)
}

// Where something is wrong the folder isn't there.
func TestExportFails(t *testing.T) {
	long.Only(t, "it builds a module")
	broken, other := exportable, exportable
	broken.Arms = []Arm{{Name: "patched", Edits: []patch.Edit{patch.Append("hdr.go", "var _ = missing")}}}
	other.Name = "nameless"
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for want, try := range map[string]struct {
		ctx  context.Context
		plan Plan
	}{
		"undefined: missing":          {t.Context(), broken},
		`has no section "nameless"`:   {t.Context(), other},
		context.Canceled.Error():      {over, exportable},
		"bbolt has nothing to export": {t.Context(), Plan{Name: "bbolt"}},
	} {
		folder, err := export(try.ctx, t, try.plan)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
		if strings.HasSuffix(want, "export") != errors.As(err, new(command.UsageError)) {
			t.Errorf("%v: a usage error or not?", err)
		}
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			t.Errorf("%s: the folder: %v", want, err)
		}
	}
}

func TestSection(t *testing.T) {
	const text = "# Loads\n\n## bbolt: waits\n\nA line.\n\n![bbolt](bbolt.svg)\n\n### More\n\n    figures\n\n## bbolts\n\nAnother.\n\n## **etcd**\n\nThird.\n"
	for word, want := range map[string]string{"bbolt": "A line.\n\n\n### More\n\n    figures", "etcd": "Third.", "kopia": ""} {
		if got := section(text, word); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}
