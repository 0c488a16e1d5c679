//go:build !linux

package main

func mappedOf(string) mapped { return mapped{} }
