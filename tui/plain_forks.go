package tui

// command gives a line of the script language, and waits for a client's answer. In the
// past it forks there.
func (p *plain) command(line string) error {
	ops := len(p.index.Ops())
	next, err := command(line, nil, !p.live(), p.cursor).work(p.run)
	if next == p.run && err != nil {
		return err
	}
	p.saved = false
	if next == p.run {
		p.past = append(p.past, change{})
	} else {
		ops = 0
		p.past = append(p.past, change{&shown{p.run, p.record, p.left(), p.cursor}})
		p.show(next)
		p.println("Forked: the same history up to " + secondsWord(p.at) + ", another future. undo goes back to the run before.")
	}
	for _, w := range p.run.Warnings() {
		p.println("warning: " + printable(w.Message()))
	}
	p.follow()
	if err != nil {
		return err
	}
	return p.awaitAnswer(ops)
}

// awaitAnswer goes on until an operation that is newer than the first so many has ended.
func (p *plain) awaitAnswer(before int) error {
	all := p.index.Ops()
	if len(all) <= before || all[len(all)-1].Invoked == 0 || p.log.At(all[len(all)-1].Invoked).At < p.at {
		return nil
	}
	for op := all[len(all)-1]; op.Returned == 0 && !op.System && !p.waits() && p.in.ctx.Err() == nil; {
		more, err := p.advance()
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// left is the run that is shown, as it is left for another.
func (p *plain) left() snapshot {
	return snapshot{log: p.log, now: p.now, end: p.end, over: p.over, recording: p.record}
}

// show puts another run in the place of the one that is shown, at the same cursor, as if
// its past had been told.
func (p *plain) show(r run) {
	p.run = r
	p.record = newRecord(p.nodes)
	p.record.extend(r.Log().Snapshot())
	p.now, p.end, p.over = r.Now(), r.End(), r.Over()
}

func (p *plain) undo(string) error {
	if len(p.past) == 0 {
		p.println("No command was given.")
		return nil
	}
	last := p.past[len(p.past)-1]
	if left := last.left; left != nil {
		_ = p.run.Close()
		p.run, p.record, p.cursor = left.run, left.record, left.cursor
		p.now, p.end, p.over = left.snap.now, left.snap.end, left.snap.over
		p.past = p.past[:len(p.past)-1]
		p.println("Back to the run before the fork. It is " + p.place() + ".")
		return nil
	}
	f, err := p.run.undo()
	if err != nil {
		return err
	}
	p.past = p.past[:len(p.past)-1]
	if f == nil {
		p.println("No command was given.")
		return nil
	}
	_ = p.run.Close()
	p.show(f)
	p.cursor = cursor{p.log.Len(), p.now}
	p.println("Undone. It is " + p.place() + " again.")
	return nil
}
