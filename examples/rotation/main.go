// Rotation gives a client a new pool of connections now and then, as when
// credentials change, while requests use the present one. The connections of an
// old pool are closed when its last request has ended: no request fails, and no
// connection is left.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/live"
)

// A pool is some connections to a server.
type pool struct{ idle chan net.Conn }

const connections = 3

func dial(ctx context.Context, address string) (*pool, error) {
	p := &pool{make(chan net.Conn, connections)}
	for range connections {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.idle <- conn
	}
	return p, nil
}

// ask borrows a connection for one question.
func (p *pool) ask(question int) error {
	conn := <-p.idle
	defer func() { p.idle <- conn }()
	if _, err := fmt.Fprintln(conn, question); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && answer != fmt.Sprintln(question) {
		err = fmt.Errorf("asked %d, got %q", question, answer)
	}
	return err
}

// close ends the connections. All are idle, since the pool is not in use.
func (p *pool) close() (err error) {
	for range len(p.idle) {
		err = errors.Join(err, (<-p.idle).Close())
	}
	return err
}

// echo answers every line with itself, and counts its connections.
func echo(listener net.Listener, open *atomic.Int64) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return // closed
		}
		open.Add(1)
		go func() {
			defer open.Add(-1)
			defer conn.Close()
			for lines := bufio.NewScanner(conn); lines.Scan(); {
				fmt.Fprintln(conn, lines.Text())
			}
		}()
	}
}

func run() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	var open atomic.Int64
	go echo(listener, &open)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	present, err := live.Open(ctx, live.Options[*pool]{
		Name:  "pool",
		Load:  func(ctx context.Context) (*pool, error) { return dial(ctx, listener.Addr().String()) },
		Close: (*pool).close,
	})
	if err != nil {
		return err
	}

	const clients, questions, rotations = 4, 200, 20
	var group sync.WaitGroup
	failed := make(chan error, clients+1)
	for range clients {
		group.Go(func() {
			for question := range questions {
				// The pool is in use also while the server takes its time.
				if err := present.Do(func(p *pool) error { return p.ask(question) }); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for range rotations {
		if err := present.Reload(ctx); err != nil {
			failed <- err
			break
		}
	}
	group.Wait()
	close(failed)
	if err := errors.Join(<-failed, present.Shutdown(ctx)); err != nil {
		return err
	}
	// The server sees the last ones end.
	for ; open.Load() > 0; time.Sleep(time.Millisecond) {
		if ctx.Err() != nil {
			return errors.New("the server has connections left")
		}
	}
	fmt.Printf("%d requests through %d pools, none failed, no connection left\n", clients*questions, rotations+1)
	return nil
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
