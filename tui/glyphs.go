package tui

// glyphs are the signs of the visual language, one set for terminals that draw
// lines and one for those that can't.
type glyphs struct {
	horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight rune
	doneTrack, cutTrack, futureTrack                                 rune // the timeline
	cursor                                                           rune
	good, bad, unknown, cut, fault, question, heal                   string
	differs, same, arrow, dot, lost, play, pause, here               string
	diamond, shade                                                   rune
	carries, empty                                                   [4]rune // a message going right, left, up, down
	braille                                                          bool
	down, paused                                                     string
	dashed                                                           rune   // upright, of a fault
	staleMark                                                        string // of an answer that is not true any more
	branches                                                         string // a fork, on the timeline
	tee, elbow                                                       rune   // in a tree: a fork that others follow, the last one
}

var unicodeGlyphs = glyphs{
	horizontal: '─', vertical: '│', topLeft: '╭', topRight: '╮', bottomLeft: '╰', bottomRight: '╯',
	doneTrack: '━', cutTrack: '╍', futureTrack: '─', cursor: '┃',
	good: "✓", bad: "✗", unknown: "?", cut: "✂", fault: "▲", question: "?", heal: "+",
	differs: "≠", same: "=", arrow: "→", dot: "●", lost: "✗", play: "▶", pause: "‖", here: "▸", diamond: '◆', shade: '░',
	carries: [4]rune{'▶', '◀', '▲', '▼'}, empty: [4]rune{'▹', '◃', '▵', '▿'},
	braille: true, down: "✗", paused: "‖", dashed: '╎', staleMark: "!",
	branches: "┳", tee: '├', elbow: '└',
}

var asciiGlyphs = glyphs{
	horizontal: '-', vertical: '|', topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+',
	doneTrack: '=', cutTrack: '#', futureTrack: '-', cursor: '|',
	good: "v", bad: "x", unknown: "?", cut: "X", fault: "!", question: "?", heal: "+",
	differs: "!=", same: "=", arrow: "->", dot: "o", lost: "x", play: ">", pause: "=", here: ">", diamond: '*', shade: '\'',
	carries: [4]rune{'>', '<', '^', 'v'}, empty: [4]rune{')', '(', '\'', ','},
	down: "x", paused: "=", dashed: ':', staleMark: "!",
	branches: "Y", tee: '|', elbow: '`',
}
