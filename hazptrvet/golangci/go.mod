module hazptr/hazptrvet/golangci

go 1.25.0

require (
	github.com/golangci/plugin-module-register v0.1.2
	golang.org/x/tools v0.49.0
	hazptr/hazptrvet v0.0.0
)

replace (
	hazptr => ../../
	hazptr/hazptrvet => ../
)
