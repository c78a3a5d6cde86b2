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

// Request is the head of a request. Its query and the values of its headers are bytes that need not be UTF-8.
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

// NewRequest takes what it needs from the target, a path with a query or without, and from the headers; a header that is
// not there is empty.
func NewRequest(method, target string, header func(name string) string) Request {
	path, query, _ := strings.Cut(target, "?")
	return Request{
		method:         method,
		path:           strings.ToValidUTF8(unescape(or(path, "/")), "\ufffd"),
		query:          query,
		accept:         header("accept"),
		acceptLanguage: header("accept-language"),
		contentType:    header("content-type"),
		userAgent:      header("user-agent"),
		requestID:      header("x-request-id"),
	}
}

// IsHead says whether the client wants the headers alone.
func (r Request) IsHead() bool { return r.method == "HEAD" }

// Response is the answer to a request.
type Response struct {
	// Status is a code of HTTP.
	Status      int
	contentType string
	// extra holds the headers beyond those that every response has.
	extra [][2]string
	// Body follows the headers, except in an answer to HEAD.
	Body []byte
}

// Headers returns names and values; the answer to HEAD has those of GET.
func (r Response) Headers() [][2]string {
	return append([][2]string{
		{"content-type", r.contentType},
		{"content-length", strconv.Itoa(len(r.Body))},
	}, r.extra...)
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
		return text(404, "Not Found\n"), nil
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
	return string(text) + " " + strconv.Itoa(response.Status) + "\n"
}

func greet(request Request) Response {
	name := or(parameter(request.query, "name"), "world")
	if !utf8.ValidString(name) {
		return text(400, "Bad Request\n")
	}
	return text(200, "Hello, "+name+"!\n")
}

// describe shows the request, with no other headers than these: they may hold secrets.
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
	return text(200, body.String())
}

func echo(request Request, input io.Reader) (Response, error) {
	body, err := io.ReadAll(io.LimitReader(input, maxBody+1))
	if err != nil {
		return Response{}, err
	}
	if len(body) > maxBody {
		return text(413, "Content Too Large\n"), nil
	}
	return Response{
		Status:      200,
		contentType: or(request.contentType, "application/octet-stream"),
		extra:       [][2]string{{"x-body-bytes", strconv.Itoa(len(body))}},
		Body:        body,
	}, nil
}

func notAllowed(allow string) Response {
	response := text(405, "Method Not Allowed\n")
	response.extra = [][2]string{{"allow", allow}}
	return response
}

func text(status int, body string) Response {
	return Response{Status: status, contentType: "text/plain; charset=utf-8", Body: []byte(body)}
}

func line(name, value string) string { return name + ": " + value + "\n" }

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
