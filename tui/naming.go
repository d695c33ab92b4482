package tui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// naming says how things of a run are named in words; help and errors quote it.
const naming = "n2, n1-n2, cart, cart n2, v3 cart, v3 cart n2, op 12, alice 3 (her third operation), message 14, event 40, or a check such as linearizable"

// subjectNamed reads what words name, as it is at the cursor.
func (s *scene) subjectNamed(text string) (export.Subject, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return export.Subject{}, errors.New("expected what it is about: " + naming)
	}
	for _, read := range []func(words []string) (export.Subject, error){
		s.numbered, s.versionNamed, s.placeNamed, s.checkNamed, s.opOfClient, s.keyNamed,
	} {
		if of, err := read(words); of.Kind != export.NoSubject || err != nil {
			return of, err
		}
	}
	return export.Subject{}, fmt.Errorf("read %s, expected %s", model.Quote(text), naming)
}

// numbered reads "op 12", "message 14", "event 40".
func (s *scene) numbered(words []string) (of export.Subject, err error) {
	if len(words) != 2 {
		return of, nil
	}
	most := 0
	switch words[0] {
	case "op":
		most = len(s.opsAt(s.n))
	case "message":
		most = s.sentAt()
	case "event":
		most = s.n
	default:
		return of, nil
	}
	n, err := strconv.Atoi(words[1])
	if err != nil || n < 1 || n > most {
		if most == 0 {
			return of, fmt.Errorf("there is no %s yet", words[0])
		}
		return of, fmt.Errorf("read %s, expected the number of %s, from 1 to %d", model.Quote(words[1]), article(words[0]), most)
	}
	switch words[0] {
	case "op":
		return opSubject(model.OpID(n)), nil
	case "message":
		return export.Subject{Kind: export.MessageSubject, Msg: model.MsgID(n)}, nil
	}
	return export.Subject{Kind: export.EventSubject, Event: n}, nil
}

func article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeio") {
		return "an " + noun
	}
	return "a " + noun
}

// sentAt returns the number of the last message that was sent up to the cursor.
func (s *scene) sentAt() int {
	for n := s.n; n > 0; n-- {
		if e := s.log.At(n); e.Kind == trace.Send {
			return int(e.Msg)
		}
	}
	return 0
}

// versionNamed reads "v3", "v3 cart", "v3 cart n2".
func (s *scene) versionNamed(words []string) (of export.Subject, err error) {
	n, err := strconv.Atoi(strings.TrimPrefix(words[0], "v"))
	if err != nil || !strings.HasPrefix(words[0], "v") || n < 1 {
		return of, nil
	}
	keys := s.view.Keys()
	key, rest := "", ""
	switch {
	case len(words) > 1:
		if key, rest, err = s.keyFirst(strings.Join(words[1:], " ")); err != nil {
			return of, err
		}
	case len(keys) == 1:
		key = keys[0]
	default:
		return of, fmt.Errorf("read %s, expected a key behind it, as: %s cart", words[0], words[0])
	}
	node, err := s.nodeLast(rest)
	if err != nil {
		return of, err
	}
	o := s.index.WriterBy(key, n, s.n)
	if o == nil {
		return of, fmt.Errorf("%s of %s has not been written yet", words[0], model.Quote(key))
	}
	return export.Subject{Kind: export.VersionSubject, Op: o.ID, Key: key, Node: node}, nil
}

// nodeLast reads a node, or nothing.
func (s *scene) nodeLast(word string) (model.NodeID, error) {
	if word == "" {
		return 0, nil
	}
	if id, ok := model.ParseNode(word); ok && int(id) <= s.nodes {
		return id, nil
	}
	return 0, fmt.Errorf("read %s, expected a node, n1 to n%d, or nothing more", model.Quote(word), s.nodes)
}

// host finds a node or a remote client; 0: neither.
func (s *scene) host(name string) model.NodeID {
	for i := 1; i <= s.nodes+len(s.view.Clients); i++ {
		if s.view.Name(model.NodeID(i)) == name {
			return model.NodeID(i)
		}
	}
	return 0
}

// placeNamed reads "n2", "n1-n2", "n1->n2".
func (s *scene) placeNamed(words []string) (of export.Subject, err error) {
	if len(words) != 1 {
		return of, nil
	}
	if id := s.host(words[0]); id != 0 {
		return nodeSubject(id), nil
	}
	a, b, _ := strings.Cut(strings.Replace(words[0], "->", "-", 1), "-")
	from, to := s.host(a), s.host(b)
	if from == 0 || to == 0 || from == to {
		return of, nil
	}
	return export.Subject{Kind: export.LinkSubject, Node: min(from, to), Peer: max(from, to)}, nil
}

