package patch

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"hazptr/internal/command"
)

// Library returns the folder of the library, which the present folder's
// workspace or module must know.
func Library(ctx context.Context) (dir string, err error) {
	out, err := command.Child(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "hazptr").Output()
	if dir = strings.TrimSpace(string(out)); err == nil && dir != "" {
		return dir, nil
	}
	reason := ""
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		reason = string(exit.Stderr)
	}
	return "", fmt.Errorf("can't find the library hazptr from this folder (%s): run the program in a checkout of it", firstLine(reason, fmt.Sprint(err)))
}
