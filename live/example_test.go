package live_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"syscall"
	"time"

	"hazptr/live"
)

// A Database is something that must be closed, and not in use.
type Database struct{ version int }

func OpenDatabase(version int) (*Database, error) { return &Database{version}, nil }

func (db *Database) Lookup(key string) (string, error) {
	return fmt.Sprintf("%s in version %d", key, db.version), nil
}

func (db *Database) Close() error {
	fmt.Println("closed version", db.version)
	return nil
}

func ExampleValue() {
	ctx := context.Background()
	version := 0
	v, err := live.Open(ctx, live.Options[*Database]{
		Name:     "database",
		Load:     func(context.Context) (*Database, error) { version++; return OpenDatabase(version) },
		Close:    (*Database).Close,
		ReloadOn: []live.Trigger{live.Every(time.Hour)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = v.Do(func(db *Database) error {
		if err := v.Reload(ctx); err != nil { // as a trigger does, meanwhile
			return err
		}
		// The old one is not closed before this use ends.
		found, err := db.Lookup("lemon")
		fmt.Println(found)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	if err := v.Drain(ctx); err != nil {
		fmt.Println(err)
	}
	if err := v.Shutdown(ctx); err != nil {
		fmt.Println(err)
	}
	// Output:
	// lemon in version 1
	// closed version 1
	// closed version 2
}

// A certificate that is loaded anew when its files change. The garbage
// collector frees it, so a Plain has it, whose Get has no rule.
func ExamplePlain() {
	certificates := func(ctx context.Context, cert, key string) (*live.Plain[*tls.Certificate], error) {
		return live.OpenPlain(ctx, live.PlainOptions[*tls.Certificate]{
			Name: "certificate",
			Load: func(context.Context) (*tls.Certificate, error) {
				c, err := tls.LoadX509KeyPair(cert, key)
				return &c, err
			},
			ReloadOn: []live.Trigger{live.Changed(time.Minute, cert, key), live.Signal(syscall.SIGHUP)},
		})
	}
	serve := func(c *live.Plain[*tls.Certificate]) *tls.Config {
		return &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.Get(), nil }}
	}
	_, _ = certificates, serve
}

// Two databases that are loaded, used and closed together, of which one need
// not be there: the Value holds a struct.
func ExampleValue_two() {
	type databases struct{ city, network *Database }
	v, err := live.Open(context.Background(), live.Options[databases]{
		Name: "geoip",
		Load: func(context.Context) (d databases, err error) {
			if d.city, err = OpenDatabase(1); err != nil {
				return d, err
			}
			d.network, _ = OpenDatabase(2)
			return d, nil
		},
		Close: func(d databases) error {
			err := d.city.Close()
			if d.network != nil {
				err = errors.Join(err, d.network.Close())
			}
			return err
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = v.Shutdown(context.Background())
	// Output:
	// closed version 1
	// closed version 2
}

// AfterReload is a Trigger around a Trigger, which sees each reload.
func ExampleTrigger_afterReload() {
	afterReload := func(t live.Trigger, act func(error)) live.Trigger {
		return func(ctx context.Context, reload func(context.Context) error) {
			t(ctx, func(ctx context.Context) error {
				err := reload(ctx)
				act(err)
				return err
			})
		}
	}
	reloaded := make(chan error)
	v, err := live.OpenPlain(context.Background(), live.PlainOptions[int]{
		Name: "config",
		Load: func(context.Context) (int, error) { return 1, nil },
		ReloadOn: []live.Trigger{
			afterReload(live.Every(time.Millisecond), func(err error) {
				select {
				case reloaded <- err:
				default:
				}
			}),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("reloaded:", <-reloaded)
	_ = v.Shutdown(context.Background())
	// Output: reloaded: <nil>
}

// A Watcher is that of package fsnotify.
type Watcher struct {
	Events chan struct{ Name string }
	Errors chan error
}

// Events of fsnotify as a Trigger. The watcher watches the file's directory,
// since a rename puts another file in its place. Unlike Changed it may reload
// while the file is being written.
func ExampleTrigger() {
	events := func(w *Watcher, path string) live.Trigger {
		return func(ctx context.Context, reload func(context.Context) error) {
			for {
				select {
				case e := <-w.Events:
					if e.Name == path {
						_ = reload(ctx) // a failure is logged
					}
				case <-w.Errors:
				case <-ctx.Done():
					return
				}
			}
		}
	}
	_ = events
}

// Tables opens segments when they are asked for, and keeps a hundred of them
// open.
func ExamplePool() {
	tables := live.NewPool(live.PoolOptions[int, *Database]{
		Name:  "tables",
		Open:  func(_ context.Context, version int) (*Database, error) { return OpenDatabase(version) },
		Close: func(_ int, db *Database) error { return db.Close() },
		Max:   100,
	})
	err := tables.Do(context.Background(), 7, func(db *Database) error {
		found, err := db.Lookup("lemon")
		fmt.Println(found)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	tables.Drop(7) // it is closed when it is not in use
	_ = tables.Shutdown(context.Background())
	// Output:
	// lemon in version 7
	// closed version 7
}

// A Lease is a use that outlives a call, and may end in another goroutine.
func ExampleLease() {
	v := live.New(&Database{1}, live.Options[*Database]{Name: "database", Close: (*Database).Close})
	l, err := v.Acquire()
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = v.Store(&Database{2}) // version 1 is not closed yet
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer l.Release()
		fmt.Println("in use:", l.Value().version)
	}()
	<-done
	_ = v.Shutdown(context.Background())
}

// An Error tells that the value was not used.
func ExampleError() {
	v := live.New(1, live.Options[int]{Name: "number"})
	_ = v.Close()
	err := v.Do(func(int) error { return errors.New("of the use") })
	var own *live.Error
	fmt.Println(errors.As(err, &own), errors.Is(err, live.ErrClosed), err)
	// Output: true true live: "number": Do: closed
}

// A Status tells what a page or a health check wants to know.
func ExampleStatus() {
	v := live.New("first", live.Options[string]{Name: "text"})
	_ = v.Store("second")
	s := v.Status()
	fmt.Println(s.Name, s.Generation, s.Err)
	_ = v.Shutdown(context.Background())
	// Output: text 2 <nil>
}

// An Old tells where a replaced value is in use, with Options.Trace.
func ExampleOld() {
	v := live.New("first", live.Options[string]{Name: "text", Trace: true})
	_ = v.Do(func(string) error {
		_ = v.Store("second")
		for _, o := range v.Status().Old {
			fmt.Println("generation", o.Generation, "has users:", o.Users, "traced:", len(o.Acquired))
		}
		return nil
	})
	_ = v.Shutdown(context.Background())
	// Output: generation 1 has users: 1 traced: 1
}
