package main

import (
	"fmt"
	"hazptr/internal/explore/overlay"
	"hazptr/tools/internal/mutant"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
)

var fail = regexp.MustCompile(`(?m)^\s+--- FAIL: (\S+)`)
var after = regexp.MustCompile(`after (\d+) executions: (.*)`)

func main() {
	for _, m := range mutant.All {
		dir := path.Dir(m.File)
		if m.File == "" || !slices.Contains(overlay.Folders, dir) || m.Race {
			continue
		}
		if len(os.Args) > 1 && !slices.Contains(os.Args[1:], m.Name) {
			continue
		}
		pk := []string{"."}
		switch dir {
		case "internal/hazard":
			pk = []string{"internal/hazard", "."}
		case "internal/reclaim":
			pk = []string{"internal/reclaim", "."}
		case "internal/grace", "internal/linger":
			pk = []string{"srcu", "rcu"}
		case "rcu", "srcu":
			pk = []string{dir}
		case "internal/fence", "internal/perproc":
			pk = []string{".", "internal/hazard", "internal/reclaim", "srcu", "rcu"}
		}
		os.RemoveAll("/tmp/xo")
		os.MkdirAll("/tmp/xo", 0o755)
		bad := false
		f, err := overlay.Write("/work/place", "/tmp/xo", func(p, s string) string {
			if p == m.File {
				if strings.Count(s, m.Old) != 1 {
					bad = true
				}
				return strings.Replace(s, m.Old, m.New, 1)
			}
			return s
		})
		if err != nil || bad {
			fmt.Println(m.Name, "OVERLAY", err, bad)
			continue
		}
		found := ""
		for _, p := range pk {
			cmd := exec.Command("timeout", "100", "go", "test", "-overlay", f, "-tags", overlay.Tags, "-count=1", "-vet=off", "-failfast", "-run", "TestExplore", "./"+p, "-args", "-explore.within", "3s")
			cmd.Dir = "/work/place"
			out, err := cmd.CombinedOutput()
			if err != nil {
				t := fail.FindSubmatch(out)
				a := after.FindSubmatch(out)
				if t == nil {
					found = "BUILD? " + string(out[:min(len(out), 300)])
				} else {
					found = p + " " + string(t[1])
					if a != nil {
						found += " after " + string(a[1]) + ": " + string(a[2])
					}
				}
				break
			}
		}
		fmt.Printf("%-26s %-28s %s\n", m.Name, m.File, found)
	}
}
