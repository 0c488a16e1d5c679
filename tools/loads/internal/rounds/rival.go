package rounds

import (
	"fmt"
	"strings"
)

// A Rival is what something is compared with: its figure to that of the thing,
// round by round, where more is better.
type Rival struct {
	Name  string
	Ratio Spread
}

// Standing says where a thing stands among its rivals. It is ahead of one if it
// was so in every round, and behind likewise.
func Standing(thing string, rivals ...Rival) string {
	var ahead, behind, level []string
	for _, r := range rivals {
		times := fmt.Sprintf("%s (%.2f times)", r.Name, 1/r.Ratio.Median)
		switch {
		case r.Ratio.Max < 1:
			ahead = append(ahead, times)
		case r.Ratio.Min > 1:
			behind = append(behind, times)
		default:
			level = append(level, r.Name)
		}
	}
	var said []string
	for _, part := range []struct {
		words string
		names []string
	}{
		{thing + " is ahead of ", ahead},
		{thing + " is behind ", behind},
		{"no difference seen to ", level},
	} {
		if len(part.names) > 0 {
			said = append(said, part.words+strings.Join(part.names, ", "))
		}
	}
	return strings.Join(said, "; ")
}
