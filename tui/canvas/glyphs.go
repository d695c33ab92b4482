package canvas

// Glyphs are the signs of the visual language, one set for terminals that draw
// lines and one for those that can't.
type Glyphs struct {
	Horizontal, Vertical, TopLeft, TopRight, BottomLeft, BottomRight rune
	DoneTrack, CutTrack, FutureTrack                                 rune // the timeline
	Cursor                                                           rune
	Good, Bad, Unknown, Cut, Fault, Question, Heal                   string
	Differs, Same, Arrow, Dot, Lost, Play, Pause, Here, Diamond      string
	Shade                                                            rune
	Carries, Empty                                                   [4]rune // a message going right, left, up, down
	Braille                                                          bool
	Down, Paused                                                     string
	Dashed                                                           rune   // upright, of a fault
	StaleMark                                                        string // of an answer that is not true any more
	Branches                                                         string // a fork, on the timeline
	Tee, Elbow                                                       rune   // in a tree: a fork that others follow, the last one
	HeldTrack, BothTrack                                             rune   // while a resource is held; by several
	Tick, Abort                                                      string // where a host's state changed; a transaction that came to nothing
}

// UnicodeGlyphs are for all terminals but those for which ASCII is asked for.
var UnicodeGlyphs = Glyphs{
	Horizontal: '─', Vertical: '│', TopLeft: '╭', TopRight: '╮', BottomLeft: '╰', BottomRight: '╯',
	DoneTrack: '━', CutTrack: '╍', FutureTrack: '─', Cursor: '┃',
	Good: "✓", Bad: "✗", Unknown: "?", Cut: "✂", Fault: "▲", Question: "?", Heal: "+",
	Differs: "≠", Same: "=", Arrow: "→", Dot: "●", Lost: "✗", Play: "▶", Pause: "‖", Here: "▸", Diamond: "◆", Shade: '░',
	Carries: [4]rune{'▶', '◀', '▲', '▼'}, Empty: [4]rune{'▹', '◃', '▵', '▿'},
	Braille: true, Down: "✗", Paused: "‖", Dashed: '╎', StaleMark: "!",
	Branches: "┳", Tee: '├', Elbow: '└', HeldTrack: '═', BothTrack: '╳', Tick: "◦", Abort: "⊘",
}

// AsciiGlyphs are for terminals and fonts that have nothing else.
var AsciiGlyphs = Glyphs{
	Horizontal: '-', Vertical: '|', TopLeft: '+', TopRight: '+', BottomLeft: '+', BottomRight: '+',
	DoneTrack: '=', CutTrack: '#', FutureTrack: '-', Cursor: '|',
	Good: "v", Bad: "x", Unknown: "?", Cut: "X", Fault: "!", Question: "?", Heal: "+",
	Differs: "!=", Same: "=", Arrow: "->", Dot: "o", Lost: "x", Play: ">", Pause: "=", Here: ">", Diamond: "*", Shade: '\'',
	Carries: [4]rune{'>', '<', '^', 'v'}, Empty: [4]rune{')', '(', '\'', ','},
	Down: "x", Paused: "=", Dashed: ':', StaleMark: "!",
	Branches: "Y", Tee: '|', Elbow: '`', HeldTrack: '%', BothTrack: 'X', Tick: ".", Abort: "/",
}
