package main

import "hazptr/tools/loads/internal/patch"

// edits let a listing hold the index files that it reads by Guards, so that a
// file that is dropped meanwhile stays mapped until the listing has ended.
//
// kopia maps the index files that are in use. use, which Refresh and
// CompactIndexes call, puts other files in their place and unmaps the former
// ones, with mu locked. A lookup (getContent) has mu locked for reading until
// it has its copy of an entry, so it never meets an unmapped file. A listing
// (listContents) has it only while it copies the list of files: it then reads
// files that use may unmap, and the process dies of SIGSEGV.
//
// Now what openIndex returns is a sharedIndex. Its Close replaces the index in
// a hazptr.Pointer by nil, and the index is closed, which unmaps the file, when
// no Guard holds it. A listing takes the Guards in the section in which it
// copies the list:
//
//   - No Guard is empty. A file is in the list, c.merged, until use or close
//     has locked mu, and is closed with mu still locked. The section has mu
//     locked for reading, so what it finds in the list is open, and stays so by
//     its Guard.
//   - No file is read that no Guard holds. What a listing has in its copy of
//     the list are files, each a sharedIndex, and what combineSmallIndexes has
//     made of small ones, which is in the heap and refers to no file.
//     Merged.Iterate waits for the goroutines that it starts, also if the
//     callback fails or panics, and the deferred Releases come after that.
//   - What the callback gets is a copy. An Info has no pointer into a file: the
//     names of packs are converted to strings.
//
// The Guards are as many as files are in use: some tens, where a repository is
// maintained. A read section of package srcu would do in their place, but keep
// what is dropped of other files, too.
//
// Lookups are as they were, and take no Guard. close drops files as use does,
// and waits until the files that no listing holds are closed: when it returns,
// nothing is mapped but what a listing still reads. An error of munmap is
// logged, where close returned it: it can come too late for that. After close
// the list stays, as before: kopia's TestRewriteDeleted reads then, from
// indexes in memory, which have nothing to close.
//
// A file that is dropped while it is listed is removed from the cache, as
// before, and its space on the disk is free when the listing has ended. Windows
// removes no file that is mapped, which was not tried: see refusal.
var edits = append(listing(`if shared, ok := ndx.(*sharedIndex); ok {
			held := shared.open.Acquire()
			defer held.Release()
		}`),
	patch.Import(cacheFile, "hazptr"),
	openIndex.Replace("return ndx, nil", "return c.share(ndx), nil"),
	patch.Append(cacheFile, `// A sharedIndex is closed when it was dropped and no listing uses it any more.
type sharedIndex struct {
	index.Index
	open *hazptr.Pointer[index.Index]
}

// dropped has the indexes that wait for listings.
var dropped = hazptr.NewDomain(hazptr.Config{Name: "kopia indexes"})

func (c *diskCommittedContentIndexCache) share(ndx index.Index) *sharedIndex {
	return &sharedIndex{ndx, hazptr.NewPointer(hazptr.PointerConfig[index.Index]{Domain: dropped, Reclaim: func(ndx *index.Index) {
		if err := (*ndx).Close(); err != nil {
			c.log.Errorf("unable to close dropped index file: %v", err)
		}
	}}, &ndx)}
}

func (s *sharedIndex) Close() error {
	s.open.Replace(nil)
	return nil
}`),
	closing.Replace("return nil", `return errors.Wrap(dropped.Flush(context.Background()), "unable to close indexes")`),
)

const (
	indexFile = "repo/content/committed_content_index.go"
	cacheFile = "repo/content/committed_content_index_disk_cache.go"
)

var (
	list      = patch.Func(indexFile, "(*committedContentIndex).listContents")
	closing   = patch.Func(indexFile, "(*committedContentIndex).close")
	openIndex = patch.Func(cacheFile, "(*diskCommittedContentIndexCache).openIndex")
)

// listing holds each index, by what is done with ndx, for as long as it is
// listed.
func listing(hold string) []patch.Edit {
	return []patch.Edit{list.After("deletionWatermark := c.deletionWatermark", "for _, ndx := range m {\n"+hold+"\n}")}
}

// busted ends the Guards before the listing begins.
var busted = list.Replace("defer held.Release()", "held.Release()")
