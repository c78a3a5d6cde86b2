//! Counts as POSIX `wc` does, chunk by chunk, so that input of any size takes the same memory.

const std = @import("std");

const Counter = @This();

lines: u64 = 0,
words: u64 = 0,
bytes: u64 = 0,
in_word: bool = false,

pub fn add(counter: *Counter, chunk: []const u8) void {
    for (chunk) |byte| {
        if (byte == '\n') counter.lines += 1;
        const in_word = !std.ascii.isWhitespace(byte);
        if (in_word and !counter.in_word) counter.words += 1;
        counter.in_word = in_word;
    }
    counter.bytes += chunk.len;
}

fn expectCount(lines: u64, words: u64, bytes: u64, chunks: []const []const u8) !void {
    var counter: Counter = .{};
    for (chunks) |chunk| counter.add(chunk);
    try std.testing.expectEqual(lines, counter.lines);
    try std.testing.expectEqual(words, counter.words);
    try std.testing.expectEqual(bytes, counter.bytes);
}

test "counts lines, words and bytes" {
    try expectCount(0, 0, 0, &.{});
    try expectCount(1, 2, 8, &.{"Ada\nLace"});
    try expectCount(2, 0, 4, &.{"\n \n\t"});
}

test "splits words at every white space and at nothing else" {
    try expectCount(1, 6, 11, &.{"a b\tc\nd\x0be\x0cf"});
    try expectCount(0, 2, 3, &.{"a\rb"});
    try expectCount(0, 1, 4, &.{"a\u{a0}b"});
    try expectCount(0, 1, 3, &.{"\x00\xff\x00"});
}

test "counts a word in two chunks once" {
    try expectCount(0, 1, 3, &.{ "Ad", "", "a" });
    try expectCount(0, 2, 3, &.{ "a ", "b" });
}
