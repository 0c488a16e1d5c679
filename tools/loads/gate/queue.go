package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync/atomic"
)

// A queue does I/O on one of two files. Which one changes while no I/O is
// inside: the file is closed, and the next one opened, which gets the
// descriptor that the other had. I/O that is too late finds another file's
// blocks there, or writes one into it.
type queue struct {
	paths  [2]string
	blocks int
	size   int // of a block

	// These change while the queue is frozen.
	file   *os.File
	which  int
	frozen atomic.Bool // so that an I/O that is inside sees that it must not be
}

const leastBlock = 32 // for what a block begins with

// newQueue writes the files' blocks in a folder.
func newQueue(folder string, blocks, size int) (*queue, error) {
	q := &queue{blocks: blocks, size: size}
	for which := range q.paths {
		path := filepath.Join(folder, fmt.Sprintf("queue-%d-%d", size, which))
		content := make([]byte, 0, blocks*size)
		for number := range blocks {
			content = append(content, make([]byte, size)...)
			fill(content[number*size:], block{which, number, 0})
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, err
		}
		q.paths[which] = path
	}
	return q, q.open()
}

func (q *queue) open() (err error) {
	q.file, err = os.OpenFile(q.paths[q.which], os.O_RDWR, 0)
	return err
}

// change puts the other file in the place of the present one. No I/O may be
// inside.
func (q *queue) change() error {
	q.frozen.Store(true)
	defer q.frozen.Store(false)
	if err := q.file.Close(); err != nil {
		return err
	}
	q.which = 1 - q.which
	return q.open()
}

// verify reads all blocks of both files.
func (q *queue) verify() error {
	for which, path := range q.paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if len(content) != q.blocks*q.size {
			return fmt.Errorf("%s has %d bytes, not %d", path, len(content), q.blocks*q.size)
		}
		for number := range q.blocks {
			found, err := parse(content[number*q.size:][:q.size])
			if err == nil && (found.file != which || found.number != number) {
				err = fmt.Errorf("it is block %d of file %d", found.number, found.file)
			}
			if err != nil {
				return fmt.Errorf("block %d of file %d at the end: %w", number, which, err)
			}
		}
	}
	return nil
}

// A block begins with where it belongs and how often it was written.
type block struct{ file, number, writes int }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func fill(to []byte, b block) {
	binary.LittleEndian.PutUint64(to[4:], uint64(b.file))
	binary.LittleEndian.PutUint64(to[12:], uint64(b.number))
	binary.LittleEndian.PutUint64(to[20:], uint64(b.writes))
	binary.LittleEndian.PutUint32(to, crc32.Checksum(to[4:leastBlock], castagnoli))
}

var errSum = errors.New("its checksum is wrong")

func parse(from []byte) (block, error) {
	if binary.LittleEndian.Uint32(from) != crc32.Checksum(from[4:leastBlock], castagnoli) {
		return block{}, errSum
	}
	return block{int(binary.LittleEndian.Uint64(from[4:])), int(binary.LittleEndian.Uint64(from[12:])), int(binary.LittleEndian.Uint64(from[20:]))}, nil
}
