package check

import "flag"

// long makes the comparisons with the oracles take minutes instead of seconds.
var long = flag.Bool("long", false, "many more random and enumerated histories")
