//go:build wasip1

// Package wasihttp takes a request from the host and sends the answer, by as much of wasi:http 0.2 as wit/world.wit names.
package wasihttp

import (
	"errors"
	"io"
)

// maxRest is the most that is read of a body after its answer, in bytes.
const maxRest = 4 << 20

// Request is a request that the host has handed over. One goroutine at a time may use it.
type Request struct {
	Method string
	// Target is the path with its query, as they came.
	Target string

	incoming, headers, body, stream int32
}

// Receive takes over a request by its handle. It is to be closed.
func Receive(incoming int32) *Request {
	// Neither fails: body and stream are taken once.
	var body, stream variant
	incomingRequestConsume(incoming, &body)
	incomingBodyStream(body.handle(), &stream)
	return &Request{
		Method:   method(incoming),
		Target:   target(incoming),
		incoming: incoming,
		headers:  incomingRequestHeaders(incoming),
		body:     body.handle(),
		stream:   stream.handle(),
	}
}

// methods are those that wasi:http has numbers for.
var methods = [...]string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}

func method(incoming int32) string {
	defer release(used)
	var method variant
	incomingRequestMethod(incoming, &method)
	if int(method.tag) < len(methods) {
		return methods[method.tag]
	}
	return string(method.list().bytes())
}

func target(incoming int32) string {
	defer release(used)
	var target variant
	incomingRequestPathWithQuery(incoming, &target)
	if target.tag == 0 {
		return ""
	}
	return string(target.list().bytes())
}

// Header returns the value of a header, bytes that need not be UTF-8: the last one of several, or "" where there is none.
func (r *Request) Header(name string) string {
	defer release(used)
	var values list
	fieldsGet(r.headers, name, &values)
	if values.length == 0 {
		return ""
	}
	return string(values.last().bytes())
}

// Read reads from the body.
func (r *Request) Read(p []byte) (int, error) {
	defer release(used)
	var read variant
	inputStreamBlockingRead(r.stream, uint64(min(len(p), 1<<16)), &read)
	if read.tag != 0 {
		return 0, streamError(read, io.EOF)
	}
	return copy(p, read.list().bytes()), nil
}

// Close reads the rest of the body and gives the request back. If the body is left unread, the host closes the connection,
// which the client may want to keep.
func (r *Request) Close() {
	for left := uint64(maxRest); left > 0; {
		var result skipped
		inputStreamBlockingSkip(r.stream, left, &result)
		if result.tag != 0 {
			break
		}
		left -= result.length
	}
	inputStreamDrop(r.stream)
	incomingBodyDrop(r.body)
	fieldsDrop(r.headers)
	incomingRequestDrop(r.incoming)
}

// Send answers a request, whose handle for that is out, with names and values of headers.
func Send(out int32, status int, headers [][2]string, body []byte) error {
	fields := newFields()
	for _, header := range headers {
		var appended variant
		fieldsAppend(fields, header[0], header[1], &appended)
		if appended.tag != 0 {
			Fail(out)
			return errors.New("the host refuses the header " + header[0])
		}
	}
	response := newOutgoingResponse(fields)
	outgoingResponseSetStatusCode(response, int32(status))
	var outgoing variant
	outgoingResponseBody(response, &outgoing)
	responseOutparamSet(out, 0, response, 0, 0, 0, 0, 0, 0)
	return send(outgoing.handle(), body)
}

// Fail tells the host that there is no answer.
func Fail(out int32) {
	const internalError = 38 // The place of this case in error-code.
	responseOutparamSet(out, 1, internalError, 0, 0, 0, 0, 0, 0)
}

func send(outgoing int32, body []byte) error {
	var stream variant
	outgoingBodyWrite(outgoing, &stream)
	for len(body) > 0 {
		// More at once is not allowed.
		chunk := body[:min(len(body), 4096)]
		body = body[len(chunk):]
		var written variant
		outputStreamBlockingWriteAndFlush(stream.handle(), &chunk[0], int32(len(chunk)), &written)
		if written.tag != 0 {
			return streamError(written, errors.New("the client has gone"))
		}
	}
	outputStreamDrop(stream.handle())
	var finished [5]uint64
	outgoingBodyFinish(outgoing, 0, 0, &finished)
	return nil
}

// streamError is what went wrong with a stream, or closed where it has only ended.
func streamError(result variant, closed error) error {
	if uint8(result.first) != 0 {
		return closed
	}
	defer release(used)
	failure := int32(result.second)
	defer errorDrop(failure)
	var text list
	errorToDebugString(failure, &text)
	return errors.New(string(text.bytes()))
}
