package scenarios

// Lesson is what a Markdown scenario says beside its script.
type Lesson struct {
	Title    string
	Summary  string
	Teaches  []string
	Minutes  int
	Level    string
	Markdown string    // without the front matter
	Sections []Section // the text between the blocks of the script, in order
}

// Section is a stretch of a lesson's text.
type Section struct {
	Markdown string
	Line     int // of its first line, in the file
	Before   int // index of the first statement after it; len(Statements) if none follows
}
