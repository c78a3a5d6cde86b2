package handler

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func answer(t *testing.T, method, target string, headers map[string]string, body string) (Request, Response) {
	t.Helper()
	request := NewRequest(method, target, func(name string) string { return headers[name] })
	response, err := Respond(request, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return request, response
}

// plain returns the headers of a text of this length, and more.
func plain(length string, more ...[2]string) [][2]string {
	return append([][2]string{{"content-type", "text/plain; charset=utf-8"}, {"content-length", length}}, more...)
}

func TestRespond(t *testing.T) {
	for _, test := range []struct {
		name    string
		method  string
		target  string
		asked   map[string]string
		input   string
		headers [][2]string
		body    string
		log     string
	}{
		{
			name:    "greets the world",
			method:  "GET",
			headers: plain("14"),
			body:    "Hello, world!\n",
			log:     "GET / 200\n",
		},
		{
			name:    "greets a name",
			method:  "GET",
			target:  "/?name=%C3%89va",
			headers: plain("13"),
			body:    "Hello, Éva!\n",
			log:     "GET / 200\n",
		},
		{
			name:    "refuses a name that is not UTF-8",
			method:  "GET",
			target:  "/?name=%FF",
			headers: plain("12"),
			body:    "Bad Request\n",
			log:     "GET / 400\n",
		},
		{
			name:    "shows the listed headers that are there, to HEAD as to GET",
			method:  "HEAD",
			target:  "/%72equest?a=%20?",
			asked:   map[string]string{"content-type": "text/css", "accept": "*/*", "user-agent": "", "cookie": "secret"},
			headers: plain("76"),
			body:    "method: GET\npath: /request\nquery: a=%20?\naccept: */*\ncontent-type: text/css\n",
			log:     "HEAD /request 200\n",
		},
		{
			name:    "echoes the body",
			method:  "POST",
			target:  "/echo",
			input:   "a\x00\xff",
			headers: [][2]string{{"content-type", "application/octet-stream"}, {"content-length", "3"}, {"x-body-bytes", "3"}},
			body:    "a\x00\xff",
			log:     "POST /echo 200\n",
		},
		{
			name:    "names the methods that a path allows",
			method:  "POST",
			target:  "/request",
			headers: plain("19", [2]string{"allow", "GET, HEAD"}),
			body:    "Method Not Allowed\n",
			log:     "POST /request 405\n",
		},
		{
			name:    "logs an unknown path on one line",
			method:  "PUT",
			target:  "/a%0Ab%7F%FF%4",
			headers: plain("10"),
			body:    "Not Found\n",
			log:     "PUT /a?b?\ufffd%4 404\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			request, response := answer(t, test.method, test.target, test.asked, test.input)
			if got := response.Headers(); !slices.Equal(got, test.headers) {
				t.Errorf("headers are %q, want %q", got, test.headers)
			}
			if got := string(response.Body); got != test.body {
				t.Errorf("body is %q, want %q", got, test.body)
			}
			if got := LogLine(request, response); got != test.log {
				t.Errorf("log is %q, want %q", got, test.log)
			}
		})
	}
}

func TestLargestBody(t *testing.T) {
	for length, want := range map[int]int{maxBody: 200, maxBody + 1: 413} {
		if _, got := answer(t, "POST", "/echo", nil, strings.Repeat("a", length)); got.Status != want {
			t.Errorf("status for %d bytes is %d, want %d", length, got.Status, want)
		}
	}
}

func TestBrokenInput(t *testing.T) {
	broken := errors.New("broken")
	request := Request{method: "POST", path: "/echo"}
	if _, err := Respond(request, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error is %v, want %v", err, broken)
	}
}
