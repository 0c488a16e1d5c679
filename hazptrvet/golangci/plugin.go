// Package golangci makes hazptrvet a linter of golangci-lint, as a module
// plugin. docs/hazptrvet.md tells how to build golangci-lint with it.
package golangci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"hazptr/hazptrvet/lifetime"
)

func init() { register.Plugin("hazptrvet", New) }

// Settings are those of the linter in golangci-lint's configuration.
type Settings struct {
	Disable []string `json:"disable"` // analyzers to leave out
}

type plugin struct{ analyzers []*analysis.Analyzer }

// New returns the linter with golangci-lint's settings for it, which may be
// nil.
func New(settings any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[Settings](settings)
	if err != nil {
		return nil, fmt.Errorf("hazptrvet: %w; its only setting is disable, a list of analyzers", err)
	}
	p := &plugin{}
	var names []string
	for _, a := range lifetime.Analyzers {
		names = append(names, a.Name)
		if !slices.Contains(s.Disable, a.Name) {
			p.analyzers = append(p.analyzers, a)
		}
	}
	for _, name := range s.Disable {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("hazptrvet: disable: no analyzer %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	return p, nil
}

// BuildAnalyzers returns the analyzers.
func (p *plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) { return p.analyzers, nil }

// GetLoadMode says that the analyzers need types.
func (p *plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
