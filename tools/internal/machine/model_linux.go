package machine

import (
	"bufio"
	"os"
	"strings"
)

// model returns the first model that the kernel names. Some architectures name
// none.
func model() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ":")
		switch strings.TrimSpace(key) {
		case "model name", "Model", "cpu model", "cpu":
			return strings.TrimSpace(value)
		}
	}
	return ""
}
