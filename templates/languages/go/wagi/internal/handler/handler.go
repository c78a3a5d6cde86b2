// Package handler answers a request: all that the program does but input and output.
package handler

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBody is the largest body that /echo takes, in bytes.
const maxBody = 1 << 20

// Request is a request as the variables of CGI 1.1 describe it: bytes that need not be UTF-8.
type Request struct {
	method         string
	path           string
	query          string
	accept         string
	acceptLanguage string
	contentType    string
	userAgent      string
	requestID      string
}

// NewRequest takes what it needs from the environment; a variable that is not set is empty.
func NewRequest(variable func(name string) string) Request {
	return Request{
		method:         variable("REQUEST_METHOD"),
		path:           or(variable("PATH_INFO"), "/"),
		query:          variable("QUERY_STRING"),
		accept:         variable("HTTP_ACCEPT"),
		acceptLanguage: variable("HTTP_ACCEPT_LANGUAGE"),
		// WAGI 0.8.1 leaves CONTENT_TYPE empty and has the header as it came.
		contentType: or(variable("CONTENT_TYPE"), variable("HTTP_CONTENT_TYPE")),
		userAgent:   variable("HTTP_USER_AGENT"),
		requestID:   variable("HTTP_X_REQUEST_ID"),
	}
}

// IsHead says whether the client wants the headers alone.
func (r Request) IsHead() bool { return r.method == "HEAD" }

// status is what the first line of an HTTP response says.
type status struct {
	code   int
	reason string
}

var (
	ok               = status{200, "OK"}
	badRequest       = status{400, "Bad Request"}
	notFound         = status{404, "Not Found"}
	methodNotAllowed = status{405, "Method Not Allowed"}
	contentTooLarge  = status{413, "Content Too Large"}
)

// Response is the answer to a request.
type Response struct {
	status      status
	contentType string
	// extra holds the header lines beyond those that every response has.
	extra string
	// Body follows the head, except in an answer to HEAD.
	Body []byte
}

// Head returns the header lines of CGI and the empty line after them.
func (r Response) Head() string {
	head := ""
	if r.status != ok {
		head = line("status", strconv.Itoa(r.status.code)+" "+r.status.reason)
	}
	head += line("content-type", r.contentType)
	head += line("content-length", strconv.Itoa(len(r.Body)))
	return head + r.extra + "\n"
}

// Respond answers a request. It reads the body only where the answer depends on it.
func Respond(request Request, input io.Reader) (Response, error) {
	get := request.method == "GET" || request.IsHead()
	switch request.path {
	case "/":
		if !get {
			return notAllowed("GET, HEAD"), nil
		}
		return greet(request), nil
	case "/request":
		if !get {
			return notAllowed("GET, HEAD"), nil
		}
		return describe(request), nil
	case "/echo":
		if request.method != "POST" {
			return notAllowed("POST"), nil
		}
		return echo(request, input)
	default:
		return problem(notFound), nil
	}
}

// LogLine returns what goes to the log: `GET /request 200`, on one line whatever the path holds.
func LogLine(request Request, response Response) string {
	text := []byte(request.method + " " + request.path)
	for i, c := range text {
		if c < ' ' || c == 0x7f {
			text[i] = '?'
		}
	}
	return string(text) + " " + strconv.Itoa(response.status.code) + "\n"
}

func greet(request Request) Response {
	name := or(parameter(request.query, "name"), "world")
	if !utf8.ValidString(name) {
		return problem(badRequest)
	}
	return text(ok, "Hello, "+name+"!\n")
}

// describe shows the request, without the rest of the environment: it may hold secrets.
func describe(request Request) Response {
	var body strings.Builder
	// HEAD has the headers of GET, so the length is that of what GET shows.
	body.WriteString(line("method", "GET") + line("path", request.path) + line("query", request.query))
	for _, header := range []struct{ name, value string }{
		{"accept", request.accept},
		{"accept-language", request.acceptLanguage},
		{"content-type", request.contentType},
		{"user-agent", request.userAgent},
		{"x-request-id", request.requestID},
	} {
		if header.value != "" {
			body.WriteString(line(header.name, header.value))
		}
	}
	return text(ok, body.String())
}

func echo(request Request, input io.Reader) (Response, error) {
	body, err := io.ReadAll(io.LimitReader(input, maxBody+1))
	if err != nil {
		return Response{}, err
	}
	if len(body) > maxBody {
		return problem(contentTooLarge), nil
	}
	return Response{
		status:      ok,
		contentType: or(request.contentType, "application/octet-stream"),
		extra:       line("x-body-bytes", strconv.Itoa(len(body))),
		Body:        body,
	}, nil
}

func notAllowed(allow string) Response {
	response := problem(methodNotAllowed)
	response.extra = line("allow", allow)
	return response
}

func problem(status status) Response { return text(status, status.reason+"\n") }

func text(status status, body string) Response {
	return Response{status: status, contentType: "text/plain; charset=utf-8", Body: []byte(body)}
}

func line(name, value string) string { return name + ": " + value + "\n" }

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
