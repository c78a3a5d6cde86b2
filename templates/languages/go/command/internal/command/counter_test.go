package command

import "testing"

func TestCounter(t *testing.T) {
	for _, test := range []struct {
		chunks []string
		want   string
	}{
		{nil, "0 0 0\n"},
		{[]string{"one two\nthree  four\n"}, "2 4 20\n"},
		{[]string{"a b\tc\nd\ve\ff\rg"}, "1 7 13\n"},
		{[]string{"wo", "rd", "", " and", "\n"}, "1 2 9\n"},
		{[]string{"\x00\xff\u00a0"}, "0 1 4\n"},
	} {
		var counter Counter
		for _, chunk := range test.chunks {
			if n, err := counter.Write([]byte(chunk)); n != len(chunk) || err != nil {
				t.Errorf("Write(%q) = %d, %v", chunk, n, err)
			}
		}
		if got := counter.String(); got != test.want {
			t.Errorf("count of %q is %q, want %q", test.chunks, got, test.want)
		}
	}
}
