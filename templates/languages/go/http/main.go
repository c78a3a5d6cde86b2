//go:build wasip1

// Takes each request from the host by wasi:http and hands it the answer.
package main

import (
	"os"

	"example.com/wasm-example/internal/handler"
	"example.com/wasm-example/internal/wasihttp"
)

// handle is what the host calls, with the handles of a request and of the place for its answer.
//
//lint:ignore U1000 staticcheck does not know go:wasmexport.
//go:wasmexport wasi:http/incoming-handler@0.2.12#handle
func handle(incoming, out int32) {
	if err := answer(incoming, out); err != nil {
		os.Stderr.WriteString("wasm-example: " + err.Error() + "\n")
	}
}

func answer(incoming, out int32) error {
	received := wasihttp.Receive(incoming)
	defer received.Close()
	request := handler.NewRequest(received.Method, received.Target, received.Header)
	response, err := handler.Respond(request, received)
	if err != nil {
		wasihttp.Fail(out)
		return err
	}
	os.Stderr.WriteString(handler.LogLine(request, response))
	body := response.Body
	if request.IsHead() {
		body = nil
	}
	return wasihttp.Send(out, response.Status, response.Headers(), body)
}

// main is never called: a component has no program.
func main() {}
