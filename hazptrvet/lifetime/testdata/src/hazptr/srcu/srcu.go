// Package srcu has the signatures of the real one.
package srcu

import "context"

type Token struct{ n int }

type Domain struct{ n int }

func New() *Domain                                      { return nil }
func (d *Domain) ReadLock() Token                       { return Token{} }
func (d *Domain) ReadUnlock(t Token)                    {}
func (d *Domain) Synchronize(ctx context.Context) error { return nil }
func (d *Domain) Barrier(ctx context.Context) error     { return nil }
func (d *Domain) Close(ctx context.Context) error       { return nil }
func (d *Domain) Call(callback func())                  {}
