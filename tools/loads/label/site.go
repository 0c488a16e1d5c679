package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// A site is files, what one asks for, and what the answer must be under any
// edition of the policy.
type site struct {
	folder  string
	pages   []page
	content map[string][]byte // of each page that is permitted
}

type page struct {
	path string // in the site, as the rules have it
	file string // in the file system; a page that is denied has none
	want verdict
}

const (
	areas     = 8
	pagesEach = 8
	pageBytes = 1024
)

// rules are those of an edition. All editions say the same of the site's pages;
// each has rules of its own for others.
func rules(edition uint64) []rule {
	all := []rule{
		{false, "/static/**"},
		{false, "/srv/*/public/**"},
		{true, "/static/**/.*"},
		{true, "/srv/*/public/**.key"},
		{true, "/**/private/**"},
		{false, "/tmp/hazptr-??????/*"},
	}
	for i := range 12 {
		all = append(all, rule{i%3 == 0, fmt.Sprintf("/opt/edition-%d/%d/**/*.so", edition%8, i)})
	}
	return all
}

// newSite writes the files.
func newSite(folder string) (*site, error) {
	s := &site{folder: folder, content: map[string][]byte{}}
	for area := range areas {
		for n := range pagesEach {
			path := fmt.Sprintf("/static/area-%d/page-%d.html", area, n)
			file := filepath.Join(folder, filepath.FromSlash(path))
			content := bytes.Repeat([]byte(fmt.Sprintf("%02d%02d", area, n)), pageBytes/4)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				return nil, err
			}
			if err := os.WriteFile(file, content, 0o600); err != nil {
				return nil, err
			}
			s.content[path] = content
			s.pages = append(s.pages, page{path, file, permitted})
		}
		s.pages = append(s.pages,
			page{fmt.Sprintf("/static/area-%d/.htaccess", area), "", denied},
			page{fmt.Sprintf("/srv/area-%d/private/public/key", area), "", denied})
	}
	return s, nil
}
