package main

import (
	"slices"

	"hazptr/tools/loads/internal/patch"
)

// held makes each data file of a volume something that ends with the last read
// in it, on top of besideLock: so that a write or a vacuum's commit waits for
// no reader, however slow its client is.
//
// A volume has one lock, dataFileAccessLock. A read holds it from the lookup of
// its needle until the last byte is written to its client, or, with
// hasSlowRead, for each chunk of it, after which it looks whether the volume
// has been compacted meanwhile and finds its needle anew. A write, and a
// commit, take it for themselves: they wait for every read, and new reads wait
// behind them. What else the lock does for a read, and what does it now:
//
//   - It keeps the needle map from being closed or changed during the lookup.
//     It still does: lookUp takes it, for the lookup alone. So writes, deletes
//     and dropCancelledWrite, which tombstones what it has just published
//     before anything can see it, are what they were, and so is a leveldb.
//   - It keeps the data file open. Now the read holds the file's tenure, by a
//     Guard that it takes under the same lock. What ended the file before,
//     under the write lock, now takes the tenure away and retires it: the file
//     is closed when no Guard holds it. A read that comes later finds the next
//     one, and with it the map, revision and version that belong to it, since
//     all of them change in one critical section.
//   - It keeps the bytes as they are. They are written once. A failed fsync
//     cuts off what nothing refers to yet; UpdateReplicaPlacement writes the
//     super block, which no read reads.
//   - It makes Close wait for reads that are not slow ones. Now Close waits for
//     none. It syncs, and the file is closed before it returns unless something
//     reads it. With hasSlowRead, which is the default, it has not waited
//     either, and the next chunk of the read then found no file.
//
// A streamed read stays in the file in which it began. So it needs no second
// lookup, no check that a moved needle is the same, and neither of the two ways
// to lock: HasSlowRead is left without a meaning. That a volume was compacted
// between the reading of a needle's metadata and of its data is still looked
// for, once. A read ends with an error when the volume becomes unavailable, as
// before with hasSlowRead.
//
// A slow client keeps one descriptor and, after a commit, the old file's space
// on disk, until it has been served. Its tenure is retired in one domain for
// all volumes: nothing waits there for a read, and a server may have millions.
//
// The lookup takes the lock anyway, so a count of reads in each file, under
// that lock, would be another way to find the last one out. The garbage
// collector closes an os.File, too, some time after its last user: a commit
// that just forgot the old file would leave it, with its space, until then.
var held = slices.Concat(besideLock, []patch.Edit{
	patch.Add(inStorage+"volume_tenure.go", tenure),

	patch.Struct(inStorage+"volume.go", "Volume").Field("dataFileAccessLock", `dataFileAccessLock sync.RWMutex
		tenure             atomic.Pointer[tenure] // of DataBackend, once it is loaded`),
	patch.Func(inStorage+"volume.go", "(*Volume).RelocateIndexTo").Replace("_ = v.DataBackend.Close()\nv.DataBackend = nil", "v.endData()"),
	patch.Func(inStorage+"volume.go", "(*Volume).swapDataBackendLocked").ReplaceThrough("if v.DataBackend != nil {", "v.DataBackend = newBackend", `if v.DataBackend != nil {
		v.endData()
	}
	v.DataBackend = newBackend
	v.beginData()`),
	patch.Func(inStorage+"volume.go", "(*Volume).doClose").Replace("if err := v.DataBackend.Close(); err != nil {", "if err := v.DataBackend.Sync(); err != nil {"),
	patch.Func(inStorage+"volume.go", "(*Volume).doClose").Replace("v.DataBackend = nil", "v.endData()\nawaitEnds()"),
	load.Replace("v.DataBackend.Close()\nv.DataBackend = nil", "v.endData()"),
	load.Replace("hasLoadedVolume = true", "hasLoadedVolume = true\nv.beginData()"),
	become.Replace("data := v.DataBackend", ""),
	become.Replace("data.Close()", ""),
	become.Replace("v.DataBackend = next.DataBackend", "v.endData()\nv.DataBackend = next.DataBackend\nv.beginData()"),

	read("readNeedle").Replace(locked, "at, nv, ok := v.lookUp(n.Id)\ndefer at.held.Release()"),
	read("readNeedle").ReplaceThrough("if v.nm == nil {", "nv, ok := v.nm.Get(n.Id)", ""),
	read("readNeedle").Rename("v.DataBackend", "at.data"),
	read("readNeedle").Rename("v.Version()", "at.version"),
	read("readNeedle").Rename("v.SuperBlock.CompactionRevision", "at.revision"),

	read("readNeedleMetaAt").Replace(locked, begin),
	read("readNeedleMetaAt").Rename("v.DataBackend", "at.data"),
	read("readNeedleMetaAt").Rename("v.Version()", "at.version"),

	read("ReadNeedleBlob").Replace(locked, begin),
	read("ReadNeedleBlob").Rename("v.DataBackend", "at.data"),
	read("ReadNeedleBlob").Rename("v.Version()", "at.version"),

	read("verifyMovedRecord").Rename("verifyMovedRecord(n", "verifyMovedRecord(at reading, n"),
	read("verifyMovedRecord").Rename("v.DataBackend", "at.data"),
	read("verifyMovedRecord").Rename("v.Version()", "at.version"),

	stream.ReplaceThrough("if !readOption.HasSlowRead {", "nv, ok := v.nm.Get(n.Id)\nif readOption.HasSlowRead {\nv.dataFileAccessLock.RUnlock()\n}", `at, nv, ok := v.lookUp(n.Id)
	defer at.held.Release()
	if err := v.UnavailableError(); err != nil {
		return err
	}`),
	stream.After("if readSize == 0 {\nreturn nil\n}", "found := nv"),
	stream.ReplaceCommented("probeHeader := func() error {", `
	// No other needle's data must go out. If the volume was compacted since the metadata was read, the needle has moved.
	probeHeader := func() error {`),
	stream.ReplaceThrough("if v.nm == nil {", "nv = refreshed", `if err := v.verifyMovedRecord(at, n, found, ok, readOption); err != nil {
		return err
	}
	nv = found`),
	stream.ReplaceThrough("if readOption.HasSlowRead {\nv.dataFileAccessLock.RLock()\n}\nprobeErr := probeHeader()", "if readOption.HasSlowRead {\nv.dataFileAccessLock.RUnlock()\n}", "probeErr := probeHeader()"),
	stream.ReplaceThrough("if readOption.HasSlowRead {\nv.dataFileAccessLock.RLock()\nif err := v.UnavailableError(); err != nil {", "count, err := n.ReadNeedleData(v.DataBackend, actualOffset, buf, x)\nif readOption.HasSlowRead {\nv.dataFileAccessLock.RUnlock()\n}", `if err := v.UnavailableError(); err != nil {
		return err
	}
	count, err := n.ReadNeedleData(v.DataBackend, actualOffset, buf, x)`),
	stream.Rename("v.DataBackend", "at.data"),
	stream.Rename("v.SuperBlock.CompactionRevision", "at.revision"),
})

