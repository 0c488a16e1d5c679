package main

import (
	"slices"

	"hazptr/tools/loads/internal/patch"
)

// edits let a file of the value log go when the iterators that may read it are
// gone, in place of when there is no iterator at all.
//
// RunValueLogGC rewrites a file: what is alive in it is written again, with the
// same keys and versions, to the end of the value log. Iterators that began
// before have the old places. So badger counts all iterators, and deletes a
// file that was rewritten when that count is zero: at once, or in the Close of
// the last iterator. Where iterators overlap it never is.
//
// Now time is divided into eras, each of which ends with a file that was
// rewritten. An iterator holds the era in which it begins by a Guard. The file
// goes when its era and all before it are over, which is when no iterator is
// open that began before the file was rewritten:
//
//   - An iterator that began later has the new places. It takes its era first
//     and its tables then. The values were written again before the era ended
//     (batchSet returns when they are in a memtable), so its tables have them,
//     and of two entries with the same key and version an iterator takes that
//     of the newer table. Badger takes the tables first and counts then,
//     between which the file may go; that is why the line moves.
//   - An iterator that began earlier holds this file's era, or one before.
//     filesToBeDeleted has the eras in order, each with its file, and endEra
//     deletes files from its beginning, up to the first era that some iterator
//     holds. Nothing but RunValueLogGC ends an era, and badger lets one run at
//     a time.
//   - Whatever the iterator's last prefetching goroutine reads, it has read
//     when Close gives the Guard back: Close waits for them before, as it
//     did.
//
// With no iterator open the file is gone when RunValueLogGC returns, as before,
// since Flush waits for what nothing holds. Otherwise a goroutine of the domain
// deletes it right after the Close of the last iterator that needed it. An
// error of that was thrown away, and is logged now; so is one that
// RunValueLogGC returned.
//
// DB.Close doesn't wait for iterators, as before. What none holds goes then.
// What one holds stays in the folder, as before, and if the iterator is closed
// later, that has no effect: before, it waited for ever for a lock of the file
// that DB.Close keeps.
//
// DropAll deletes all files, whatever iterators there are, and counts from 1
// again. Badger leaves filesToBeDeleted as it is, so that a new file with an
// old one's number is deleted by the Close of the last iterator. Now the list
// is emptied. An iterator from before finds no file, as before, so what is
// rewritten later need not wait for it.
//
// What remains as it was: a Get holds nothing. If the file that it has found
// goes before its value is read, the value is empty. With files that never go
// this can't happen.
var edits = slices.Concat(common, []patch.Edit{
	patch.Add("era.go", heldEras),

	patch.Import("iterator.go", "hazptr"),
	iterator.Field("iitr", "era hazptr.Guard[era] // in which it began\niitr y.Iterator"),
	beginIterator("txn.db.vlog.era.Acquire()"),
	closeIterator.ReplaceCommented("_ = it.txn.db.vlog.decrIteratorCount()", "it.era.Release()"),

	patch.Import("value.go", "hazptr"),
	valueLog.Field("filesLock", "// guards our view of which files exist, which to be deleted\nfilesLock sync.RWMutex"),
	valueLog.Field("numActiveIterators", `era hazptr.Pointer[era] // the present one, in which iterators begin
	endings *hazptr.Domain // of eras`),
	patch.Func("value.go", "(*valueLog).init").After("vlog.dirPath = vlog.opt.ValueDir", "vlog.initEras()"),
	rewrite.Replace(deleteNow, "vlog.nextEra(f)\nreturn nil"),
	patch.Func("value.go", "(*valueLog).Close").After(`vlog.opt.Debugf("Stopping garbage collection of values.")`, "vlog.closeEras()"),
})

// plain are the edits that do it without the library, for comparison: a count
// of the iterators of each era, under filesLock. The Close of an iterator
// deletes files itself, as before, and RunValueLogGC returns its errors.
var plain = slices.Concat(common, []patch.Edit{
	patch.Add("era.go", countedEras),

	iterator.Field("iitr", "era *era // in which it began\niitr y.Iterator"),
	beginIterator("txn.db.vlog.enterEra()"),
	closeIterator.Replace("_ = it.txn.db.vlog.decrIteratorCount()", "_ = it.txn.db.vlog.leaveEra(it.era)"),

	valueLog.Field("numActiveIterators", "era *era // the present one, in which iterators begin"),
	patch.Func("value.go", "(*valueLog).init").After("vlog.db = db", "vlog.era = new(era)"),
	rewrite.Replace(deleteNow, "return vlog.nextEra(f)"),
})

