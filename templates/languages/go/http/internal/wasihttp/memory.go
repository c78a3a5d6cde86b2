//go:build wasip1

package wasihttp

import (
	"structs"
	"unsafe"
)

// arena is where the host puts the strings and lists that it returns. Go's own memory does not do: the host asks for room
// amid a call to it, when the collector must not run, since it would call the host itself; and once before Go has started,
// for the state of WASI's adapter, which stays. The head of a request has to fit in.
var arena [1 << 20]byte

// used counts the bytes of arena that are taken.
var used uint32

// release frees what was taken since used had this value.
func release(before uint32) { used = before }

// realloc is what the host asks for room. It is never asked to move any.
//
//lint:ignore U1000 staticcheck does not know go:wasmexport.
//go:wasmexport cabi_realloc
//go:nosplit
func realloc(_, _, align, size uint32) unsafe.Pointer {
	start := (address()+used+align-1)&^(align-1) - address()
	used = start + size
	return unsafe.Pointer(unsafe.SliceData(arena[start:used]))
}

//go:nosplit
func address() uint32 { return uint32(uintptr(unsafe.Pointer(&arena))) }

// list is a string or list in arena, as the canonical ABI returns it.
type list struct {
	_               structs.HostLayout
	address, length uint32
}

// bytes is valid until release.
func (l list) bytes() []byte { return arena[l.address-address():][:l.length] }

// last returns the last one of lists in a list.
func (l list) last() list {
	all := arena[l.address-address():]
	return unsafe.Slice((*list)(unsafe.Pointer(&all[0])), l.length)[l.length-1]
}

// variant is what the canonical ABI returns for a variant, an option or a result of at most eight bytes: the number of the
// case, and what it holds.
type variant struct {
	_             structs.HostLayout
	tag           uint8
	first, second uint32
}

// skipped is what the canonical ABI returns for the result of blocking-skip: the number of the case, and how many bytes.
type skipped struct {
	_      structs.HostLayout
	tag    uint8
	length uint64
}

func (v variant) handle() int32 { return int32(v.first) }

func (v variant) list() list { return list{address: v.first, length: v.second} }
