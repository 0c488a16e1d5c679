package selfwait

import (
	"context"
	"log"

	"hazptr/live"
	"hazptr/mapped"
)

type database struct{ name string }

var (
	ctx     = context.Background()
	current *live.Value[*database]
	other   *live.Value[*database]
	pool    *live.Pool[string, *database]
	file    *mapped.File
)

func inDo() error {
	return current.Do(func(*database) error {
		return current.Drain(ctx) // want `Drain waits here for the Do that it is called in \(line 22\), until its Context ends; call it after the Do`
	})
}

func shutdownInDo(v *live.Value[*database]) error {
	return v.Do(func(d *database) error {
		if d.name == "" {
			defer v.Shutdown(ctx) // want `Shutdown waits here for the Do`
		}
		return nil
	})
}

func inPool(p *live.Pool[string, *database]) {
	p.Do(ctx, "a", func(*database) error {
		return p.Shutdown(ctx) // want `Shutdown waits here for the Do`
	})
}

func inFile() {
	file.Do(func([]byte) error {
		file.Drain(ctx) // want `Drain waits here for the Do`
		return nil
	})
}

type server struct {
	databases *live.Value[*database]
	file      *mapped.Parsed[*database]
}

func (s *server) start() (err error) {
	s.databases, err = live.Open(ctx, live.Options[*database]{Name: "databases", Load: s.load, Close: func(*database) error {
		return s.databases.Drain(ctx) // want `Drain would wait here for the function that it is called in, which belongs to the options at line 55, and panics; call it elsewhere`
	}})
	return err
}

func (s *server) load(ctx context.Context) (*database, error) {
	s.again(s.databases)
	return &database{}, nil
}

func (s *server) again(v *live.Value[*database]) {
	v.Reload(ctx) // want `Reload would wait here for the function that it is called in`
}

func (s *server) serve() error {
	return s.databases.Do(func(d *database) error {
		s.stop()
		return nil
	})
}

func (s *server) stop() {
	s.databases.Shutdown(ctx) // want `Shutdown waits here for the Do`
}

func (s *server) use(*database) error {
	return s.file.Drain(ctx) // want `Drain waits here for the Do`
}

func (s *server) parsed() { s.file.Do(s.use) }

func newServer() (*server, error) {
	var err error
	s := new(server)
	s.file, err = mapped.Parse("file", func([]byte) (*database, error) {
		return nil, s.file.Reload(ctx) // want `Reload would wait here`
	}, mapped.Options{})
	return s, err
}

func local() *live.Value[*database] {
	var v *live.Value[*database]
	o := live.Options[*database]{Name: "local"}
	o.Close = func(*database) error {
		return v.Shutdown(ctx) // want `Shutdown would wait here`
	}
	v = live.New(&database{}, o)
	return v
}

func localPool() *live.Pool[string, *database] {
	var p *live.Pool[string, *database]
	p = live.NewPool(live.PoolOptions[string, *database]{
		Open: func(context.Context, string) (*database, error) {
			return nil, p.Shutdown(ctx) // want `Shutdown would wait here for the function that it is called in, .*, until its Context ends`
		},
		Close: func(string, *database) error {
			p.Shutdown(ctx) // want `Shutdown would wait here`
			return nil
		},
	})
	return p
}

// What follows is right.

func after() error {
	if err := current.Do(func(*database) error { return current.Reload(ctx) }); err != nil {
		return err
	}
	if err := current.Drain(ctx); err != nil {
		return err
	}
	return current.Shutdown(ctx)
}

func ofAnother(a, b *live.Value[*database]) {
	current.Do(func(*database) error { return other.Drain(ctx) })
	a.Do(func(*database) error { return b.Shutdown(ctx) })
}

func inParallel() {
	current.Do(func(*database) error {
		go current.Shutdown(ctx)
		go func() { log.Print(current.Drain(ctx)) }()
		return current.Close()
	})
}

func (o *owner) changes(next *live.Value[*database]) {
	o.value.Do(func(*database) error {
		o.value = next
		return o.value.Drain(ctx)
	})
}

func (s *server) ofOther(t *server) {
	s.databases.Do(func(*database) error { return t.databases.Drain(ctx) })
}

func drainsOther() {
	v := live.New(&database{}, live.Options[*database]{Name: "a", Close: func(*database) error { return other.Drain(ctx) }})
	v.Reload(ctx)
}

func changing(v *live.Value[*database]) {
	v.Do(func(*database) error { return v.Drain(ctx) })
	v = current
}

type owner struct{ value *live.Value[*database] }

// The Load of the second may end the first.
func (o *owner) renew() {
	o.value = live.New(&database{}, live.Options[*database]{Name: "first"})
	o.value, _ = live.Open(ctx, live.Options[*database]{Name: "second", Load: func(context.Context) (*database, error) {
		return &database{}, o.value.Shutdown(ctx)
	}})
}
