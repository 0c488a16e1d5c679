// Package mapped reads files through memory mappings that are replaced, and at
// last unmapped, while they are read: databases, indexes, dictionaries, models.
// A mapping that was replaced is unmapped when its last reader has left, and
// not before; a file that is truncated under its readers is an error, not a
// crash.
//
//	words, err := mapped.Open(path, mapped.Options{
//		ReloadOn: []live.Trigger{
//			live.Changed(10*time.Second, path),
//			live.Signal(syscall.SIGHUP),
//		},
//	})
//	if err != nil {
//		return err
//	}
//
//	err = words.Do(func(b []byte) error {
//		found = bytes.Contains(b, word)
//		return nil
//	})
//
//	err = words.Shutdown(limit) // when the program ends
//
// The Context limit has a timeout, since Shutdown waits for each reader. If
// limit ends first, the error tells what is in use.
//
// [Parse] is for a file that is parsed once for each mapping, as a GeoIP
// database is, rather than in each Do:
//
//	import "github.com/oschwald/maxminddb-golang/v2"
//
//	geo, err := mapped.Parse(path, func(b []byte) (*maxminddb.Reader, error) {
//		return maxminddb.OpenBytes(b)
//	}, mapped.Options{})
//	if err != nil {
//		return err
//	}
//
//	err = geo.Do(func(r *maxminddb.Reader) error {
//		return r.Lookup(ip).Decode(&record)
//	})
//
// A [Parsed] is built on a [live.Value], whose rules it has: nothing waits for
// a reload, and a reload that fails leaves the present file.
//
// # How a file is replaced
//
// Write the next version to a temporary file in the same directory, sync it,
// and rename it to the path: readers have the old version or the new one. What
// is written into the file in place is seen by its readers at once, torn; the
// function given to Parse is where a half-written or wrong file is refused. For
// files that others write in place there is Options.Copy.
//
// On Windows a file that is mapped cannot be replaced, truncated or deleted.
// Use Options.Copy, or a new name for each version. (This package is built for
// Windows, and not tested there.)
//
// # Faults
//
// A read of mapped bytes fails if the file was truncated, or its disk or
// network fails: a SIGBUS, "fatal error: fault", "unexpected fault address",
// which ends the program. Inside a Do it is a [*FaultError], whether the read
// is of Go or of assembly, as in bytes.IndexByte, copy, crypto/sha256 and
// hash/crc32. That has limits:
//
//   - It ends the use wherever it is. What use was changing is half changed. A
//     lock that use took without a deferred Unlock stays locked. A map whose
//     keys lie in the file must not be used again.
//   - It concerns the goroutine of the Do. A fault in another one ends the
//     program, also if use has started it. So does one in C code, and one in
//     a View.
//   - A recover inside use sees the fault first. Package fmt recovers what a
//     String method panics with, and other packages do so.
//   - A system call that is given the bytes does not fault, it returns EFAULT:
//     net.Conn.Write and os.File.Write return an error, and may have written a
//     part, as an http.ResponseWriter may have sent one.
//   - Bytes behind the end of a truncated file, but on its last page, are zero,
//     and no fault.
//
// # Costs
//
// A Do takes about twice as long as that of a [hazptr.Pointer]. A page that is
// not in memory is read from disk while the goroutine keeps its P. Mapped pages
// count in the process's RSS and in its cgroup, not in GOMEMLIMIT. No file
// descriptor is kept. A mapping takes address space, of which 32-bit systems
// have little: Options.MaxOld bounds how many there are.
//
// # Debugging
//
// Bytes that are kept beyond their Do are still readable until the file is
// replaced, and then are a fault, or bytes of something else. With
// Options.PrivateViews they are a fault at once. With it, or with
// Options.Quarantine, addresses at which a file was mapped are not used for
// anything else for a while, and each such range is logged; [Explain] and the
// panics of Do tell which mapping an address was of, when that ended, and where
// its last use began.
//
// # Recipes
//
// A [live.Trigger] is any function: fsnotify is one of ten lines, and what is
// to happen after each reload is a Trigger around a Trigger. Both are examples
// of package live.
//
// # What it replaces
//
// Packages that map a file, and leave to the program when to unmap it: a reader
// that comes later ends the program. With an RWMutex around each read, a reload
// waits for the slowest reader, and all others for the reload.
//
// An atomic.Pointer whose old mapping runtime.AddCleanup unmaps: slices and
// strings into the mapping do not keep it alive, so it may be unmapped while
// they are used; and where it is not, it stays mapped until some garbage
// collection.
//
// os.ReadFile, again at each change: simple, and right where the file is small
// or read as a whole. [live.Plain] keeps the result. Options.Copy is for a
// program that maps on one system and reads on another.
//
// # Words
//
// Memory mapped file, mmap, munmap, hot reload, reload without restart, SIGHUP,
// ConfigMap, GeoIP mmdb reload, SIGBUS, SIGSEGV, "unexpected fault address",
// use after unmap, reference counted, RCU.
package mapped
