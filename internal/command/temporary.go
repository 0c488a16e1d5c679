package command

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// temporary are the paths that this process must not leave behind.
var temporary struct {
	mu    sync.Mutex
	paths map[string]bool
}

// Temporary calls create and returns the path that it has created. If the
// process is interrupted before forget is called, the path is removed, with
// all that is in it.
func Temporary(create func() (path string, err error)) (path string, forget func(), err error) {
	// Under the lock, so that no path is created and not yet known when the
	// process ends.
	temporary.mu.Lock()
	defer temporary.mu.Unlock()
	unwinds.Store(true)
	if path, err = create(); err != nil {
		return "", nil, err
	}
	if temporary.paths == nil {
		temporary.paths = map[string]bool{}
	}
	temporary.paths[path] = true
	return path, func() {
		temporary.mu.Lock()
		defer temporary.mu.Unlock()
		delete(temporary.paths, path)
	}, nil
}

// removeTemporary removes all that Temporary knows. No path can be created
// after that.
func removeTemporary() {
	temporary.mu.Lock()
	for path := range temporary.paths {
		_ = os.RemoveAll(path) // there is no time for another try
	}
}

// folderVariables name the folder of temporary files: on Unix and on Windows.
var folderVariables = []string{"TMPDIR", "TMP", "TEMP"}

// WorkFolder makes a folder for this process in the folder dir, with a name as
// os.MkdirTemp makes it. Until remove is called, the temporary files of this
// process and of its children are made there: a child that is killed leaves
// nothing elsewhere. A process has one WorkFolder at a time.
func WorkFolder(dir, pattern string) (folder string, remove func() error, err error) {
	if dir == "" { // which os.MkdirTemp would take for another one
		return "", nil, errors.New("its name is empty")
	}
	// Children run in other folders.
	if dir, err = filepath.Abs(dir); err != nil {
		return "", nil, err
	}
	folder, forget, err := Temporary(func() (string, error) { return os.MkdirTemp(dir, pattern) })
	if err != nil {
		return "", nil, err
	}
	before := map[string]string{}
	for _, name := range folderVariables {
		before[name] = os.Getenv(name) // empty is as unset
		_ = os.Setenv(name, folder)    // the name is well formed
	}
	return folder, func() error {
		for name, value := range before {
			_ = os.Setenv(name, value)
		}
		err := os.RemoveAll(folder)
		forget()
		return err
	}, nil
}
