//go:build go1.26

package lease

import (
	"errors"
	"io/fs"
	"log"
)

func asType() error {
	v, err := file.Acquire() // want `this View is never released`
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed
	}
	log.Print(len(v.Value()))
	return err
}

// What follows is right.

func asTypeElse() error {
	v, err := file.Acquire()
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed
	}
	if err != nil {
		return err
	}
	defer v.Release()
	log.Print(len(v.Value()))
	return nil
}

func asTypeNotNil() error {
	v, err := file.Acquire()
	if failed, _ := errors.AsType[*fs.PathError](err); failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	defer v.Release()
	log.Print(len(v.Value()))
	return nil
}