// checkNamed reads a check with its arguments.
func (s *scene) checkNamed(words []string) (of export.Subject, err error) {
	c, ok := check.Find(words[0])
	if !ok {
		return of, nil
	}
	asked, err := scenarios.ParseChecks(strings.Join(words, " "))
	if err == nil && len(asked) != 1 {
		err = errors.New("expected one check")
	}
	if err != nil {
		return of, fmt.Errorf("%w; it is used as: %s", err, c)
	}
	return export.Subject{Kind: export.CheckSubject, Check: asked[0].Text}, nil
}

// opOfClient reads "alice 3", "alice": the client's third operation, its last.
func (s *scene) opOfClient(words []string) (of export.Subject, err error) {
	ops := slices.DeleteFunc(slices.Clone(s.opsAt(s.n)), func(op *trace.Op) bool { return op.Client != words[0] })
	if len(ops) == 0 || len(words) > 2 {
		return of, nil
	}
	n := len(ops)
	if len(words) == 2 {
		if n, err = strconv.Atoi(words[1]); err != nil || n < 1 || n > len(ops) {
			return of, fmt.Errorf("read %s, expected which operation of %s, from 1 to %d", model.Quote(words[1]), words[0], len(ops))
		}
	}
	return opSubject(ops[n-1].ID), nil
}

// keyNamed reads "cart", "cart n2".
func (s *scene) keyNamed(words []string) (of export.Subject, err error) {
	key, rest, err := s.keyFirst(strings.Join(words, " "))
	if err != nil {
		return of, nil // it is nothing else either
	}
	node, err := s.nodeLast(rest)
	switch {
	case err != nil:
		return of, err
	case node == 0:
		return keySubject(key), nil
	}
	return export.Subject{Kind: export.CellSubject, Node: node, Key: key}, nil
}

// keyFirst reads a key that the run knows at the cursor, bare or as the language quotes
// it, and returns what stands behind it.
func (s *scene) keyFirst(text string) (key, rest string, err error) {
	keys := s.view.Keys()
	for _, key := range keys {
		for _, written := range []string{key, model.Quote(key), string(model.AppendQuoted(nil, key))} {
			if after, ok := strings.CutPrefix(text, written); ok && (after == "" || after[0] == ' ') {
				return key, strings.TrimSpace(after), nil
			}
		}
	}
	if len(keys) == 0 {
		return "", "", fmt.Errorf("read %s, expected a key; none has been written or read yet", model.Quote(text))
	}
	return "", "", fmt.Errorf("read %s, expected a key that was written or read: %s", model.Quote(text), strings.Join(quoted(keys, 8), ", "))
}

// wordsFor names a subject so that subjectNamed reads it back.
func (s *scene) wordsFor(of export.Subject) string {
	switch of.Kind {
	case export.NodeSubject:
		return s.view.Name(of.Node)
	case export.LinkSubject:
		return s.view.Name(of.Node) + "-" + s.view.Name(of.Peer)
	case export.KeySubject, export.CellSubject:
		behind := ""
		if of.Node != 0 {
			behind = " " + of.Node.String()
		}
		if bare := model.Quote(of.Key) + behind; s.readsAs(bare, of) {
			return bare
		}
		return string(model.AppendQuoted(nil, of.Key)) + behind // the bare word names something else
	case export.VersionSubject:
		text := "v" + itoa(s.index.Version(of.Op, of.Key)) + " " + model.Quote(of.Key)
		if of.Node != 0 {
			text += " " + of.Node.String()
		}
		return text
	case export.OpSubject:
		return "op " + itoa(int(of.Op))
	case export.MessageSubject:
		return "message " + itoa(int(of.Msg))
	case export.EventSubject:
		return "event " + itoa(of.Event)
	case export.CheckSubject:
		return of.Check
	}
	return ""
}

func (s *scene) readsAs(text string, of export.Subject) bool {
	got, err := s.subjectNamed(text)
	return err == nil && got == of
}

// quoted writes at most so many words as the language quotes them.
func quoted(words []string, most int) []string {
	var out []string
	for i, w := range words {
		if i == most {
			return append(out, "and "+itoa(len(words)-most)+" more")
		}
		out = append(out, model.Quote(w))
	}
	return out
}
