package main

import (
	"fmt"
	"os"
	"strings"
)

// ticks begin and end a block of a Markdown file.
const ticks = "```\n"

// block returns what stands in a page before the first block, and after it.
func block(path string) (before, after string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", "", err
	}
	before, rest, _ := strings.Cut(string(text), ticks)
	_, after, found := strings.Cut(rest, ticks)
	if !found {
		return "", "", fmt.Errorf("%s has no block between lines of three backticks to put the table in", path)
	}
	return before, after, nil
}

// checkPage returns an error if the table can't be put into a page.
func checkPage(path string) error {
	if _, _, err := block(path); err != nil {
		return fmt.Errorf("--page: %w", err)
	}
	return nil
}

// writePage puts the table in the place of a page's first block.
func writePage(path, table string) error {
	before, after, err := block(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(before+ticks+table+ticks+after), 0o666)
}
