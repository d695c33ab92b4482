package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/glamour"
	gansi "github.com/charmbracelet/glamour/ansi"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"capsim/tui/canvas"
)

// textRow is a row of a text that was rendered: stretches of one style.
type textRow []stretch

type stretch struct {
	text string
	st   canvas.Style
}

// Glamour is told to colour with these numbers, which are tags for the styles that take
// their place: the theme alone says how something looks.
const (
	tagHeading = "1"
	tagStrong  = "2"
	tagCode    = "3"
	tagQuiet   = "4"
)

// tagged are the styles by the tags' colour codes.
var tagged = map[int]canvas.Style{31: canvas.StFocus, 32: canvas.StBold, 33: canvas.StCode, 34: canvas.StDim}

// markdown renders a text into rows of at most w columns.
func (cm *common) markdown(text string, w int) []textRow {
	if w < 1 {
		return nil
	}
	var rows []textRow
	for _, part := range cutTables(tame(text)) {
		// Glamour fits tables in, but breaks rows badly beside words with a style: those are
		// broken here.
		room := w
		if !part.table {
			part.text = joinLines(part.text)
			room = max(longestPara(part.text), w)
		}
		more := fold(cm.glamour(part.text, room), w)
		if len(rows) > 0 && len(more) > 0 {
			rows = append(rows, nil)
		}
		rows = append(rows, more...)
	}
	return rows
}

// glamour renders a text without control characters.
func (cm *common) glamour(text string, w int) []textRow {
	r, err := glamour.NewTermRenderer(
		glamour.WithStyles(cm.markdownStyle()), glamour.WithWordWrap(w), glamour.WithColorProfile(termenv.ANSI))
	if err != nil {
		return plainRows(text, w)
	}
	out, err := r.Render(text)
	if err != nil {
		return plainRows(text, w)
	}
	return decode(out, w)
}

// part is a stretch of a text that is a table, or has none.
type part struct {
	text  string
	table bool
}

// cutTables cuts a text before and after its tables.
func cutTables(text string) []part {
	var parts []part
	for _, para := range strings.SplitAfter(text, "\n\n") {
		n := len(parts)
		fenced := n > 0 && strings.Count(parts[n-1].text, "```")%2 == 1
		table := !fenced && strings.HasPrefix(para, "|")
		if n > 0 && parts[n-1].table == table {
			parts[n-1].text += para
		} else {
			parts = append(parts, part{para, table})
		}
	}
	return parts
}

// longestPara returns the bytes of the longest paragraph.
func longestPara(text string) int {
	n := 0
	for _, part := range strings.Split(text, "\n\n") {
		n = max(n, len(part))
	}
	return n
}

// tame replaces control characters, so that every escape sequence in what is rendered
// was written by the renderer.
func tame(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return utf8.RuneError
		}
		return r
	}, text)
}

// plainRows is the text as it is written.
func plainRows(text string, w int) []textRow {
	var rows []textRow
	for _, r := range canvas.Wrap(nil, text, w) {
		rows = append(rows, textRow{{text[r.From:r.To], canvas.StText}})
	}
	return rows
}

// markdownStyle says how glamour is to lay a text out, and tags what is special.
func (cm *common) markdownStyle() gansi.StyleConfig {
	colour := func(tag string) gansi.StylePrimitive { return gansi.StylePrimitive{Color: &tag} }
	block := func(tag string) gansi.StyleBlock { return gansi.StyleBlock{StylePrimitive: colour(tag)} }
	uint1, none := uint(1), uint(0)
	bar, dash, cross := string(cm.Vertical)+" ", string(cm.Horizontal), "+"
	column := string(cm.Vertical)
	if cm.Braille {
		cross = "┼"
	}
	heading := block(tagHeading)
	heading.BlockSuffix = "\n"
	item := gansi.StylePrimitive{BlockPrefix: "- "}
	return gansi.StyleConfig{
		Heading: heading, H1: block(tagHeading),
		Emph: colour(tagStrong), Strong: colour(tagStrong),
		Strikethrough:  colour(tagQuiet),
		HorizontalRule: gansi.StylePrimitive{Format: "\n" + strings.Repeat(dash, 3) + "\n"},
		BlockQuote:     gansi.StyleBlock{Indent: &uint1, IndentToken: &bar},
		List:           gansi.StyleList{LevelIndent: 2},
		Item:           item,
		Enumeration:    gansi.StylePrimitive{BlockPrefix: ". "},
		Task:           gansi.StyleTask{Ticked: "[x] ", Unticked: "[ ] "},
		Link:           colour(tagQuiet),
		Image:          colour(tagQuiet),
		Code:           block(tagCode),
		CodeBlock:      gansi.StyleCodeBlock{StyleBlock: gansi.StyleBlock{StylePrimitive: colour(tagCode), Margin: &uint1}},
		Table: gansi.StyleTable{
			StyleBlock: gansi.StyleBlock{Margin: &none}, CenterSeparator: &cross, ColumnSeparator: &column, RowSeparator: &dash,
		},
		DefinitionDescription: gansi.StylePrimitive{BlockPrefix: "\n  "},
	}
}

