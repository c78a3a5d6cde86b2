package handler

import (
	"strconv"
	"strings"
)

// parameter returns the value of the first parameter of a query with this name, decoded; it is
// empty where there is none.
func parameter(query, name string) string {
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if decode(key) == name {
			return decode(value)
		}
	}
	return ""
}

// decode reads a word of a query, where `+` is a space.
func decode(text string) string { return unescape(strings.ReplaceAll(text, "+", " ")) }

// unescape turns `%41` into a byte; a `%` without two hexadecimal digits stands for itself.
func unescape(text string) string {
	bytes := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '%' && i+2 < len(text) {
			if value, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				c = byte(value)
				i += 2
			}
		}
		bytes = append(bytes, c)
	}
	return string(bytes)
}
