// Package live keeps a value that many goroutines use while it is loaded anew,
// replaced and at last closed: a GeoIP database, a model, compiled rules, a
// plugin, certificates. A value that was replaced is closed when its last user
// has left, and not before; no user waits for a reload.
//
//	import "github.com/oschwald/maxminddb-golang/v2"
//
//	geo, err := live.Open(ctx, live.Options[*maxminddb.Reader]{
//		Name: "geoip",
//		Load: func(context.Context) (*maxminddb.Reader, error) {
//			return maxminddb.Open(path)
//		},
//		Close: (*maxminddb.Reader).Close,
//		ReloadOn: []live.Trigger{
//			live.Changed(10*time.Second, path),
//			live.Signal(syscall.SIGHUP),
//		},
//	})
//	if err != nil {
//		return err
//	}
//
//	err = geo.Do(func(r *maxminddb.Reader) error {
//		return r.Lookup(ip).Decode(&record)
//	})
//
//	err = geo.Shutdown(limit) // when the program ends
//
// The Context limit has a timeout, since Shutdown waits for each user. If limit
// ends first, the error tells what is in use.
//
// [Value] is for what must be closed: what holds a mapping, a file, C memory, a
// connection. [Plain] is for what the garbage collector frees: a configuration,
// certificates; its Get has no rule. [Pool] is for many values, each opened
// when it is first asked for. Package mapped is for a file that is read through
// a memory mapping.
//
// # What it replaces
//
// An RWMutex that is held while the value is used: a reload waits for the
// slowest user, and every user that comes meanwhile waits for the reload.
//
// An atomic.Pointer whose old value is closed after five minutes, or by
// runtime.AddCleanup: the one crashes the user that takes longer, the other
// closes at some garbage collection or never, and not in a program that runs
// out of files or of C memory.
//
// A reference count: it is right, if it is taken together with the pointer, and
// every user on every core writes to it.
//
// Packages that watch files, such as wrappers of fsnotify, tell when to reload,
// and leave to the program when to close. They go together with this one: see
// [Trigger].
//
// # Recipes
//
// An example of [Trigger] has fsnotify as one, in ten lines. What is to happen
// after each reload is a Trigger around a Trigger: the example "AfterReload".
// Both are in example_test.go, beside examples of each type.
//
// # Words
//
// Hot reload, reload without restart, SIGHUP, ConfigMap, TLS certificate
// rotation, GeoIP mmdb reload, use after close, reference counted, RCU.
package live
