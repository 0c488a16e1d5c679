//go:build unix

// Model reads a model from a mounted ConfigMap, whose files are symbolic links
// that the kubelet turns to another version, all at once. A version is mapped,
// checked and used; a broken one is refused, and the present one stays. Readers
// see whole versions only.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"hazptr/live"
	"hazptr/mapped"
)

const (
	poll = 10 * time.Millisecond // elsewhere some seconds will do
	size = 1 << 20
)

// A model is a file of weights, which begins with their checksum. The weights
// are the file's bytes in memory, and end with the mapping.
type model struct{ weights []byte }

func parse(file []byte) (*model, error) {
	if len(file) != 4+size {
		return nil, fmt.Errorf("%d bytes, want %d", len(file), 4+size)
	}
	if sum, want := crc32.ChecksumIEEE(file[4:]), binary.LittleEndian.Uint32(file); sum != want {
		return nil, fmt.Errorf("checksum %08x, want %08x", sum, want)
	}
	return &model{file[4:]}, nil
}

// check looks at all weights, which are the number of their version.
func (m *model) check() (version byte, err error) {
	version = m.weights[0]
	if n := bytes.Count(m.weights, []byte{version}); n != size {
		err = fmt.Errorf("%d of %d weights are of version %d", n, size, version)
	}
	return version, err
}

// encode returns a model as its file has it.
func encode(version byte) []byte {
	weights := bytes.Repeat([]byte{version}, size)
	return append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(weights)), weights...)
}

// A volume is a folder as the kubelet mounts a ConfigMap: model is a link to
// ..data/model, and ..data is one to the folder of the present version.
type volume struct {
	path    string
	version string
}

func (v *volume) model() string { return filepath.Join(v.path, "model") }

// publish makes a folder, turns ..data to it by a rename, and removes the
// former one.
func (v *volume) publish(version string, file []byte) error {
	folder, data, next := filepath.Join(v.path, version), filepath.Join(v.path, "..data"), filepath.Join(v.path, "..data_tmp")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "model"), file, 0o600); err != nil {
		return err
	}
	if err := os.Symlink(version, next); err != nil {
		return err
	}
	if err := os.Rename(next, data); err != nil {
		return err
	}
	former := v.version
	v.version = version
	if former == "" {
		return os.Symlink(filepath.Join("..data", "model"), v.model())
	}
	return os.RemoveAll(filepath.Join(v.path, former))
}

// seen calls t, and tells what becomes of each reload.
func seen(t live.Trigger, reloaded chan<- error) live.Trigger {
	return func(ctx context.Context, reload func(context.Context) error) {
		t(ctx, func(ctx context.Context) error {
			err := reload(ctx)
			select {
			case reloaded <- err:
			case <-ctx.Done():
			}
			return err
		})
	}
}

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "model-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	v := &volume{path: folder}
	if err := v.publish("..1", encode(1)); err != nil {
		return err
	}
	reloaded := make(chan error)
	file, err := mapped.Parse(v.model(), parse, mapped.Options{
		ReloadOn: []live.Trigger{seen(live.Changed(poll, v.model()), reloaded)},
		Logger:   slog.New(slog.NewTextHandler(os.Stdout, nil)),
	})
	if err != nil {
		return err
	}

	const goroutines = 2
	var stop atomic.Bool
	var reads atomic.Int64
	var readers sync.WaitGroup
	failed := make(chan error, goroutines+1)
	for range goroutines {
		readers.Go(func() {
			for last := byte(0); !stop.Load(); reads.Add(1) {
				if err := file.Do(func(m *model) error {
					version, err := m.check()
					if version < last {
						return fmt.Errorf("version %d after version %d", version, last)
					}
					last = version
					return err
				}); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	failed <- renew(ctx, v, file, reloaded)
	stop.Store(true)
	readers.Wait()
	close(failed)
	// When it returns nothing is mapped.
	err = file.Shutdown(context.Background())
	for other := range failed {
		err = errors.Join(err, other)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%d reads, each of a whole version\n", reads.Load())
	return nil
}

// renew publishes version 2, a broken one and version 4.
func renew(ctx context.Context, v *volume, file *mapped.Parsed[*model], reloaded <-chan error) error {
	broken := encode(3)
	broken[size/2] ^= 1
	for _, next := range []struct {
		folder string
		file   []byte
		good   bool
		want   byte // the version that is used then
	}{
		{"..2", encode(2), true, 2},
		{"..3", broken, false, 2},
		{"..4", encode(4), true, 4},
	} {
		if err := v.publish(next.folder, next.file); err != nil {
			return err
		}
		if err := await(ctx, reloaded, next.good); err != nil {
			return err
		}
		if err := file.Do(func(m *model) error {
			if version, err := m.check(); err != nil || version != next.want {
				return errors.Join(err, fmt.Errorf("version %d, want %d", version, next.want))
			}
			fmt.Printf("with %s published, version %d is used\n", next.folder, next.want)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// await waits for a reload that is good, or for one that is not. A broken
// version is loaded again and again, until there is another.
func await(ctx context.Context, reloaded <-chan error, good bool) error {
	for {
		select {
		case err := <-reloaded:
			if (err == nil) == good {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	// run removes its folder, also after Ctrl-C.
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}
