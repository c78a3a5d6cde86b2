//go:build wasip1

package wasihttp

// The functions of wit/world.wit, as the canonical ABI flattens them. What does not fit into a number is returned by the
// last parameter.

//go:wasmimport wasi:http/types@0.2.12 [method]incoming-request.method
func incomingRequestMethod(request int32, method *variant)

//go:wasmimport wasi:http/types@0.2.12 [method]incoming-request.path-with-query
func incomingRequestPathWithQuery(request int32, target *variant)

//go:wasmimport wasi:http/types@0.2.12 [method]incoming-request.headers
func incomingRequestHeaders(request int32) int32

//go:wasmimport wasi:http/types@0.2.12 [method]incoming-request.consume
func incomingRequestConsume(request int32, body *variant)

//go:wasmimport wasi:http/types@0.2.12 [resource-drop]incoming-request
func incomingRequestDrop(request int32)

//go:wasmimport wasi:http/types@0.2.12 [method]incoming-body.stream
func incomingBodyStream(body int32, stream *variant)

//go:wasmimport wasi:http/types@0.2.12 [resource-drop]incoming-body
func incomingBodyDrop(body int32)

//go:wasmimport wasi:http/types@0.2.12 [constructor]fields
func newFields() int32

//go:wasmimport wasi:http/types@0.2.12 [method]fields.get
func fieldsGet(fields int32, name string, values *list)

//go:wasmimport wasi:http/types@0.2.12 [method]fields.append
func fieldsAppend(fields int32, name, value string, result *variant)

//go:wasmimport wasi:http/types@0.2.12 [resource-drop]fields
func fieldsDrop(fields int32)

//go:wasmimport wasi:http/types@0.2.12 [constructor]outgoing-response
func newOutgoingResponse(fields int32) int32

//go:wasmimport wasi:http/types@0.2.12 [method]outgoing-response.set-status-code
func outgoingResponseSetStatusCode(response, status int32) int32

//go:wasmimport wasi:http/types@0.2.12 [method]outgoing-response.body
func outgoingResponseBody(response int32, body *variant)

//go:wasmimport wasi:http/types@0.2.12 [method]outgoing-body.write
func outgoingBodyWrite(body int32, stream *variant)

//go:wasmimport wasi:http/types@0.2.12 [static]outgoing-body.finish
func outgoingBodyFinish(body, hasTrailers, trailers int32, result *[5]uint64)

//go:wasmimport wasi:http/types@0.2.12 [static]response-outparam.set
func responseOutparamSet(out, failed, responseOrError, _ int32, _ int64, _, _, _, _ int32)

//go:wasmimport wasi:io/streams@0.2.12 [method]input-stream.blocking-read
func inputStreamBlockingRead(stream int32, most uint64, result *variant)

//go:wasmimport wasi:io/streams@0.2.12 [method]input-stream.blocking-skip
func inputStreamBlockingSkip(stream int32, most uint64, result *skipped)

//go:wasmimport wasi:io/streams@0.2.12 [resource-drop]input-stream
func inputStreamDrop(stream int32)

//go:wasmimport wasi:io/streams@0.2.12 [method]output-stream.blocking-write-and-flush
func outputStreamBlockingWriteAndFlush(stream int32, bytes *byte, length int32, result *variant)

//go:wasmimport wasi:io/streams@0.2.12 [resource-drop]output-stream
func outputStreamDrop(stream int32)

//go:wasmimport wasi:io/error@0.2.12 [method]error.to-debug-string
func errorToDebugString(failure int32, text *list)

//go:wasmimport wasi:io/error@0.2.12 [resource-drop]error
func errorDrop(failure int32)
