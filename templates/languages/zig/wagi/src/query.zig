//! Reads query strings: `name=Ada&lang=en`.

const std = @import("std");
const Allocator = std.mem.Allocator;

/// The value of the first parameter with this name, decoded; empty where there is none.
pub fn parameter(arena: Allocator, query: []const u8, name: []const u8) Allocator.Error![]const u8 {
    var pairs = std.mem.splitScalar(u8, query, '&');
    while (pairs.next()) |pair| {
        const key, const value = std.mem.cutScalar(u8, pair, '=') orelse .{ pair, "" };
        if (std.mem.eql(u8, try decode(arena, key), name)) return decode(arena, value);
    }
    return "";
}

/// `+` is a space and `%41` a byte; a `%` without two hexadecimal digits stands for itself.
fn decode(arena: Allocator, text: []const u8) Allocator.Error![]const u8 {
    var decoded: std.ArrayList(u8) = try .initCapacity(arena, text.len);
    var rest = text;
    while (rest.len > 0) {
        if (escaped(rest)) |byte| {
            decoded.appendAssumeCapacity(byte);
            rest = rest[3..];
        } else {
            decoded.appendAssumeCapacity(if (rest[0] == '+') ' ' else rest[0]);
            rest = rest[1..];
        }
    }
    return decoded.items;
}

/// The byte that an escape at the start of the text stands for.
fn escaped(text: []const u8) ?u8 {
    if (text.len < 3 or text[0] != '%') return null;
    const high = std.fmt.charToDigit(text[1], 16) catch return null;
    const low = std.fmt.charToDigit(text[2], 16) catch return null;
    return high << 4 | low;
}

fn expectName(expected: []const u8, query: []const u8) !void {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    try std.testing.expectEqualStrings(expected, try parameter(arena.allocator(), query, "name"));
}

test "finds the first parameter with the name" {
    try expectName("Ada", "a=1&b&name=Ada&name=Grace");
    try expectName("", "name&name=Ada");
    try expectName("a=b", "&&name=a=b&");
    try expectName("Ada", "n%61me=Ada");
}

test "finds nothing under another name" {
    try expectName("", "");
    try expectName("", "names=Ada&NAME=Bob&name+=Eve");
}

test "decodes once and into bytes" {
    try expectName("a b c+", "name=a+b%20c%2B");
    try expectName("%41\xc3\xa9\xff\x00", "name=%2541%c3%A9%FF%00");
}

test "keeps what is no escape" {
    try expectName("100%", "name=100%");
    try expectName("%4A%zz%A% 1", "name=%4%41%zz%%41%+1");
}
