package main

import (
	"io"
	"os"
)

// write writes all of the bytes. A file of TinyGo tries once, and the host may take only some.
func write(file *os.File, bytes []byte) error {
	for len(bytes) > 0 {
		n, err := file.Write(bytes)
		if err != nil {
			return err
		}
		if n == 0 {
			return io.ErrShortWrite
		}
		bytes = bytes[n:]
	}
	return nil
}