const (
	inStorage = "weed/storage/"
	locked    = "v.dataFileAccessLock.RLock()\ndefer v.dataFileAccessLock.RUnlock()"
	begin     = "at := v.begin()\ndefer at.held.Release()"
)

var (
	load   = patch.Func(inStorage+"volume_loading.go", "(*Volume).load")
	become = patch.Func(inStorage+"volume_vacuum.go", "(*Volume).become")
	stream = read("streamNeedleData")
)

// read is a method of a volume that reads its data file.
func read(method string) patch.Place {
	return patch.Func(inStorage+"volume_read.go", "(*Volume)."+method)
}

const tenure = `package storage

import (
	"context"

	"hazptr"

	"github.com/seaweedfs/seaweedfs/weed/glog"
	"github.com/seaweedfs/seaweedfs/weed/storage/backend"
	"github.com/seaweedfs/seaweedfs/weed/storage/needle"
	"github.com/seaweedfs/seaweedfs/weed/storage/needle_map"
	"github.com/seaweedfs/seaweedfs/weed/storage/types"
)

// A tenure is the time for which a data file is open. A read holds it.
type tenure struct{ file backend.BackendStorageFile }

// tenures closes data files.
var tenures = hazptr.NewDomain(hazptr.Config{Name: "seaweedfs"})

func (t *tenure) end() {
	if err := t.file.Close(); err != nil {
		glog.V(0).Infof("failed to close %s: %v", t.file.Name(), err)
	}
}

// awaitEnds waits until data files are closed that nothing reads.
func awaitEnds() {
	_ = tenures.Flush(context.Background()) // fails only with its context
}

// beginData has reads hold the data file from now on. The caller holds dataFileAccessLock, or is loading the volume.
func (v *Volume) beginData() {
	if v.tenure.Load() == nil {
		v.tenure.Store(&tenure{v.DataBackend})
	}
}

// endData takes the data file from the volume. It is closed when nothing reads it. The caller is as beginData's.
func (v *Volume) endData() {
	t := v.tenure.Swap(nil)
	if t == nil {
		t = &tenure{v.DataBackend}
	}
	v.DataBackend = nil
	hazptr.RetireIn(tenures, t, 0, (*tenure).end)
}

// A reading is what a read needs of the volume, as it was when the read began.
type reading struct {
	data     backend.BackendStorageFile
	revision uint16
	version  needle.Version
	held     hazptr.Guard[tenure]
}

// begin begins a read.
func (v *Volume) begin() reading {
	v.dataFileAccessLock.RLock()
	defer v.dataFileAccessLock.RUnlock()
	return v.beginLocked()
}

// lookUp begins a read of a needle, and finds it.
func (v *Volume) lookUp(id types.NeedleId) (at reading, nv *needle_map.NeedleValue, ok bool) {
	v.dataFileAccessLock.RLock()
	defer v.dataFileAccessLock.RUnlock()
	if v.nm == nil {
		glog.V(0).Infof("volume %d: needle map not loaded; read returns not-found", v.Id)
		return
	}
	nv, ok = v.nm.Get(id)
	return v.beginLocked(), nv, ok
}

func (v *Volume) beginLocked() reading {
	return reading{v.DataBackend, v.SuperBlock.CompactionRevision, v.Version(), hazptr.Acquire(&v.tenure)}
}
`
