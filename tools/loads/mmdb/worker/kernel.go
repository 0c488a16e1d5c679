package main

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// canMap tells whether maxminddb maps files on this system, or reads them into
// memory that the garbage collector ends.
const canMap = runtime.GOOS != "plan9" && runtime.GOOS != "js" && runtime.GOOS != "wasip1"

// mappingLimit is how many mappings of the database may be alive before a
// reload is refused. Beyond vm.max_map_count the Linux kernel refuses them to
// all, also to the Go runtime, which then throws; some are left for it.
var mappingLimit = func() int {
	if runtime.GOOS != "linux" {
		return math.MaxInt
	}
	const usual, spare = 65530, 2000
	limit := usual
	if text, err := os.ReadFile("/proc/sys/vm/max_map_count"); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			limit = n
		}
	}
	return max(limit-spare, 100)
}()

// mappingsOf counts the mappings of these editions that the kernel knows of.
// Unless it is Linux it cannot be asked, and ok is false.
func mappingsOf(editions []edition) (n int, ok bool) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil || runtime.GOOS != "linux" {
		return 0, false
	}
	for line := range strings.Lines(string(maps)) {
		for _, e := range editions {
			if strings.HasSuffix(line, " "+e.path+"\n") {
				n++
			}
		}
	}
	return n, true
}
