package main

import "hazptr/tools/loads/internal/patch"

// kept keeps the old data file open while the compacted one takes its name, so
// that the rename, under the lock, doesn't free its space. The file is closed
// when dataFileAccessLock is not held any more. What a commit does otherwise
// under the lock stays there.
var kept = []patch.Edit{
	commit.Before(`v.dataFileAccessLock.Lock()
		defer v.dataFileAccessLock.Unlock()`, `if old, err := os.Open(v.FileName(".dat")); err == nil {
			defer old.Close()
		}`),
}

// besideLock has a vacuum's commit load the compacted files beside the old
// ones, which are read meanwhile, and take dataFileAccessLock only to swap
// them.
//
// CommitCompact holds dataFileAccessLock from begin to end: while it closes the
// old files, copies what has changed since they were copied, renames the new
// ones, which frees the space of the old, and loads them. It also holds
// dataFileSyncLock, as all do that change the files, the volume's fields or its
// needle map. So it need not keep reads out until the new files are loaded.
//
//   - The old files stay open and as they are: a name is renamed, not a file.
//     Writes and deletes wait for dataFileSyncLock, and so do Close, Destroy
//     and what moves a volume. The needle map must be one in memory: a leveldb,
//     and a sorted file, are found by their names, which the new ones take.
//     They go the old way.
//   - The files are loaded into a Volume that nothing else knows, and what load
//     sets is taken over under the lock, with superBlockAccessLock and
//     noWriteLock for what they guard. A volume that has become read-only
//     meanwhile, which takes only noWriteLock, stays so. The .vif's content is
//     not taken over: the volume changes it in memory and on disk.
//   - Scrub and ScrubIndex open the index by its name and compare it with what
//     is open. They now hold dataFileSyncLock: a commit waits for them, as it
//     did, and writes wait for dataFileAccessLock anyway.
//   - A commit that fails before its marker is written leaves the volume as it
//     was, in place of closed. From then on the old files may be gone at the
//     next load, so the volume is closed, as before: nothing may be written
//     there.
//
// It is what a reviewer would ask for first. A commit's lock still waits for
// every read, and new reads wait behind it: it is as slow as the slowest
// client.
var besideLock = []patch.Edit{
	patch.Append(inStorage+"volume_vacuum.go", beside),

	commit.Replace("func (v *Volume) CommitCompact() error {", "func (v *Volume) CommitCompact() (err error) {"),
	commit.Replace("v.dataFileAccessLock.Lock()\ndefer v.dataFileAccessLock.Unlock()", `// Reads go on in the old files, unless the new ones take their names.
		_, beside := v.nm.(*NeedleMap)
		beside = beside && v.DataBackend != nil
		if !beside {
			v.dataFileAccessLock.Lock()
			defer v.dataFileAccessLock.Unlock()
		}`),
	commit.ReplaceThrough("if v.nm != nil {", `stats.VolumeServerVolumeGauge.WithLabelValues(v.Collection, "volume").Dec()`, `if !beside {
			v.doClose()
		}`),
	commit.Before("if e := v.writeCompactCommitMarker(); e != nil {", `if beside {
			// Nothing may be written any more into files that are replaced.
			defer func() {
				if err != nil {
					v.dataFileAccessLock.Lock()
					v.doClose()
					v.dataFileAccessLock.Unlock()
				}
			}()
		}`),
	commit.Replace("e := v.load(true, false, v.needleMapKind, 0, v.Version())", `var e error
		if beside {
			e = v.loadBeside()
		} else {
			e = v.load(true, false, v.needleMapKind, 0, v.Version())
		}`),
	patch.Func(inStorage+"volume_checking.go", "(*Volume).ScrubIndex").Before(locked, syncLocked),
	patch.Func(inStorage+"volume_checking.go", "(*Volume).Scrub").Before(locked, syncLocked),
}

const syncLocked = "v.dataFileSyncLock.Lock()\ndefer v.dataFileSyncLock.Unlock()"

var commit = patch.Func(inStorage+"volume_vacuum.go", "(*Volume).CommitCompact")

const beside = `
// loadBeside loads the volume's files while the old ones are read, and then has it use them. The caller holds dataFileSyncLock.
func (v *Volume) loadBeside() error {
	v.noWriteLock.RLock()
	next := &Volume{
		Id: v.Id, dir: v.dir, dirIdx: v.dirIdx, Collection: v.Collection,
		needleMapKind: v.needleMapKind, ldbTimeout: v.ldbTimeout, tmpNm: v.tmpNm,
		noWriteOrDelete: v.noWriteOrDelete, noWriteCanDelete: v.noWriteCanDelete,
		lastModifiedTsSeconds: v.lastModifiedTsSeconds, keepLastModifiedTsOnLoad: v.keepLastModifiedTsOnLoad,
		lastWriteAppendAtNs: v.lastWriteAppendAtNs, lastWriteNeedleKey: v.lastWriteNeedleKey, lastWriteDeleted: v.lastWriteDeleted,
	}
	v.noWriteLock.RUnlock()
	v.tmpNm = nil
	if err := next.load(true, false, v.needleMapKind, 0, v.Version()); err != nil {
		return err
	}
	v.become(next)
	return nil
}

// become has the volume use what next has loaded, and closes what it has used.
func (v *Volume) become(next *Volume) {
	nm := v.nm
	data := v.DataBackend
	v.dataFileAccessLock.Lock()
	v.loadGeneration.Store(next.loadGeneration.Load())
	v.dirIdx = next.dirIdx
	v.nm, v.tmpNm = next.nm, next.tmpNm
	v.DataBackend = next.DataBackend
	v.superBlockAccessLock.Lock()
	v.SuperBlock = next.SuperBlock
	v.superBlockAccessLock.Unlock()
	v.noWriteLock.Lock()
	v.noWriteOrDelete = v.noWriteOrDelete || next.noWriteOrDelete
	v.noWriteCanDelete = v.noWriteCanDelete || next.noWriteCanDelete
	v.noWriteLock.Unlock()
	v.lastAppendAtNs, v.lastModifiedTsSeconds = next.lastAppendAtNs, next.lastModifiedTsSeconds
	v.lastWriteAppendAtNs, v.lastWriteNeedleKey, v.lastWriteDeleted = next.lastWriteAppendAtNs, next.lastWriteNeedleKey, next.lastWriteDeleted
	v.dataFileAccessLock.Unlock()

	stats.VolumeServerVolumeGauge.WithLabelValues(v.Collection, "volume").Dec() // one of the two is gone
	nm.Close()
	data.Close()
}
`
