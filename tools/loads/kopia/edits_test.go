package main

import (
	"strings"
	"testing"

	"hazptr/internal/long"
)

// Each copy's edits fit, are few, and what comes of them builds.
func TestEditsAreFewAndBuild(t *testing.T) {
	long.Only(t, "it downloads kopia")
	p, err := plan.Make(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	most := map[string][2]int{"original": {0, 0}, "locked": {3, 2}, "counted": {30, 1}, "hazptr": {35, 2}}
	for _, c := range p.Copies {
		lines := c.Lines()
		if m := most[c.Name]; lines.Added > m[0] || lines.Removed > m[1] || (c.Name == "original") != (lines.Added == 0) {
			t.Errorf("%v, want at most %v", lines, m)
		}
		if _, err := c.Source.Go(t.Context(), "build", "./repo/content"); err != nil {
			t.Error(err)
		}
	}
}

// Without the rule on which the edits rest the same worker dies.
func TestWorkerNotices(t *testing.T) {
	long.Only(t, "it builds a program")
	status, out, problems := runProgram(t.Context(), brief(t, "-busted", "-rounds", "5")...)
	if status != 1 || out != "" || !strings.HasPrefix(problems, "kopia: format 3, listing: it died of an unmapped file: hazptr: ") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

func TestRefusal(t *testing.T) {
	if err := refusal("windows"); err == nil || !strings.Contains(err.Error(), "windows") {
		t.Error(err)
	}
	if err := refusal("linux"); err != nil {
		t.Error(err)
	}
}
