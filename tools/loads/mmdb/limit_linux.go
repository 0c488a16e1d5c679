package main

import (
	"os"
	"strconv"
	"strings"
)

// mappingLimit is how many mappings of the database may be alive before a
// reload is refused. Beyond vm.max_map_count the kernel refuses them to
// everybody, also to the Go runtime, which then throws; some are left for it.
var mappingLimit = func() int {
	const usual, spare = 65530, 2000
	text, err := os.ReadFile("/proc/sys/vm/max_map_count")
	if err != nil {
		return usual - spare
	}
	limit, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return usual - spare
	}
	return max(limit-spare, 100)
}()