// common are the edits that both make.
var common = []patch.Edit{
	newIterator.Replace("txn.db.vlog.incrIteratorCount()", ""),
	newIterator.After("res := &Iterator{", "era: era,"),
	valueLog.Field("filesToBeDeleted", "filesToBeDeleted []*era // that were ended and are not over, or not all before them; oldest first"),
	rewrite.Replace("for _, fid := range vlog.filesToBeDeleted {\nif fid == f.fid {", "for _, e := range vlog.filesToBeDeleted {\nif fid := e.file.fid; fid == f.fid {"),
	rewrite.Replace("var deleteFileNow bool", ""),
	rewrite.Replace(deleteNowOrLater, ""),
	patch.File("value.go").Replace(counting, ""),
	patch.Func("value.go", "(*valueLog).dropAll").After("vlog.filesMap = make(map[uint32]*logFile)", "vlog.filesToBeDeleted = nil"),
	patch.Func("value.go", "(*valueLog).sortedFids").Replace("for _, fid := range vlog.filesToBeDeleted {\ntoBeDeleted[fid] = struct{}{}", "for _, e := range vlog.filesToBeDeleted {\ntoBeDeleted[e.file.fid] = struct{}{}"),
}

// busted deletes a file when its own era is over, whatever iterators there are
// of those before.
var busted = []patch.Edit{
	patch.Import("era.go", "slices"),
	patch.Func("era.go", "(*valueLog).endEra").Replace("for len(vlog.filesToBeDeleted) > 0 && vlog.filesToBeDeleted[0].over {\nf := vlog.filesToBeDeleted[0].file\nvlog.filesToBeDeleted = vlog.filesToBeDeleted[1:]", `if i := slices.Index(vlog.filesToBeDeleted, e); i >= 0 {
	f := e.file
	vlog.filesToBeDeleted = slices.Delete(vlog.filesToBeDeleted, i, i+1)`),
}

// beginIterator has an iterator enter the present era.
func beginIterator(enter string) patch.Edit {
	return newIterator.After("txn.numIterators.Add(1)", `
	// Before the tables are taken, which may not have what is written again
	// meanwhile.
	era := `+enter)
}

var (
	iterator      = patch.Struct("iterator.go", "Iterator")
	newIterator   = patch.Func("iterator.go", "(*Txn).NewIterator")
	closeIterator = patch.Func("iterator.go", "(*Iterator).Close")
	valueLog      = patch.Struct("value.go", "valueLog")
	rewrite       = patch.Func("value.go", "(*valueLog).rewrite")
)

// deleteNowOrLater and deleteNow are at the end of rewrite.
const (
	deleteNowOrLater = `if vlog.iteratorCount() == 0 {
		delete(vlog.filesMap, f.fid)
		deleteFileNow = true
	} else {
		vlog.filesToBeDeleted = append(vlog.filesToBeDeleted, f.fid)
	}`
	deleteNow = `if deleteFileNow {
		if err := vlog.deleteLogFile(f); err != nil {
			return err
		}
	}
	return nil`
)

// counting is badger's count of all iterators.
const counting = `func (vlog *valueLog) incrIteratorCount() {
	vlog.numActiveIterators.Add(1)
}

func (vlog *valueLog) iteratorCount() int {
	return int(vlog.numActiveIterators.Load())
}

func (vlog *valueLog) decrIteratorCount() error {
	num := vlog.numActiveIterators.Add(-1)
	if num != 0 {
		return nil
	}

	vlog.filesLock.Lock()
	lfs := make([]*logFile, 0, len(vlog.filesToBeDeleted))
	for _, id := range vlog.filesToBeDeleted {
		lfs = append(lfs, vlog.filesMap[id])
		delete(vlog.filesMap, id)
	}
	vlog.filesToBeDeleted = nil
	vlog.filesLock.Unlock()

	for _, lf := range lfs {
		if err := vlog.deleteLogFile(lf); err != nil {
			return err
		}
	}
	return nil
}`

