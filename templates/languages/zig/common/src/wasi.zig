//! Standard input and output, the arguments and the environment, as WASI has them.
//! `std.Io` would bring all of its files, clocks and tasks into the module, which is 35 kB.

const std = @import("std");
const wasi = std.os.wasi;
const Allocator = std.mem.Allocator;

const program = "wasm-example";

pub const Stream = enum(wasi.fd_t) { input, output, log };

/// Reads standard input until the buffer is full or the input ends, and reports an error in the log.
pub fn read(buffer: []u8) error{ReadFailed}![]u8 {
    var length: usize = 0;
    while (length < buffer.len) {
        const rest = buffer[length..];
        const parts = [_]wasi.iovec_t{.{ .base = rest.ptr, .len = rest.len }};
        var more: usize = undefined;
        const errno = wasi.fd_read(@backingInt(Stream.input), &parts, parts.len, &more);
        if (errno != .SUCCESS) {
            report("cannot read", errno);
            return error.ReadFailed;
        }
        if (more == 0) break;
        length += more;
    }
    return buffer[0..length];
}

/// Writes all of the bytes, and reports an error in the log.
pub fn write(stream: Stream, bytes: []const u8) error{WriteFailed}!void {
    const errno = writeAll(stream, bytes);
    if (errno == .SUCCESS) return;
    report("cannot write", errno);
    return error.WriteFailed;
}

fn writeAll(stream: Stream, bytes: []const u8) wasi.errno_t {
    var rest = bytes;
    while (rest.len > 0) {
        const parts = [_]wasi.ciovec_t{.{ .base = rest.ptr, .len = rest.len }};
        var length: usize = undefined;
        const errno = wasi.fd_write(@backingInt(stream), &parts, parts.len, &length);
        if (errno != .SUCCESS) return errno;
        rest = rest[length..];
    }
    return .SUCCESS;
}

/// Says in the log what failed, with the name of the error in WASI, such as NOSPC.
fn report(problem: []const u8, errno: wasi.errno_t) void {
    const name = std.enums.tagName(wasi.errno_t, errno) orelse "unknown error";
    for ([_][]const u8{ program, ": ", problem, ": ", name, "\n" }) |part| _ = writeAll(.log, part);
}

/// The arguments, or the environment as `NAME=value`.
pub fn strings(
    arena: Allocator,
    comptime source: enum { args, environ },
) error{ OutOfMemory, Unexpected }![]const []const u8 {
    var count: usize = undefined;
    var size: usize = undefined;
    const getSizes = @field(wasi, @tagName(source) ++ "_sizes_get");
    if (getSizes(&count, &size) != .SUCCESS) return error.Unexpected;
    if (count == 0) return &.{};

    const pointers = try arena.alloc([*:0]u8, count);
    const bytes = try arena.alloc(u8, size);
    const get = @field(wasi, @tagName(source) ++ "_get");
    if (get(pointers.ptr, bytes.ptr) != .SUCCESS) return error.Unexpected;

    const slices = try arena.alloc([]const u8, count);
    for (slices, pointers) |*slice, pointer| slice.* = std.mem.span(pointer);
    return slices;
}
