package kernel

import "sync"

func loadBarrier() {}

var loadLooks = map[string]loadLook{
	"references": loadReferences,
}

var loadUsers = map[string]func(*loadTable) func() loadUser{
	"references": loadReferenceUser,
	// What the table would be with a read lock around each use of a file.
	"rwmutex": func(l *loadTable) func() loadUser {
		var mu sync.RWMutex
		return func() loadUser {
			return loadUser{
				look: func(fd int32, n int) (sum int) {
					for range n {
						mu.RLock()
						file, _, _ := l.table.get(fd)
						sum += file.Impl().(*loadFile).value
						mu.RUnlock()
					}
					return sum
				},
				replace: func(fd int32, file *loadFile) {
					mu.Lock()
					defer mu.Unlock()
					l.dup2(fd, file)
				},
				end: func() {},
			}
		}
	},
}