// heldEras is the file of eras that iterators hold by Guards.
const heldEras = `package badger

import (
	"context"

	"hazptr"
)

// An era is the time between the ends of two files.
type era struct {
	file *logFile // that was rewritten when the era ended
	over bool     // no iterator holds it; guarded by filesLock
}

func (vlog *valueLog) initEras() {
	vlog.endings = hazptr.NewDomain(hazptr.Config{Name: "badger"})
	vlog.era.Init(hazptr.PointerConfig[era]{Reclaim: vlog.endEra, Domain: vlog.endings}, new(era))
}

// nextEra ends the present era with the end of f, which no iterator needs that
// begins from now on. If none needs it at all, f is deleted now.
func (vlog *valueLog) nextEra(f *logFile) {
	present := vlog.era.Acquire()
	vlog.filesLock.Lock()
	present.Ptr().file = f
	vlog.filesToBeDeleted = append(vlog.filesToBeDeleted, present.Ptr())
	vlog.filesLock.Unlock()
	vlog.era.Replace(new(era))
	present.Release()
	_ = vlog.endings.Flush(context.Background())
}

// endEra is called when no iterator holds e. It deletes the files of the eras
// that are over, with all before them.
func (vlog *valueLog) endEra(e *era) {
	var ended []*logFile
	vlog.filesLock.Lock()
	e.over = true
	for len(vlog.filesToBeDeleted) > 0 && vlog.filesToBeDeleted[0].over {
		f := vlog.filesToBeDeleted[0].file
		vlog.filesToBeDeleted = vlog.filesToBeDeleted[1:]
		delete(vlog.filesMap, f.fid)
		ended = append(ended, f)
	}
	vlog.filesLock.Unlock()
	for _, f := range ended {
		if err := vlog.deleteLogFile(f); err != nil {
			vlog.opt.Errorf("Deleting value log file %d: %v", f.fid, err)
		}
	}
}

// closeEras deletes the files that no iterator needs. The others stay.
func (vlog *valueLog) closeEras() {
	_ = vlog.endings.Flush(context.Background())
	vlog.filesLock.Lock()
	vlog.filesToBeDeleted = nil
	vlog.filesLock.Unlock()
	if vlog.endings.Stats().Pending == 0 {
		_ = vlog.endings.Close(context.Background())
	}
}
`

// countedEras is the file of eras that count their iterators.
const countedEras = `package badger

// An era is the time between the ends of two files.
type era struct {
	file      *logFile // that was rewritten when the era ended
	iterators int      // that began in it and are open; guarded by filesLock
}

func (vlog *valueLog) enterEra() *era {
	vlog.filesLock.Lock()
	defer vlog.filesLock.Unlock()
	vlog.era.iterators++
	return vlog.era
}

func (vlog *valueLog) leaveEra(e *era) error {
	vlog.filesLock.Lock()
	e.iterators--
	vlog.filesLock.Unlock()
	return vlog.endEras()
}

// nextEra ends the present era with the end of f, which no iterator needs that
// begins from now on. If none needs it at all, f is deleted now.
func (vlog *valueLog) nextEra(f *logFile) error {
	vlog.filesLock.Lock()
	vlog.era.file = f
	vlog.filesToBeDeleted = append(vlog.filesToBeDeleted, vlog.era)
	vlog.era = new(era)
	vlog.filesLock.Unlock()
	return vlog.endEras()
}

// endEras deletes the files of the eras that are over, with all before them.
func (vlog *valueLog) endEras() error {
	var ended []*logFile
	vlog.filesLock.Lock()
	for len(vlog.filesToBeDeleted) > 0 && vlog.filesToBeDeleted[0].iterators == 0 {
		f := vlog.filesToBeDeleted[0].file
		vlog.filesToBeDeleted = vlog.filesToBeDeleted[1:]
		delete(vlog.filesMap, f.fid)
		ended = append(ended, f)
	}
	vlog.filesLock.Unlock()
	for _, f := range ended {
		if err := vlog.deleteLogFile(f); err != nil {
			return err
		}
	}
	return nil
}
`
