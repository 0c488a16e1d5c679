package program

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"hazptr/internal/filecheck"
)

// number decodes a whole number, within the bounds of its tag.
func number[N int | int64](text string, tag *kong.Tag) (N, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || int64(N(n)) != n {
		return 0, fmt.Errorf("%q is not a whole number%s", text, wanted(tag))
	}
	return N(n), within(N(n), tag, func(bound string) (N, error) {
		n, err := strconv.ParseInt(bound, 10, 64)
		return N(n), err
	})
}

// Numbers is a list of whole numbers, each within the bounds of the option's
// tag.
type Numbers []int

// numbers decodes Numbers with commas between.
func numbers(text string, tag *kong.Tag) (all Numbers, err error) {
	for word := range strings.SplitSeq(text, ",") {
		n, err := number[int](strings.TrimSpace(word), tag)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// duration decodes a time, within the bounds of its tag.
func duration(text string, tag *kong.Tag) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if _, unit := strconv.ParseFloat(text, 64); err != nil && unit == nil {
		return 0, fmt.Errorf("%s has no unit: say %ss, or ms, us, m", text, text)
	}
	if err != nil {
		return 0, fmt.Errorf("%q is not a time such as 200ms%s", text, wanted(tag))
	}
	return d, within(d, tag, time.ParseDuration)
}

// decoder is a mapper that decodes one word.
func decoder[T any](decode func(text string, tag *kong.Tag) (T, error)) kong.Mapper {
	return kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		var text string
		if err := ctx.Scan.PopValueInto("value", &text); err != nil {
			return err
		}
		value, err := decode(text, ctx.Value.Tag)
		if err == nil {
			target.Set(reflect.ValueOf(value))
		}
		return err
	})
}

// within returns an error if value is not within the bounds of the tag.
func within[T int | int64 | Bytes | time.Duration](value T, tag *kong.Tag, parse func(string) (T, error)) error {
	least, most, bounded := strings.Cut(tag.Get("between"), ",")
	if !bounded {
		return nil
	}
	lower, err := parse(least)
	if err != nil {
		return err
	}
	upper, err := parse(most)
	if err == nil && (value < lower || value > upper) {
		err = fmt.Errorf("%v is not between %v and %v", value, lower, upper)
	}
	return err
}

// wanted says what the bounds of the tag are.
func wanted(tag *kong.Tag) string {
	least, most, bounded := strings.Cut(tag.Get("between"), ",")
	if !bounded {
		return ""
	}
	return fmt.Sprintf(": want %s to %s", least, most)
}

// Select returns the entries of a table whose names stand in text, with commas
// between, in the table's order; for "all", every one.
func Select[E any](text, what string, table []E, name func(E) string) (found []E, err error) {
	if text == "all" {
		return table, nil
	}
	words := strings.Split(text, ",")
	var names []string
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	for _, entry := range table {
		names = append(names, name(entry))
		if slices.Contains(words, name(entry)) {
			found = append(found, entry)
		}
	}
	for _, word := range words {
		if !slices.Contains(names, word) {
			return nil, fmt.Errorf("unknown %s %q; there are %s", what, word, strings.Join(names, ", "))
		}
	}
	return found, nil
}

// A Counts is a list of numbers from 1 on, each once.
type Counts []int

// UnmarshalText reads numbers with commas between.
func (c *Counts) UnmarshalText(text []byte) error {
	*c = nil
	for _, word := range strings.Split(string(text), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 {
			return fmt.Errorf("%q is not a number from 1 on", word)
		}
		if !slices.Contains(*c, n) {
			*c = append(*c, n)
		}
	}
	return nil
}

// An OutFile is the path of a file to write.
type OutFile string

// UnmarshalText refuses a path where no file can be written, before hours are
// spent on what is to stand there. It leaves the file as it is.
func (f *OutFile) UnmarshalText(text []byte) error {
	*f = OutFile(text)
	if err := filecheck.ForWriting(string(text)); err != nil {
		return err
	}
	_, err := os.Lstat(string(text))
	isNew := os.IsNotExist(err)
	file, err := os.OpenFile(string(text), os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	err = file.Close()
	if isNew {
		os.Remove(string(text))
	}
	return err
}

// An InFile is the path of a file to read, which must be there.
type InFile string

// UnmarshalText checks the path.
func (f *InFile) UnmarshalText(text []byte) error {
	*f = InFile(text)
	return filecheck.ForReading(string(text))
}

// A NewFolder is the path of a folder to make, or of an empty one.
type NewFolder string

// UnmarshalText refuses a path where no folder can be made, and one with
// something in it. It leaves it as it is.
func (f *NewFolder) UnmarshalText(text []byte) error {
	path := string(text)
	*f = NewFolder(path)
	if path == "" {
		return errors.New("the path is empty: give that of a folder, or leave the flag out")
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.Mkdir(path, 0o777); err != nil {
			return err
		}
		return os.Remove(path)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder: give the path of one to be made", path)
	}
	in, err := os.ReadDir(path)
	if err == nil && len(in) > 0 {
		err = fmt.Errorf("%s is not empty: give the path of a folder to be made", path)
	}
	return err
}
