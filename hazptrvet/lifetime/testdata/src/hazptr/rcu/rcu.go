// Package rcu has the signatures of the real one.
package rcu

import "context"

type Reader struct{ n int }

func (r *Reader) ReadLock()   {}
func (r *Reader) ReadUnlock() {}
func (r *Reader) Close()      {}

type Domain struct{ n int }

func New() *Domain                                      { return nil }
func (d *Domain) NewReader() *Reader                    { return nil }
func (d *Domain) Synchronize(ctx context.Context) error { return nil }
func (d *Domain) Call(callback func())                  {}
