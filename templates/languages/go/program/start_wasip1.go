package main

import "syscall"

// run is what start.wat calls.
//
//lint:ignore U1000 staticcheck does not know go:wasmexport.
//go:wasmexport run
func run() {
	// Go has made the standard streams non-blocking, but under Node it does not wait for them then.
	for fd := range 3 {
		_ = syscall.SetNonblock(fd, false)
	}
	main()
}
