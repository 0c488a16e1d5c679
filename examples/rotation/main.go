// Rotation gives a client a new pool of connections now and then, as when credentials change, while requests use the present one. The connections of the old pool are closed when its last
// request has ended: no request fails, and no connection is left.
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

	"hazptr"
)

// A pool is some connections to a server.
type pool struct {
	idle chan net.Conn
}

const connections = 3

func dial(address string) (*pool, error) {
	p := &pool{make(chan net.Conn, connections)}
	for range connections {
		conn, err := net.DialTimeout("tcp", address, 10*time.Second)
		if err != nil {
			return nil, err
		}
		p.idle <- conn
	}
	return p, nil
}

// ask borrows a connection for one question.
func (p *pool) ask(question int) (string, error) {
	conn := <-p.idle
	defer func() { p.idle <- conn }()
	if _, err := fmt.Fprintln(conn, question); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

// close ends the connections. All are idle: nobody uses the pool any more.
func (p *pool) close() {
	for range connections {
		(<-p.idle).Close()
	}
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
	first, err := dial(listener.Addr().String())
	if err != nil {
		return err
	}
	d := hazptr.NewDomain(hazptr.Config{Name: "pools"})
	present := hazptr.NewPointer(hazptr.PointerConfig[pool]{Reclaim: (*pool).close, Domain: d}, first)

	const clients, questions, rotations = 4, 200, 20
	var group sync.WaitGroup
	failed := make(chan error, clients)
	for range clients {
		group.Go(func() {
			for question := range questions {
				var answer string
				var err error
				present.Do(func(p *pool) { // holds the pool, also while this goroutine waits for the server
					answer, err = p.ask(question)
				})
				if err == nil && answer != fmt.Sprintln(question) {
					err = fmt.Errorf("asked %d, got %q", question, answer)
				}
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for range rotations {
		next, err := dial(listener.Addr().String())
		if err != nil {
			return err
		}
		present.Replace(next)
	}
	group.Wait()
	present.Replace(nil)
	if err := d.Close(context.Background()); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	default:
	}
	for deadline := time.Now().Add(10 * time.Second); open.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
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
