module hazptr/tools/loads/bbolt/worker

go 1.25.0

require (
	go.etcd.io/bbolt v1.5.0
	hazptr v0.0.0
	hazptr/tools v0.0.0
)

require (
	github.com/HdrHistogram/hdrhistogram-go v1.4.0 // indirect
	github.com/alecthomas/kong v1.17.0 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/schollz/progressbar/v3 v3.19.1 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/term v0.44.0 // indirect
)

replace (
	hazptr => ../../../..
	hazptr/tools => ../../..
)
