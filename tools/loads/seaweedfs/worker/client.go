package main

import (
	"bytes"
	"fmt"
	"time"

	"github.com/seaweedfs/seaweedfs/weed/storage"
	"github.com/seaweedfs/seaweedfs/weed/storage/needle"
	"github.com/seaweedfs/seaweedfs/weed/storage/types"

	"hazptr/tools/loads/internal/value"
)

// clientBytes is the size of the needle that the slow client reads.
const clientBytes = 8 << 20

// buffer is how much of it is read at a time.
const buffer = 256 << 10

// A client takes its time with all that is written to it.
type client struct {
	bytes.Buffer
	takes time.Duration // for all of it
}

func (c *client) Write(p []byte) (int, error) {
	time.Sleep(c.takes * time.Duration(len(p)) / clientBytes)
	return c.Buffer.Write(p)
}

// stream reads a needle as the volume server's handler does for a client: its
// metadata first, and then its data into the client.
func (v *volume) stream(id uint64, takes time.Duration, slowRead bool) error {
	n := &needle.Needle{Id: types.NeedleId(id)}
	o := &storage.ReadOption{AttemptMetaOnly: true, HasSlowRead: slowRead, ReadBufferSize: buffer}
	if _, err := v.store.ReadVolumeNeedle(v.id, n, o, nil); err != nil {
		return fmt.Errorf("metadata of needle %d: %w", id, err)
	}
	c := &client{takes: takes}
	if err := v.store.ReadVolumeNeedleDataInto(v.id, n, o, c, 0, int64(n.DataSize)); err != nil {
		return fmt.Errorf("streaming needle %d: %w", id, err)
	}
	return value.Verify(c.Bytes(), id, clientBytes)
}
