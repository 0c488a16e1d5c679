package summary

import "testing"

func TestCommand(t *testing.T) {
	for command, args := range map[string][]string{
		"go run ./loads/gate":                        nil,
		"go run ./loads/gate -rounds 3 -format json": {"-rounds", "3", "-format", "json"},
	} {
		if got := New("gate", "", args).Command; got != command {
			t.Errorf("command %q, want %q", got, command)
		}
	}
}
