package main

import "hazptr/tools/loads/internal/patch"

// locked is the shortest change that keeps files mapped: a listing has mu
// locked for reading until it has ended. What drops files waits for it, and
// lookups wait behind that. A callback that looks a content up waits for what
// waits for it, and so does all that comes after.
var locked = []patch.Edit{
	list.Replace(`m := append(index.Merged(nil), c.merged...)
	deletionWatermark := c.deletionWatermark
	c.mu.RUnlock()`, `defer c.mu.RUnlock()

	m := c.merged
	deletionWatermark := c.deletionWatermark`),
}

// counted counts the listings of each index file: what hazptr does, by hand.
// close doesn't wait: what nothing lists it closes itself.
var counted = append(listing(`if counted, ok := ndx.(*countedIndex); ok {
			counted.listings.Add(1)
			defer c.unlist(counted)
		}`),
	patch.Append(indexFile, `func (c *committedContentIndex) unlist(counted *countedIndex) {
	if err := counted.Close(); err != nil {
		c.log.Errorf("unable to close dropped index file: %v", err)
	}
}`),
	patch.Import(cacheFile, "sync/atomic"),
	openIndex.Replace("return ndx, nil", "return &countedIndex{Index: ndx}, nil"),
	patch.Append(cacheFile, `// A countedIndex is closed when it was dropped and no listing uses it any more.
type countedIndex struct {
	index.Index
	listings atomic.Int32
}

// Close closes the index, or leaves that to the last listing.
func (i *countedIndex) Close() error {
	if i.listings.Add(-1) >= 0 {
		return nil
	}

	return i.Index.Close() //nolint:wrapcheck
}`),
)
