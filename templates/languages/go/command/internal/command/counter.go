package command

import "strconv"

// Counter counts what is written to it as POSIX wc does, in the same memory whatever the size.
type Counter struct {
	lines, words, bytes uint64
	inWord              bool
}

// Write counts some more bytes; it never fails.
func (c *Counter) Write(chunk []byte) (int, error) {
	for _, b := range chunk {
		if b == '\n' {
			c.lines++
		}
		blank := b == ' ' || b >= '\t' && b <= '\r'
		if !blank && !c.inWord {
			c.words++
		}
		c.inWord = !blank
	}
	c.bytes += uint64(len(chunk))
	return len(chunk), nil
}

// String returns a line with the lines, words and bytes so far.
func (c *Counter) String() string {
	return decimal(c.lines) + " " + decimal(c.words) + " " + decimal(c.bytes) + "\n"
}

func decimal(number uint64) string { return strconv.FormatUint(number, 10) }
