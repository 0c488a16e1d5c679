package subject

import (
	"sync/atomic"

	"hazptr/tools/internal/mortal"
)

// A Source is where readers find an object.
type Source = atomic.Pointer[mortal.Object]
