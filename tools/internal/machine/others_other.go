//go:build !linux

package machine

func usage() *used { return nil }
