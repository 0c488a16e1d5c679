package storage

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/seaweedfs/seaweedfs/weed/storage/backend"
	"github.com/seaweedfs/seaweedfs/weed/storage/needle"
	"github.com/seaweedfs/seaweedfs/weed/storage/super_block"
	"github.com/seaweedfs/seaweedfs/weed/storage/types"
)

const hazptrBytes = 1 << 20

func hazptrVolume(t *testing.T, dir string, kind NeedleMapKind) *Volume {
	t.Helper()
	v, err := NewVolume(dir, dir, "", 1, kind, &super_block.ReplicaPlacement{}, &needle.TTL{}, 0, needle.GetCurrentVersion(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func hazptrData(id uint64) []byte { return bytes.Repeat([]byte{byte(id)}, hazptrBytes) }

func hazptrWrite(t *testing.T, v *Volume, ids ...uint64) {
	t.Helper()
	for _, id := range ids {
		data := hazptrData(id)
		if _, _, _, err := v.writeNeedle2(&needle.Needle{Id: types.NeedleId(id), Data: data, Checksum: needle.NewCRC(data)}, false, false, false); err != nil {
			t.Fatal(err)
		}
	}
}

func hazptrRead(v *Volume, id uint64) error {
	_, err := v.readNeedle(&needle.Needle{Id: types.NeedleId(id)}, nil, nil)
	return err
}

// A hazptrClient stops at its first byte until it is told to go on.
type hazptrClient struct {
	bytes.Buffer
	begun, goOn chan struct{}
}

func (c *hazptrClient) Write(p []byte) (int, error) {
	if c.Len() == 0 {
		close(c.begun)
		<-c.goOn
	}
	return c.Buffer.Write(p)
}

// hazptrServe has a client read a needle, of which it returns when the client
// has stopped. The function that it returns has it go on, and looks at what it
// has got.
func hazptrServe(t *testing.T, v *Volume, id uint64, slowRead bool) (finish func()) {
	t.Helper()
	c := &hazptrClient{begun: make(chan struct{}), goOn: make(chan struct{})}
	n := &needle.Needle{Id: types.NeedleId(id)}
	o := &ReadOption{AttemptMetaOnly: true, MustMetaOnly: true, HasSlowRead: slowRead, ReadBufferSize: hazptrBytes / 8}
	if _, err := v.readNeedle(n, o, nil); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- v.readNeedleDataInto(n, o, c, 0, int64(n.DataSize)) }()
	select {
	case err := <-served:
		t.Fatalf("it did not begin: %v", err)
	case <-c.begun:
	}
	return func() {
		t.Helper()
		close(c.goOn)
		if err := <-served; err != nil || !bytes.Equal(c.Bytes(), hazptrData(id)) {
			t.Errorf("%v, %d bytes", err, c.Len())
		}
	}
}

// Nothing waits for a client, and it gets the needle that it began with.
func TestHazptrClient(t *testing.T) {
	for name, do := range map[string]func(*testing.T, *Volume){
		"write": func(t *testing.T, v *Volume) { hazptrWrite(t, v, 3) },
		"delete": func(t *testing.T, v *Volume) {
			if _, err := v.deleteNeedle2(&needle.Needle{Id: 1}); err != nil {
				t.Error(err)
			}
		},
		"commit": func(t *testing.T, v *Volume) {
			if err := v.CommitCompact(); err != nil {
				t.Error(err)
			}
		},
		"close":   func(_ *testing.T, v *Volume) { v.Close() },
		"destroy": func(_ *testing.T, v *Volume) { _ = v.Destroy(false, false, false) },
	} {
		for kindName, kind := range map[string]NeedleMapKind{"memory": NeedleMapInMemory, "leveldb": NeedleMapLevelDb} {
			for slowName, slowRead := range map[string]bool{"": false, " hasSlowRead": true} {
				t.Run(name+" "+kindName+slowName, func(t *testing.T) {
					v := hazptrVolume(t, t.TempDir(), kind)
					if name != "destroy" { // after which Close waits for ever
						defer v.Close()
					}
					hazptrWrite(t, v, 1, 2)
					if err := v.CompactByIndex(nil); err != nil {
						t.Fatal(err)
					}
					finish := hazptrServe(t, v, 1, slowRead)
					do(t, v)
					finish()
					if err := tenures.Flush(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}

// Close closes the file that nothing reads before it returns, and the other
// when its last read has ended.
func TestHazptrClose(t *testing.T) {
	for _, read := range []bool{false, true} {
		v := hazptrVolume(t, t.TempDir(), NeedleMapInMemory)
		hazptrWrite(t, v, 1)
		file := v.DataBackend.(*backend.DiskFile)
		finish := func() {}
		if read {
			finish = hazptrServe(t, v, 1, false)
		}
		v.Close()
		if !read && file.File != nil {
			t.Error("Close has returned, and the file is open")
		}
		finish()
		if err := tenures.Barrier(context.Background()); err != nil {
			t.Fatal(err)
		}
		if file.File != nil {
			t.Errorf("read: %v: nothing reads the file, and it is open", read)
		}
	}
}

// A commit that fails before its marker leaves the volume as it was, and one
// that fails later leaves it closed. Nothing is lost.
func TestHazptrFailedCommit(t *testing.T) {
	for _, late := range []bool{false, true} {
		dir := t.TempDir()
		v := hazptrVolume(t, dir, NeedleMapInMemory)
		hazptrWrite(t, v, 1, 2)
		if err := v.CompactByIndex(nil); err != nil {
			t.Fatal(err)
		}
		there := []uint64{1, 2}
		if !late { // what has changed must be copied, and can't be
			hazptrWrite(t, v, 3)
			there = append(there, 3)
		}
		if err := os.Remove(v.FileName(".cpx")); err != nil {
			t.Fatal(err)
		}
		if err := v.CommitCompact(); err == nil {
			t.Fatal("the commit did not fail")
		}
		data := hazptrData(4)
		_, _, _, err := v.writeNeedle2(&needle.Needle{Id: 4, Data: data, Checksum: needle.NewCRC(data)}, false, false, false)
		if (err != nil) != late {
			t.Errorf("late: %v: a write afterwards: %v", late, err)
		}
		if err == nil {
			there = append(there, 4)
		}
		if err := hazptrRead(v, 1); (err != nil) != late {
			t.Errorf("late: %v: a read afterwards: %v", late, err)
		}
		v.Close()
		if late {
			// The marker says to finish with what is there, which is the data
			// alone.
			continue
		}
		v = hazptrVolume(t, dir, NeedleMapInMemory)
		for _, id := range there {
			if err := hazptrRead(v, id); err != nil {
				t.Errorf("needle %d, after a load: %v", id, err)
			}
		}
		v.Close()
	}
}
