package scenarios

import (
	"strconv"
	"strings"
)

// parsePercent reads "30%" as 30: from 0 to 100, with at most four decimals.
func parsePercent(s string) (float64, bool) {
	number, ok := strings.CutSuffix(s, "%")
	whole, decimals, point := strings.Cut(number, ".")
	if !ok || whole == "" || point && decimals == "" || len(whole) > 3 || len(decimals) > 4 {
		return 0, false
	}
	if strings.Trim(whole+decimals, "0123456789") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(number, 64)
	return v, err == nil && v <= 100
}

// formatPercent writes what parsePercent reads as the same.
func formatPercent(v float64) string {
	s := strconv.FormatFloat(v, 'f', 4, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + "%"
}
