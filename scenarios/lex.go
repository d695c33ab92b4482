package scenarios

import (
	"strings"
	"unicode/utf8"

	"capsim/model"
)

// word is one word of a line.
type word struct {
	text string   // unquoted; of a list, as model.QuoteList prints it
	raw  string   // as written
	col  int      // of its first character, from 1
	list []string // the items of a list; nil if it is none
}

// bare tells whether the word was written without quotes.
func (w word) bare() bool { return w.text == w.raw }

// is tells whether the word is the keyword, written bare.
func (w word) is(keyword string) bool { return w.raw == keyword }

// lexer splits a line into words, quoted as in redis-cli: bare, '…', "…\n\xHH".
// Parentheses balance within a word, outside of quotes. A # at a word's start
// begins a comment.
type lexer struct {
	line    string
	at      int    // byte offset of what is not read yet
	comment string // from # on, once it is reached
	broken  bool   // a word was
	// done and col spare counting a line's characters from its start for each word.
	done, col int
}

// column returns the column of a byte offset, which must not decrease.
func (l *lexer) column(at int) int {
	l.col += utf8.RuneCountInString(l.line[l.done:at])
	l.done = at
	return l.col + 1
}

// wordError says what is wrong within a word.
type wordError struct {
	word word
	want string
}

// next reads a word; false at the end of the line or at a comment. Where lists may
// stand, [a "b c"] is one word.
func (l *lexer) next(lists bool) (word, bool, *wordError) {
	for l.at < len(l.line) && isBlank(l.line[l.at]) {
		l.at++
	}
	if l.at == len(l.line) {
		return word{}, false, nil
	}
	if l.line[l.at] == '#' {
		l.comment, l.at = l.line[l.at:], len(l.line)
		return word{}, false, nil
	}
	from := l.at
	w := word{col: l.column(from)}
	var want string
	if lists && l.line[from] == '[' {
		w.list, want = l.readList()
		w.text = model.QuoteList(w.list)
	} else {
		w.text, want = l.readWord()
	}
	w.raw = l.line[from:l.at]
	if want != "" {
		l.broken = true
		return w, false, &wordError{w, want}
	}
	return w, true, nil
}

// all reads the words that are left.
func (l *lexer) all(lists bool) ([]word, *wordError) {
	var words []word
	for {
		w, ok, err := l.next(lists)
		if !ok {
			return words, err
		}
		words = append(words, w)
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// What is expected where a word is broken.
const (
	wantDouble = `a closing " on the same line`
	wantSingle = `a closing ' on the same line; a text with an apostrophe goes in double quotes`
	wantSpace  = `a space after the closing quote`
	wantOpen   = `as many ( before it as ); a text with a lone parenthesis goes in quotes`
	wantClose  = `a closing ) in the same word; a text with a lone parenthesis goes in quotes`
	wantList   = `a closing ] on the same line; a text with a lone bracket goes in quotes`
)

// readWord reads a word up to the blank after it; want is what was expected where
// it is broken, and then it is read up to there.
func (l *lexer) readWord() (text, want string) {
	var b strings.Builder
	depth := 0
	for l.at < len(l.line) {
		c := l.line[l.at]
		switch {
		case isBlank(c) && depth == 0:
			return b.String(), ""
		case c == '"' || c == '\'':
			if want := l.readQuoted(&b); want != "" {
				return b.String(), want
			}
			if depth == 0 && l.at < len(l.line) && !isBlank(l.line[l.at]) {
				return b.String(), wantSpace
			}
			continue
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				l.at++
				return b.String(), wantOpen
			}
		}
		b.WriteByte(c)
		l.at++
	}
	if depth > 0 {
		return b.String(), wantClose
	}
	return b.String(), ""
}

// readQuoted reads what stands between quotes, the first of which is next.
func (l *lexer) readQuoted(b *strings.Builder) (want string) {
	quote := l.line[l.at]
	l.at++
	for l.at < len(l.line) {
		c := l.line[l.at]
		switch {
		case c == quote:
			l.at++
			return ""
		case c == '\\' && quote == '"' && l.at+1 < len(l.line):
			l.at++
			l.readEscape(b)
			continue
		case c == '\\' && quote == '\'' && strings.HasPrefix(l.line[l.at+1:], "'"):
			l.at++
			c = '\''
		}
		b.WriteByte(c)
		l.at++
	}
	if quote == '"' {
		return wantDouble
	}
	return wantSingle
}

// readEscape reads what follows a backslash in double quotes.
func (l *lexer) readEscape(b *strings.Builder) {
	c := l.line[l.at]
	l.at++
	if c == 'x' && l.at+1 < len(l.line) {
		high, low := hexDigit(l.line[l.at]), hexDigit(l.line[l.at+1])
		if high >= 0 && low >= 0 {
			b.WriteByte(byte(high<<4 | low))
			l.at += 2
			return
		}
	}
	if i := strings.IndexByte(escapeNames, c); i >= 0 {
		c = escapeValues[i]
	}
	b.WriteByte(c)
}

const (
	escapeNames  = "nrtba"
	escapeValues = "\n\r\t\b\a"
)

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// readList reads a list; its [ is next.
func (l *lexer) readList() (items []string, want string) {
	items = []string{}
	l.at++
	for {
		for l.at < len(l.line) && isBlank(l.line[l.at]) {
			l.at++
		}
		if l.at == len(l.line) {
			return items, wantList
		}
		if l.line[l.at] == ']' {
			l.at++
			if l.at < len(l.line) && !isBlank(l.line[l.at]) {
				return items, "a space after ]"
			}
			return items, ""
		}
		item, want := l.readItem()
		if items = append(items, item); want != "" {
			return items, want
		}
	}
}

// readItem reads an item of a list, up to the blank or bracket after it.
func (l *lexer) readItem() (text, want string) {
	var b strings.Builder
	for l.at < len(l.line) && !isBlank(l.line[l.at]) && l.line[l.at] != ']' {
		if c := l.line[l.at]; c == '"' || c == '\'' {
			if want := l.readQuoted(&b); want != "" {
				return b.String(), want
			}
			continue
		}
		b.WriteByte(l.line[l.at])
		l.at++
	}
	return b.String(), ""
}

// count is what a repeat replaces by its count.
const count = "{i}"

// quoteWord writes a word as it reads back, bare where it can be: unlike
// model.Quote also if it has {i}, or spaces within parentheses.
func quoteWord(s string) string {
	plain := withoutBlanks(strings.ReplaceAll(s, count, "0"))
	if model.Quote(plain) == plain {
		return s
	}
	return model.Quote(s)
}

// withoutBlanks removes the spaces within parentheses, byte by byte, for the text
// may be no UTF-8.
func withoutBlanks(s string) string {
	var b strings.Builder
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ' ':
			if depth > 0 {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// quoteText writes a text in double quotes.
func quoteText(s string) string { return string(model.AppendQuoted(nil, s)) }
