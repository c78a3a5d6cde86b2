package handler

import "testing"

func TestParameter(t *testing.T) {
	for _, test := range []struct{ query, want string }{
		{"", ""},
		{"name", ""},
		{"name=", ""},
		{"name=Ada", "Ada"},
		{"lang=en&name=Ada&name=Grace", "Ada"},
		{"name=&name=Grace", ""},
		{"&&name=a=b&", "a=b"},
		{"names=Ada&NAME=Bob&name+=Eve", ""},
		{"n%61me=Ada", "Ada"},
		{"name=a+b%20c%2B", "a b c+"},
		{"name=%2541%c3%A9%FF%00", "%41\xc3\xa9\xff\x00"},
		{"name=100%", "100%"},
		{"name=%4%41%zz%%41%+1", "%4A%zz%A% 1"},
	} {
		if got := parameter(test.query, "name"); got != test.want {
			t.Errorf("parameter(%q) = %q, want %q", test.query, got, test.want)
		}
	}
}
