package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
)

// A server is an etcd of one member, which listens on loopback alone.
type server struct {
	etcd     *embed.Etcd
	endpoint string
}

// patience is how long a server may take to begin.
const patience = time.Minute

// start starts a server of the data in a folder.
func start(ctx context.Context, data string) (*server, error) {
	cfg := embed.NewConfig()
	cfg.Dir = data
	cfg.LogLevel = "fatal"
	cfg.QuotaBackendBytes = 64 << 30
	cfg.MaxWalFiles, cfg.MaxSnapFiles = 1, 1
	loopback := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = loopback, loopback
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = loopback, loopback
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, fmt.Errorf("starting etcd: %w", err)
	}
	s := &server{e, e.Clients[0].Addr().String()}
	select {
	case <-e.Server.ReadyNotify():
		return s, nil
	case err = <-e.Err():
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(patience):
		err = errors.New("it is not ready in time")
	}
	e.Close()
	return nil, fmt.Errorf("starting etcd: %w", err)
}

func (s *server) close() { s.etcd.Close() }

// dial returns a client of its own connection.
func (s *server) dial() (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: []string{s.endpoint}, DialTimeout: patience, MaxCallRecvMsgSize: 64 << 20, Logger: zap.NewNop()})
}

// hash returns etcd's own hash of a revision, or of the present one for 0, and
// that revision.
func (s *server) hash(ctx context.Context, c *clientv3.Client, revision int64) (uint32, int64, error) {
	r, err := c.HashKV(ctx, s.endpoint, revision)
	if err != nil {
		return 0, 0, fmt.Errorf("the hash of revision %d: %w", revision, err)
	}
	if revision == 0 {
		revision = r.Header.Revision
	}
	return r.Hash, revision, nil
}

// database is the file of the data.
func database(data string) string { return filepath.Join(data, "member", "snap", "db") }
