package scenarios

import "capsim/model"

// Workload is a load that a set of clients puts on the cluster from From to To:
// operations arrive at random (Poisson), spread over the clients.
type Workload struct {
	Name     string
	Clients  int            // at least 1
	At       []model.NodeID // the nodes that the clients speak to, in turn
	Rate     float64        // operations a second, all clients together
	Keys     int            // NAME:0 … NAME:(Keys-1)
	Zipf     float64        // the exponent of the keys' popularity; 0 is uniform
	Mix      []Share        // which commands, in which proportion
	From, To model.Time
}

// Share is one command's part of a workload.
type Share struct {
	Verb    model.Verb
	Percent float64 // of all operations; those of a workload sum to 100
}
