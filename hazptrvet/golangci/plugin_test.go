package golangci

import (
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"

	"hazptr/hazptrvet/lifetime"
)

func TestPlugin(t *testing.T) {
	build, err := register.GetPlugin("hazptrvet")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		settings any
		without  int
		err      string
	}{
		{nil, 0, ""},
		{map[string]any{}, 0, ""},
		{map[string]any{"disable": []string{"guard", "token"}}, 2, ""},
		{map[string]any{"disable": []string{"guards"}}, 0, `no analyzer "guards"; there are guard, lease, protection,`},
		{map[string]any{"enable": []string{"guard"}}, 0, "its only setting is disable"},
	} {
		p, err := build(test.settings)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%v: %v", test.settings, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", test.settings, err)
			continue
		}
		analyzers, err := p.BuildAnalyzers()
		if err != nil || len(analyzers) != len(lifetime.Analyzers)-test.without || p.GetLoadMode() != register.LoadModeTypesInfo {
			t.Errorf("%v: %v, %v, %s", test.settings, analyzers, err, p.GetLoadMode())
		}
	}
}
