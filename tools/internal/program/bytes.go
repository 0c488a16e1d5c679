package program

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// Bytes is a number of bytes, within the bounds of the option's tag.
type Bytes int64

// byteUnits are what may stand behind the number, the largest first.
var byteUnits = []struct {
	name  string
	bytes float64
}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}}

func (b Bytes) String() string {
	for _, unit := range byteUnits {
		if n := float64(b) / unit.bytes; n >= 1 {
			return strconv.FormatFloat(n, 'f', -1, 64) + " " + unit.name
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// bytesOf decodes a number of bytes with its unit, if it has one.
func bytesOf(text string, tag *kong.Tag) (Bytes, error) {
	b, err := parseBytes(text)
	if err != nil {
		return 0, fmt.Errorf("%w%s", err, wanted(tag))
	}
	return b, within(b, tag, parseBytes)
}

func parseBytes(text string) (Bytes, error) {
	number, factor := text, 1.0
	for _, unit := range byteUnits {
		if rest, ok := strings.CutSuffix(text, unit.name); ok {
			number, factor = rest, unit.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if n *= factor; err != nil || math.IsNaN(n) || math.Abs(n) > 1e18 {
		return 0, fmt.Errorf("%q is not a number of bytes, or one with kB, MB or GB, such as 64MB", text)
	}
	return Bytes(n), nil
}
