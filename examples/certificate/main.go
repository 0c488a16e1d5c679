// Certificate renews the certificate of a TLS server that answers requests. The
// certificate and its key are replaced by renames, as certbot does it; no
// request fails. A certificate that does not fit its key is refused, and the
// present pair stays.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"hazptr/live"
)

const poll = 10 * time.Millisecond // elsewhere a minute will do

// A pair is a certificate and the key that has signed it, as in their files.
type pair struct{ cert, key []byte }

func newPair(serial int64) (p pair, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return p, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return p, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	p.cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	p.key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	return p, err
}

// write replaces a file by a rename, so that none is seen half written.
func write(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// serve serves until ctx ends. Each handshake has the certificate of its time.
func serve(ctx context.Context, listener net.Listener, present *live.Plain[*tls.Certificate]) error {
	server := http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") }),
		TLSConfig: &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return present.Get(), nil
		}},
	}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ServeTLS(listener, "", ""); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// A client connects anew for each request.
type client struct {
	http.Client
	url     string
	answers atomic.Int64
}

// ask returns the serial number of the server's certificate.
func (c *client) ask(ctx context.Context) (serial int64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
	if err != nil {
		return 0, err
	}
	r, err := c.Do(request)
	if err != nil {
		return 0, err
	}
	c.answers.Add(1)
	return r.TLS.PeerCertificates[0].SerialNumber.Int64(), r.Body.Close()
}

// await asks until the serial number is what is wanted.
func (c *client) await(ctx context.Context, want int64) error {
	for began := time.Now(); ; {
		switch serial, err := c.ask(ctx); {
		case err != nil:
			return err
		case serial == want:
			fmt.Printf("the server has certificate %d after %v\n", want, time.Since(began).Round(time.Millisecond))
			return nil
		}
	}
}

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "certificate-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	known := x509.NewCertPool()
	var pairs [3]pair
	for i := range pairs {
		if pairs[i], err = newPair(int64(i + 1)); err != nil {
			return err
		}
		known.AppendCertsFromPEM(pairs[i].cert)
	}
	if err := errors.Join(write(cert, pairs[0].cert), write(key, pairs[0].key)); err != nil {
		return err
	}

	present, err := live.OpenPlain(ctx, live.PlainOptions[*tls.Certificate]{
		Name: "certificate",
		Load: func(context.Context) (*tls.Certificate, error) {
			c, err := tls.LoadX509KeyPair(cert, key)
			return &c, err
		},
		ReloadOn: []live.Trigger{live.Changed(poll, cert, key)},
		Logger:   slog.New(slog.NewTextHandler(os.Stdout, nil)),
	})
	if err != nil {
		return err
	}
	defer present.Shutdown(ctx)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	serving, end := context.WithCancel(context.Background())
	defer end()
	served := make(chan error, 1)
	go func() { served <- serve(serving, listener, present) }()

	c := &client{url: "https://" + listener.Addr().String()}
	c.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: known}, DisableKeepAlives: true}
	var stop atomic.Bool
	var others sync.WaitGroup
	failed := make(chan error, 3)
	for range 2 {
		others.Go(func() {
			for !stop.Load() {
				if _, err := c.ask(ctx); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	failed <- renew(ctx, c, present,
		func(number int) error { return write(cert, pairs[number-1].cert) },
		func(number int) error { return write(key, pairs[number-1].key) })
	stop.Store(true)
	others.Wait()
	end()
	close(failed)
	err = <-served
	for other := range failed {
		err = errors.Join(err, other)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%d requests, none failed\n", c.answers.Load())
	return nil
}

// renew replaces the first pair by the second, and that by the third.
func renew(ctx context.Context, c *client, present *live.Plain[*tls.Certificate], writeCert, writeKey func(number int) error) error {
	if err := c.await(ctx, 1); err != nil {
		return err
	}
	if err := errors.Join(writeCert(2), writeKey(2)); err != nil {
		return err
	}
	if err := c.await(ctx, 2); err != nil {
		return err
	}
	fmt.Println("now a certificate comes long before its key")
	if err := writeCert(3); err != nil {
		return err
	}
	for present.Status().Err == nil {
		if _, err := c.ask(ctx); err != nil {
			return err
		}
	}
	if err := c.await(ctx, 2); err != nil { // it has stayed
		return err
	}
	if err := writeKey(3); err != nil {
		return err
	}
	return c.await(ctx, 3)
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
