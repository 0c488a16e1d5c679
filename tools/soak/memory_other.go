//go:build !linux

package main

import "errors"

var errLinux = errors.New("soak needs linux")

func allocate([]byte) ([]byte, error) { return nil, errLinux }
func free([]byte) error               { return errLinux }
func look() (held, error)             { return held{}, errLinux }
