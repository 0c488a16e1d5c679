package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"

	"hazptr/internal/command"
	"hazptr/internal/filecheck"
	"hazptr/tools/internal/program"
)

// format is the version of what is generated: raising it makes all files be
// generated again.
const format = 1

// editionCount files are generated. With two, a mapping would be followed at
// its address by one of the same edition, since the other is mapped meanwhile,
// and a late reader would not notice.
const editionCount = 3

// firstEdition makes edition numbers wider than a pointer within the file, so
// that a file holds its number once and a lookup reads it from there.
const firstEdition = 0x6d6d_6462_0000_0001

// generatedEditions returns the generated editions of so many networks in the
// folder. It generates the ones that are missing.
func generatedEditions(ctx context.Context, folder string, networkCount int, stderr io.Writer) ([]edition, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	// As the kernel names it among a process's mappings.
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	var editions, missing []edition
	for i := range editionCount {
		e := edition{
			path:   filepath.Join(folder, fmt.Sprintf("networks-v%d-%d-%c.mmdb", format, networkCount, 'a'+i)),
			number: firstEdition + uint64(i),
		}
		editions = append(editions, e)
		if !intact(e.path) {
			missing = append(missing, e)
		}
	}
	if len(missing) == 0 {
		return editions, nil
	}

	removeLeftovers(folder)
	begin, end := program.Stages(len(missing)*((networkCount+chunk-1)/chunk), stderr)
	defer end()
	for _, e := range missing {
		step := func() { begin("generating " + filepath.Base(e.path)) }
		if err := generate(ctx, e, networkCount, step); err != nil {
			return nil, err
		}
	}
	return editions, nil
}

// intact tells whether path is a database. What it needs to be opened stands at
// the end of the file.
func intact(path string) bool {
	if filecheck.ForReading(path) != nil {
		return false
	}
	reader, err := maxminddb.Open(path)
	if err != nil {
		return false
	}
	return reader.Close() == nil
}

const leftoverPattern = ".networks-*.tmp"

// removeLeftovers removes what runs that were killed have left. A younger file
// may be another run's that is still at it.
func removeLeftovers(folder string) {
	// The pattern is well formed.
	paths, _ := filepath.Glob(filepath.Join(folder, leftoverPattern))
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(path) // the next run tries again
		}
	}
}

func generate(ctx context.Context, e edition, networkCount int, step func()) error {
	tree, err := buildTree(ctx, e.number, networkCount, step)
	if err != nil {
		return err
	}
	return writeTree(ctx, tree, e.path)
}

// writeTree writes the file under another name and renames it when it is whole.
func writeTree(ctx context.Context, tree *mmdbwriter.Tree, path string) (err error) {
	var file *os.File
	_, forget, err := command.Temporary(func() (name string, err error) {
		if file, err = os.CreateTemp(filepath.Dir(path), leftoverPattern); err == nil {
			name = file.Name()
		}
		return name, err
	})
	if err != nil {
		return err
	}
	defer forget()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = tree.WriteTo(&interruptible{ctx, file})
	if err == nil {
		// Before the rename: otherwise a power cut could leave the name without
		// the content.
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// An interruptible writer fails when its context ends.
type interruptible struct {
	ctx  context.Context
	file *os.File
}

func (w *interruptible) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.file.Write(b)
}

// chunk is how many networks are a step.
const chunk = 1000

func buildTree(ctx context.Context, edition uint64, networkCount int, step func()) (*mmdbwriter.Tree, error) {
	tree, err := mmdbwriter.New(mmdbwriter.Options{
		DatabaseType:            "hazptr-networks",
		Description:             map[string]string{"en": "Networks made up to replace a database while it is read"},
		Languages:               []string{"en"},
		IncludeReservedNetworks: true,
	})
	if err != nil {
		return nil, err
	}
	number := 0
	for network := range networks(networkCount) {
		if number%chunk == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			step()
		}
		if err := tree.Insert(ipNet(network.Addr().AsSlice(), network.Bits()), recordOf(edition, number)); err != nil {
			return nil, fmt.Errorf("network %v: %w", network, err)
		}
		number++
	}
	return tree, nil
}

func ipNet(ip net.IP, bits int) *net.IPNet {
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, 8*len(ip))}
}

// recordOf returns what the database tells about a network: the shape of a city
// database's record, with some fields that are never asked for.
func recordOf(edition uint64, network int) mmdbtype.Map {
	country, city := network%249, network%9973
	iso := string([]byte{'A' + byte(country/16), 'A' + byte(country%16)})
	return mmdbtype.Map{
		"city": mmdbtype.Map{
			"geoname_id": mmdbtype.Uint32(2_000_000 + city),
			"names":      mmdbtype.Map{"en": mmdbtype.String(fmt.Sprint("City ", city))},
		},
		"country": mmdbtype.Map{
			"geoname_id": mmdbtype.Uint32(1_000_000 + country),
			"iso_code":   mmdbtype.String(iso),
			"names":      mmdbtype.Map{"en": mmdbtype.String("Country " + iso)},
		},
		"location": mmdbtype.Map{
			"latitude":  mmdbtype.Float64(float64(city%180) - 90 + 0.25),
			"longitude": mmdbtype.Float64(float64(network%360) - 180 + 0.25),
			"time_zone": mmdbtype.String(fmt.Sprint("Zone/", country%24)),
		},
		"hazptr_network": mmdbtype.Uint32(network),
		"hazptr_edition": mmdbtype.Uint64(edition),
	}
}
