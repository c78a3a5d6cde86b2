package command

import (
	"errors"
	"testing"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		args []string
		want Command
	}{
		{nil, Command{Output: "Hello, world!\n"}},
		{[]string{"Ada", "-", ""}, Command{Output: "Hello, Ada!\nHello, -!\nHello, !\n"}},
		{[]string{"\xff"}, Command{Output: "Hello, \xff!\n"}},
		{[]string{"--"}, Command{Output: "Hello, world!\n"}},
		{[]string{"a", "--", "--help", "--"}, Command{Output: "Hello, a!\nHello, --help!\nHello, --!\n"}},
		{[]string{"--count"}, Command{Count: true}},
		{[]string{"--help"}, Command{Output: usage}},
		{[]string{"Ada", "--count", "--help"}, Command{Output: usage}},
	} {
		if got, err := Parse(test.args); got != test.want || err != nil {
			t.Errorf("Parse(%q) = %+v, %v, want %+v", test.args, got, err, test.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct {
		args []string
		want error
	}{
		{[]string{"--help", "-a", "-b"}, refusal("unknown option '-a'")},
		{[]string{"--count=1"}, refusal("unknown option '--count=1'")},
		{[]string{"-\xff", "--"}, refusal("unknown option '-\xff'")},
		{[]string{"--count", "Ada"}, refusal("--count takes no other argument")},
		{[]string{"--count", "--count"}, refusal("--count takes no other argument")},
		{[]string{"--count", "--", "-x"}, refusal("--count takes no other argument")},
	} {
		if got, err := Parse(test.args); !errors.Is(err, test.want) {
			t.Errorf("Parse(%q) = %+v, %v, want error %v", test.args, got, err, test.want)
		}
	}
}
