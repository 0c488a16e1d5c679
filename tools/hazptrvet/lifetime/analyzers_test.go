package lifetime

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestGuard(t *testing.T) { analysistest.Run(t, analysistest.TestData(), Guard, "guard") }
func TestToken(t *testing.T) { analysistest.Run(t, analysistest.TestData(), Token, "token") }
func TestProtection(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), Protection, "protection")
}
