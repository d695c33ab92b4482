// Package labs holds the protocols that are not replication, on the contract of the
// policies: a lab is a policies.Spec with commands of its own, a file or a few each.
package labs

import (
	"slices"

	"capsim/policies"
)

// Specs is the one ordered list of labs.
var Specs = policies.List{
	specBasics,
	specGossip,
	specSwim,
	specCoordination,
	specLocks,
	specTransactions,
	specMapReduce,
}

// Catalog is everything that `use policy` may name: the policies, then the labs.
var Catalog = slices.Concat(policies.Specs, Specs)
