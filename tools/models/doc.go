// Package models has the Spin models of the library verified: each of a model's
// runs must be complete and find no error, and each of its mutants must be
// refuted for the reason that it gives. CONTRIBUTING.md tells how a model says
// what its runs and mutants are.
package models
