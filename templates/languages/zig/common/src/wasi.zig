//! Standard input and output, the arguments and the environment, as WASI has them.
//! `std.Io` has all of its files, clocks and tasks in every module: 35 kB.

const std = @import("std");
const wasi = std.os.wasi;

pub const Stream = enum(wasi.fd_t) { input, output, log };

/// Reads what there is, as far as it fits; nothing at the end of the input.
pub fn read(buffer: []u8) error{ReadFailed}![]u8 {
    const parts = [_]wasi.iovec_t{.{ .base = buffer.ptr, .len = buffer.len }};
    var length: usize = undefined;
    if (wasi.fd_read(0, &parts, parts.len, &length) != .SUCCESS) return error.ReadFailed;
    return buffer[0..length];
}

/// Reads until the buffer is full or the input ends.
pub fn readAll(buffer: []u8) error{ReadFailed}![]u8 {
    var length: usize = 0;
    while (true) {
        const more = try read(buffer[length..]);
        if (more.len == 0) return buffer[0..length];
        length += more.len;
    }
}

/// Writes all of the bytes.
pub fn write(stream: Stream, bytes: []const u8) error{WriteFailed}!void {
    var rest = bytes;
    while (rest.len > 0) {
        const parts = [_]wasi.ciovec_t{.{ .base = rest.ptr, .len = rest.len }};
        var length: usize = undefined;
        if (wasi.fd_write(@backingInt(stream), &parts, parts.len, &length) != .SUCCESS) return error.WriteFailed;
        rest = rest[length..];
    }
}

/// The arguments without the name of the program, which a host may leave out.
pub fn arguments(arena: std.mem.Allocator) ![]const []const u8 {
    const args: std.process.Args = .{ .vector = {} };
    const all = try args.toSlice(arena);
    return if (all.len > 0) all[1..] else all;
}

/// The variables of the environment.
pub fn environment(arena: std.mem.Allocator) !std.process.Environ.Map {
    const environ: std.process.Environ = .{ .block = .global };
    return environ.createMap(arena);
}