// decode turns glamour's output into rows: tags into styles, all else that is no text left
// out, what is too wide wrapped, and never two empty rows after each other.
func decode(out string, w int) []textRow {
	d := decoder{w: w, parser: ansi.NewParser()}
	state := byte(0)
	for len(out) > 0 {
		seq, _, n, next := ansi.DecodeSequence(out, state, d.parser)
		state, out = next, out[n:]
		switch r, _ := utf8.DecodeRuneInString(seq); {
		case seq == "\n":
			d.flush()
			d.end()
		case r == 0x1b || r == 0x9b:
			d.sgr()
		case r >= 0x20:
			for _, r := range seq {
				d.put(r)
			}
		}
	}
	d.flush()
	d.end()
	rows := d.rows
	for len(rows) > 0 && len(rows[len(rows)-1]) == 0 {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// decoder collects rows.
type decoder struct {
	w      int
	parser *ansi.Parser
	rows   []textRow
	row    textRow
	now    strings.Builder
	st     canvas.Style
	x      int
}

// sgr takes in a sequence that selects a style.
func (d *decoder) sgr() {
	if ansi.Cmd(d.parser.Command()).Final() != 'm' {
		return
	}
	st := canvas.StText
	for i := range d.parser.Params() {
		if p, ok := d.parser.Param(i, 0); ok && tagged[p] != canvas.StText {
			st = tagged[p]
		}
	}
	if st != d.st {
		d.flush()
		d.st = st
	}
}

func (d *decoder) put(r rune) {
	n := canvas.RuneWidth(r)
	if d.x+n > d.w {
		d.flush()
		d.end()
		if r == ' ' {
			return
		}
	}
	d.now.WriteRune(r)
	d.x += n
}

// flush ends a stretch. A version's name has the version's colour.
func (d *decoder) flush() {
	if d.now.Len() == 0 {
		return
	}
	text, st := d.now.String(), d.st
	if v := versionNamed(text); st == canvas.StCode && v > 0 {
		st = canvas.VersionBold(v)
	}
	d.row = append(d.row, stretch{text, st})
	d.now.Reset()
}

// end ends a row, blanks at its end left out.
func (d *decoder) end() {
	for n := len(d.row); n > 0; n-- {
		last := &d.row[n-1]
		if last.text = strings.TrimRight(last.text, " "); last.text != "" {
			break
		}
		d.row = d.row[:n-1]
	}
	if n := len(d.rows); len(d.row) > 0 || n > 0 && len(d.rows[n-1]) > 0 {
		d.rows = append(d.rows, d.row)
	}
	d.row, d.x = nil, 0
}

// versionNamed returns the number of "v3"; 0 if the text is no version's name.
func versionNamed(text string) int {
	if len(text) < 2 || len(text) > 4 || text[0] != 'v' {
		return 0
	}
	n := 0
	for _, r := range text[1:] {
		if r < '0' || r > '9' {
			return 0
		}
		n = 10*n + int(r-'0')
	}
	return n
}

// draw draws a row of a text, and returns the column after it.
func (row textRow) draw(c *canvas.Canvas, x, y int) int {
	for _, s := range row {
		x = c.Text(x, y, s.text, s.st)
	}
	return x
}
