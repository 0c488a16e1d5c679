package chart

import (
	"os"

	"hazptr/internal/filecheck"
)

// A Path is where a picture is written.
type Path string

// UnmarshalText refuses a path where no picture can be written, before hours
// are spent on measuring. It leaves the file as it is.
func (p *Path) UnmarshalText(text []byte) error {
	*p = Path(text)
	if err := filecheck.ForWriting(string(text)); err != nil {
		return err
	}
	_, err := os.Lstat(string(text))
	isNew := os.IsNotExist(err)
	f, err := os.OpenFile(string(text), os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	err = f.Close()
	if isNew {
		os.Remove(string(text))
	}
	return err
}
