package canvas

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/lucasb-eyer/go-colorful"
)

func colour(t *testing.T, hex string) colorful.Color {
	t.Helper()
	c, err := colorful.Hex(hex)
	if err != nil {
		t.Fatalf("%q: %v", hex, err)
	}
	return c
}

// contrast is the ratio of WCAG 2.1.
func contrast(a, b colorful.Color) float64 {
	luminance := func(c colorful.Color) float64 {
		r, g, b := c.LinearRgb()
		return 0.2126*r + 0.7152*g + 0.0722*b
	}
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// What is read has a contrast of 4.5 to what it stands on (7 in the high-contrast themes),
// and the marks of the timeline 3. Quiet borders tell nothing.
func TestContrast(t *testing.T) {
	tests := map[string]struct {
		of         *colours
		background string // if it is that of the terminal; for dark ones the lightest usual
		text       string // the terminal's own
		least      float64
	}{
		"dark":           {&darkColours, "#181818", "#D0D0D0", 4.5},
		"light":          {&lightColours, "#FFFFFF", "#202020", 4.5},
		"contrast dark":  {&contrastDark, "#1E1E1E", "#FFFFFF", 7},
		"contrast light": {&contrastLight, "#FFFFFF", "#000000", 7},
	}
	for name, tt := range tests {
		check := func(what string, l look, least float64) {
			fg, bg := colour(t, orElse(l.fg, tt.text)), colour(t, orElse(l.bg, tt.background))
			if got := contrast(fg, bg); math.Round(got*10)/10 < least {
				t.Errorf("%s: the contrast of %s is %.2f, less than %v", name, what, got, least)
			}
		}
		for st, l := range tt.of.looks {
			least := tt.least
			switch {
			case Style(st) == StBorder:
				continue
			case Style(st) == StTrack:
				least = 3
			case Style(st) >= stVersion:
				continue
			}
			check("style "+strconv.Itoa(st), l, least)
		}
		for i := range versions {
			check("v"+strconv.Itoa(i+1), look{fg: tt.of.text[i]}, tt.least)
			check("the badge of v"+strconv.Itoa(i+1), look{fg: tt.of.over[i], bg: tt.of.filled[i]}, 4.5)
		}
	}
}

// Matrices for linear RGB of Machado, Oliveira & Fernandes, A Physiologically-based Model
// for Simulation of Color Vision Deficiency (2009), severity 1.0.
var deficiencies = map[string][9]float64{
	"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	"tritanopia":   {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
	"none":         {1, 0, 0, 0, 1, 0, 0, 0, 1},
}

// Colour-blind eyes tell the badges of versions apart: neighbours by number by far, and any
// two at all. (2.3 is a just noticeable difference.)
func TestColourBlind(t *testing.T) {
	for name, of := range map[string]*colours{"dark and light": &darkColours, "contrast dark": &contrastDark, "contrast light": &contrastLight} {
		for eyes, m := range deficiencies {
			var seen [versions]colorful.Color
			for i, hex := range of.filled {
				r, g, b := colour(t, hex).LinearRgb()
				seen[i] = colorful.LinearRgb(m[0]*r+m[1]*g+m[2]*b, m[3]*r+m[4]*g+m[5]*b, m[6]*r+m[7]*g+m[8]*b).Clamped()
			}
			least, next := math.Inf(1), math.Inf(1)
			for i := range seen {
				for j := range i {
					d := 100 * seen[i].DistanceCIEDE2000(seen[j])
					least = min(least, d)
					if i == j+1 {
						next = min(next, d)
					}
				}
			}
			t.Logf("%s, %s: neighbours differ by %.1f, any two by %.1f", name, eyes, next, least)
			if next < 10 || least < 4 {
				t.Errorf("%s, %s: neighbours differ by %.1f, any two by %.1f", name, eyes, next, least)
			}
		}
	}
}

// With --ascii no sign of the program's own lies outside of ASCII.
func TestASCIIScreens(t *testing.T) {
	files, err := filepath.Glob("../testdata/*ascii*.golden")
	if err != nil || len(files) == 0 {
		t.Fatal("no screens", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(text) {
			if r >= 0x80 {
				t.Errorf("%s shows %q", name, r)
			}
		}
	}
}
