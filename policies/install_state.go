package policies

import (
	"encoding/binary"

	"capsim/model"
)

// Names of the blobs that an installer keeps.
const (
	installMeta     = "install/state"
	installAccepted = "install/accepted"
	installLost     = "install/lost"
)

// save keeps what a crash must not take away.
func (i *installer) save(env Env) {
	flags := byte(0)
	if i.installed {
		flags |= 1
	}
	if i.wiped {
		flags |= 2
	}
	b := append(make([]byte, 0, 32), flags)
	for _, v := range [...]uint64{uint64(i.stretch), uint64(i.life), uint64(i.promised), uint64(i.accepted)} {
		b = binary.AppendUvarint(b, v)
	}
	for _, l := range i.lives {
		b = binary.AppendUvarint(b, uint64(l))
	}
	env.Store().PutMeta(installMeta, b)
}

// load reads what save wrote in this stretch; false if the disk has no such thing.
func (i *installer) load(env Env) bool {
	b := env.Store().Meta(installMeta)
	if len(b) == 0 {
		return false
	}
	r := varints{b: b[1:]}
	i.installed, i.wiped = b[0]&1 != 0, b[0]&2 != 0
	i.stretch, i.life = int(r.next()), int32(r.next())
	i.promised, i.accepted = ballot(r.next()), ballot(r.next())
	i.lives = make(lives, i.n)
	for p := range i.lives {
		i.lives[p] = int32(r.next())
	}
	if r.bad || i.stretch != env.Stretch() || i.life == 0 || i.installed && i.wiped {
		return false
	}
	if i.accepted != 0 && !i.installed {
		s, err := decodeInstall(env.Store().Meta(installAccepted))
		if err != nil {
			return false
		}
		i.value = &s
	}
	if b := env.Store().Meta(installLost); b != nil {
		in := model.NewJSONReader(b)
		i.lost = readLost(in)
		return in.Err() == nil
	}
	return true
}

// forgot tells whether the disk was wiped in a stretch before and its node has not
// recovered since: what it holds is no node's word. Every policy that begins with a
// majority's records asks it at a toggle.
func forgot(env Env) bool {
	if old, _, ok := decodeState(env.Store().Meta(stateMeta), env.N()); ok && old.recovery {
		return true
	}
	b := env.Store().Meta(installMeta)
	return len(b) > 0 && b[0]&2 != 0
}

// lifebook is what a node knows of the nodes' lives: a life begins with an empty disk, or
// with a stretch, and its number is the incarnation then. What a node promised in a life
// that it has forgotten must not be counted, whoever hears of it how late (Michael et
// al., Recovering Shared Objects Without Stable Storage, DISC 2017). So every message names
// the newest lives that its sender knows of.
type lifebook struct {
	self  model.NodeID
	life  int32
	lives lives // of n1, n2, …; 0: unknown. Never changed in place
}

// trusts takes what a message of a node knows of lives, and tells whether the message is
// of its sender's newest life as far as is known here. It returns true in news if the
// book has changed and is to be saved before anything is sent.
func (b *lifebook) trusts(from model.NodeID, knows lives) (ok, news bool) {
	for p, l := range knows {
		if p >= len(b.lives) || l <= b.lives[p] || model.NodeID(p+1) == b.self {
			continue
		}
		if !news {
			news, b.lives = true, append(lives(nil), b.lives...) // messages under way share the list
		}
		b.lives[p] = l
	}
	return int(from) > len(b.lives) || knows[from-1] >= b.lives[from-1], news
}
