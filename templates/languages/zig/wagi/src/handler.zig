//! Answers a request: all that the program does but input and output.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Environ = std.process.Environ;

const query = @import("query.zig");

/// The largest body that `/echo` takes, in bytes.
pub const max_body = 1 << 20;

/// A request as the variables of CGI 1.1 describe it: bytes that need not be UTF-8.
pub const Request = struct {
    method: []const u8,
    path: []const u8,
    query: []const u8,
    accept: []const u8,
    accept_language: []const u8,
    content_type: []const u8,
    user_agent: []const u8,
    request_id: []const u8,
    body: []const u8 = "",

    /// Takes all but the body from the environment, which must live as long as the request.
    pub fn init(environ: *const Environ.Map) Request {
        return .{
            .method = variable(environ, "REQUEST_METHOD", ""),
            .path = variable(environ, "PATH_INFO", "/"),
            .query = variable(environ, "QUERY_STRING", ""),
            .accept = variable(environ, "HTTP_ACCEPT", ""),
            .accept_language = variable(environ, "HTTP_ACCEPT_LANGUAGE", ""),
            // WAGI 0.8.1 leaves `CONTENT_TYPE` empty and has the header as it came.
            .content_type = variable(environ, "CONTENT_TYPE", variable(environ, "HTTP_CONTENT_TYPE", "")),
            .user_agent = variable(environ, "HTTP_USER_AGENT", ""),
            .request_id = variable(environ, "HTTP_X_REQUEST_ID", ""),
        };
    }

    /// Whether the answer depends on the body, so that it has to be read.
    pub fn takesBody(request: *const Request) bool {
        return equal(request.path, "/echo") and equal(request.method, "POST");
    }
};

pub const Response = struct {
    status: std.http.Status = .ok,
    content_type: []const u8 = "text/plain; charset=utf-8",
    /// A header line beyond those that every response has.
    extra: []const u8 = "",
    body: []const u8,

    /// The header lines of CGI and the empty line after them.
    pub fn head(response: *const Response, arena: Allocator) Allocator.Error![]const u8 {
        const status = if (response.status == .ok) "" else try std.fmt.allocPrint(
            arena,
            "status: {d} {s}\n",
            .{ response.status, response.status.phrase().? },
        );
        return std.fmt.allocPrint(
            arena,
            "{s}content-type: {s}\ncontent-length: {d}\n{s}\n",
            .{ status, response.content_type, response.body.len, response.extra },
        );
    }
};
