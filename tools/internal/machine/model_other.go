//go:build !linux && !darwin

package machine

import "os"

// model returns what Windows tells every process; other systems have no such
// variable.
func model() string { return os.Getenv("PROCESSOR_IDENTIFIER") }
