// Package percpuref has the signatures of the real one.
package percpuref

type Ref struct{ n int }

func New(release func()) *Ref   { return nil }
func (r *Ref) Get()             {}
func (r *Ref) GetMany(n int)    {}
func (r *Ref) TryGet() bool     { return false }
func (r *Ref) TryGetLive() bool { return false }
func (r *Ref) Put()             {}
func (r *Ref) PutMany(n int)    {}
func (r *Ref) Kill()            {}
