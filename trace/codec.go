package trace

// Format is the version of the trace file's format that this program writes. It
// reads this one and those before.
const Format = 1

// Header is the first line of a trace file: what a run was made of.
type Header struct {
	Format  int               // of Format; 0 when writing stands for Format
	Program string            // name and version of the program that wrote it
	Title   string            // the scenario's
	Script  string            // the whole script as run, with flags folded into its `use` lines
	Files   map[string]string // the files that it names, by name
	Store   string            // miniredis, memory, redis, spawn
	Seed    int64
	Nodes   int
}

// File is a trace file as read.
type File struct {
	Header Header
	Log    *Log
	End    End    // zero if the file was cut
	Cut    bool   // it has no end mark: the run was cut off
	Hash   string // SHA-256 of the event lines, as read
}

// End is the last line of a trace file.
type End struct {
	Events int
	SHA256 string // of the event lines, each with its newline; lower-case hex
}
