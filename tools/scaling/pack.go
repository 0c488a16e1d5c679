package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"hazptr/internal/command"
)

// programs returns the folder of the programs: that of this one if the others
// are there, too, or one in which they are built, and which remove removes.
func programs(ctx context.Context) (folder string, remove func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	if beside(filepath.Dir(self)) {
		return filepath.Dir(self), func() error { return nil }, nil
	}
	folder, remove, err = command.WorkFolder(os.TempDir(), "hazptr-scaling-*")
	if err != nil {
		return "", nil, err
	}
	if err := build(ctx, folder); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return folder, remove, nil
}

// beside reports whether all programs are in a folder.
func beside(folder string) bool {
	for _, part := range parts {
		if _, err := os.Stat(filepath.Join(folder, part.name)); err != nil {
			return false
		}
	}
	return true
}

// build builds static programs into a folder.
func build(ctx context.Context, folder string) error {
	args := []string{"build", "-trimpath", "-o", folder + string(filepath.Separator)}
	for _, part := range parts {
		args = append(args, "hazptr/tools/"+part.name)
	}
	cmd := command.Child(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the programs, in a checkout of the library: %w\n%s", err, out)
	}
	return nil
}

const readme = `Run ./scaling -format json >scaling.json

It takes at most ten minutes, uses all cores, writes nothing else, and needs
nothing installed. The machine should do nothing else meanwhile. ./scaling -h
tells what is measured, and what else it can do.

refscale and updatescale are there, too; both have -h.
`

// pack builds the programs into a new folder, for another machine.
func pack(ctx context.Context, folder string, stdout io.Writer) error {
	_, forget, err := command.Temporary(func() (string, error) { return folder, os.Mkdir(folder, 0o777) })
	if err != nil {
		return fmt.Errorf("-pack: %w", err)
	}
	defer forget()
	if err := errors.Join(build(ctx, folder), os.WriteFile(filepath.Join(folder, "README"), []byte(readme), 0o666)); err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	system := func(variable, own string) string {
		if v := os.Getenv(variable); v != "" {
			return v
		}
		return own
	}
	_, err = fmt.Fprintf(stdout, "The programs for %s/%s are in %s. There, run ./scaling -format json >scaling.json\n",
		system("GOOS", runtime.GOOS), system("GOARCH", runtime.GOARCH), folder)
	return err
}
