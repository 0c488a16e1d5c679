package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/seaweedfs/seaweedfs/weed/stats"
	"github.com/seaweedfs/seaweedfs/weed/storage"
	"github.com/seaweedfs/seaweedfs/weed/storage/needle"
	"github.com/seaweedfs/seaweedfs/weed/storage/types"
	"github.com/seaweedfs/seaweedfs/weed/util"
	flag "github.com/seaweedfs/seaweedfs/weed/util/fla9"

	"hazptr/tools/loads/internal/value"
)

// A volume is one of a store, which has no other.
type volume struct {
	store *storage.Store
	id    needle.VolumeId
}

// open opens the volume in a folder, and makes it if it is not there.
func open(dir string, leveldb bool) (*volume, error) {
	// SeaweedFS logs into files.
	for name, value := range map[string]string{"logdir": dir, "alsologtostderr": "false", "stderrthreshold": "FATAL"} {
		if err := flag.Set(name, value); err != nil {
			return nil, err
		}
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	kind := storage.NeedleMapKind(storage.NeedleMapInMemory)
	if leveldb {
		kind = storage.NeedleMapLevelDb
	}
	v := &volume{id: 1, store: storage.NewStore(nil, "localhost", 0, 0, "", "worker", []string{dir}, []int32{1}, []util.MinFreeSpace{{}}, "", kind,
		[]types.DiskType{types.HardDriveType}, nil, 0, stats.DiskIOProbeConfig{})}
	if v.store.HasVolume(v.id) {
		return v, nil
	}
	return v, v.store.AddVolume(v.id, "", kind, "000", "", 0, needle.GetCurrentVersion(), 0, types.HardDriveType, 0)
}

func (v *volume) close() { v.store.Close() }

// write writes a needle of so many bytes.
func (v *volume) write(id uint64, size int) error {
	data := make([]byte, size)
	value.Fill(data, id)
	_, err := v.store.WriteVolumeNeedle(v.id, &needle.Needle{Id: types.NeedleId(id), Data: data, Checksum: needle.NewCRC(data)}, false, false)
	if err != nil {
		return fmt.Errorf("writing needle %d: %w", id, err)
	}
	return nil
}

func (v *volume) remove(id uint64) error {
	if _, err := v.store.DeleteVolumeNeedle(v.id, &needle.Needle{Id: types.NeedleId(id)}); err != nil {
		return fmt.Errorf("deleting needle %d: %w", id, err)
	}
	return nil
}

// read reads a needle.
func (v *volume) read(id uint64) ([]byte, error) {
	n := &needle.Needle{Id: types.NeedleId(id)}
	if _, err := v.store.ReadVolumeNeedle(v.id, n, nil, nil); err != nil {
		return nil, fmt.Errorf("reading needle %d: %w", id, err)
	}
	return n.Data, nil
}

// gone reports whether the needle is not there.
func (v *volume) gone(id uint64) (bool, error) {
	_, err := v.read(id)
	if errors.Is(err, storage.ErrorNotFound) || errors.Is(err, storage.ErrorDeleted) {
		return true, nil
	}
	return false, err
}

// bytes is the size of the data file.
func (v *volume) bytes() int64 {
	size, _, _ := v.store.GetVolume(v.id).FileStat()
	return int64(size)
}
