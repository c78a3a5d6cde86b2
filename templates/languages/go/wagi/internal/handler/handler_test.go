package handler

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func answer(t *testing.T, variables map[string]string, body string) (Request, Response) {
	t.Helper()
	request := NewRequest(func(name string) string { return variables[name] })
	response, err := Respond(request, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return request, response
}

func plain(length string) string {
	return "content-type: text/plain; charset=utf-8\ncontent-length: " + length + "\n"
}

func TestRespond(t *testing.T) {
	for _, test := range []struct {
		name      string
		variables map[string]string
		input     string
		head      string
		body      string
		log       string
	}{
		{
			name:      "greets the world",
			variables: map[string]string{"REQUEST_METHOD": "GET"},
			head:      plain("14") + "\n",
			body:      "Hello, world!\n",
			log:       "GET / 200\n",
		},
		{
			name:      "greets a name",
			variables: map[string]string{"REQUEST_METHOD": "GET", "QUERY_STRING": "name=%C3%89va"},
			head:      plain("13") + "\n",
			body:      "Hello, Éva!\n",
			log:       "GET / 200\n",
		},
		{
			name:      "refuses a name that is not UTF-8",
			variables: map[string]string{"REQUEST_METHOD": "GET", "QUERY_STRING": "name=%FF"},
			head:      "status: 400 Bad Request\n" + plain("12") + "\n",
			body:      "Bad Request\n",
			log:       "GET / 400\n",
		},
		{
			name: "shows the listed headers that are there, to HEAD as to GET",
			variables: map[string]string{
				"REQUEST_METHOD":    "HEAD",
				"PATH_INFO":         "/request",
				"QUERY_STRING":      "a=%20",
				"CONTENT_TYPE":      "",
				"HTTP_CONTENT_TYPE": "text/css",
				"HTTP_ACCEPT":       "*/*",
				"HTTP_COOKIE":       "secret",
			},
			head: plain("75") + "\n",
			body: "method: GET\npath: /request\nquery: a=%20\naccept: */*\ncontent-type: text/css\n",
			log:  "HEAD /request 200\n",
		},
		{
			name:      "echoes the body",
			variables: map[string]string{"REQUEST_METHOD": "POST", "PATH_INFO": "/echo"},
			input:     "a\x00\xff",
			head:      "content-type: application/octet-stream\ncontent-length: 3\nx-body-bytes: 3\n\n",
			body:      "a\x00\xff",
			log:       "POST /echo 200\n",
		},
		{
			name:      "names the methods that a path allows",
			variables: map[string]string{"REQUEST_METHOD": "POST", "PATH_INFO": "/request"},
			head:      "status: 405 Method Not Allowed\n" + plain("19") + "allow: GET, HEAD\n\n",
			body:      "Method Not Allowed\n",
			log:       "POST /request 405\n",
		},
		{
			name:      "logs an unknown path on one line",
			variables: map[string]string{"REQUEST_METHOD": "PUT", "PATH_INFO": "/a\nb\x7f\xff"},
			head:      "status: 404 Not Found\n" + plain("10") + "\n",
			body:      "Not Found\n",
			log:       "PUT /a?b?\xff 404\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			request, response := answer(t, test.variables, test.input)
			if got := response.Head(); got != test.head {
				t.Errorf("head is %q, want %q", got, test.head)
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
	variables := map[string]string{"REQUEST_METHOD": "POST", "PATH_INFO": "/echo"}
	for length, want := range map[int]string{
		maxBody:     "POST /echo 200\n",
		maxBody + 1: "POST /echo 413\n",
	} {
		if got := LogLine(answer(t, variables, strings.Repeat("a", length))); got != want {
			t.Errorf("log for %d bytes is %q, want %q", length, got, want)
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
