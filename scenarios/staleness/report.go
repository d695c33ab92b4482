package staleness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// object is a JSON object whose names keep their order.
type object []field

type field struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(name, ':'), value...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// MarshalJSON writes the result as one object: shares as numbers of six decimals, times as
// durations.
func (r Result) MarshalJSON() ([]byte, error) {
	var fresh, at, within object
	for _, f := range r.Fresh {
		fresh = append(fresh, field{f.T.String(), share(f.Share)})
	}
	for _, t := range r.Times {
		at = append(at, field{number(t.Probability), short(t.T)})
	}
	for _, w := range r.Within {
		within = append(within, field{strconv.Itoa(w.K), share(w.Share)})
	}
	return object{
		{"trials", r.Trials},
		{"p_fresh", fresh},
		{"t_at", at},
		{"k_fresh", within},
		{"read_latency", quantiles(r.Read)},
		{"write_latency", quantiles(r.Write)},
	}.MarshalJSON()
}

// told are the quantiles of latencies that are told.
var told = []float64{.5, .95, .99, .999}

func quantiles(ascending []time.Duration) object {
	var o object
	for _, p := range told {
		o = append(o, field{"p" + number(math.Round(p*1000)/10), short(Quantile(ascending, p))})
	}
	return o
}

func share(p float64) float64  { return math.Round(p*1e6) / 1e6 }
func number(v float64) string  { return strconv.FormatFloat(v, 'f', -1, 64) }
func percent(p float64) string { return strconv.FormatFloat(p*100, 'f', 2, 64) + " %" }
func interval(p float64, n int) string {
	return strconv.FormatFloat(196*math.Sqrt(p*(1-p)/float64(n)), 'f', 2, 64)
}

// short writes a duration with four digits.
func short(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 10_000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

// Print writes the result as tables and a curve.
func (r Result) Print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(r.Fresh) > 0 {
		fmt.Fprintln(w, "a read that begins\tis fresh")
		for _, f := range r.Fresh {
			fmt.Fprintf(w, "%v after the commit\t%s ± %s\n", f.T, percent(f.Share), interval(f.Share, r.Trials))
		}
		fmt.Fprintln(w)
	}
	for _, t := range r.Times {
		fmt.Fprintf(w, "%s %% of the reads are fresh\t%s after the commit\n", number(math.Round(t.Probability*1e7)/1e5), short(t.T))
	}
	if len(r.Within) > 0 {
		fmt.Fprintf(w, "\nquorums that don't expand: a read returns one of the last\tin (of %d)\n", r.VersionRuns)
		for _, v := range r.Within {
			fmt.Fprintf(w, "%d versions\t%s ± %s\n", v.K, percent(v.Share), interval(v.Share, r.VersionRuns))
		}
	}
	fmt.Fprint(w, "\nlatency")
	for _, p := range told {
		fmt.Fprintf(w, "\tp%s", number(math.Round(p*1000)/10))
	}
	for _, l := range []struct {
		name string
		of   []time.Duration
	}{{"read", r.Read}, {"write", r.Write}} {
		fmt.Fprintf(w, "\n%s", l.name)
		for _, p := range told {
			fmt.Fprintf(w, "\t%s", short(Quantile(l.of, p)))
		}
	}
	fmt.Fprint(w, "\n\n")
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(out, r.curve())
	return err
}

// The curve's size, in rows and columns.
const (
	curveRows = 16
	curveCols = 50
)

// curve draws the share of fresh reads over the time since the commit, up to where 99.9 %
// are.
func (r Result) curve() string {
	end := Quantile(r.Needed, .999)
	if end == 0 {
		return "every read is fresh from the commit on\n"
	}
	var b strings.Builder
	for i := range curveRows + 1 {
		t := time.Duration(int64(end) * int64(i) / curveRows)
		n, _ := slices.BinarySearch(r.Needed, t+1)
		p := float64(n) / float64(len(r.Needed))
		bar := strings.Repeat("#", int(p*curveCols+.5))
		fmt.Fprintf(&b, "%9s |%-*s| %s\n", short(t), curveCols, bar, percent(p))
	}
	return b.String()
}
