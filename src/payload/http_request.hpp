#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

struct HttpHeader {
  std::string_view name, value;  ///< without blanks around; a folded value keeps its line ends
};

/// A name and a value out of a query or a body (http_parameters.hpp), as received.
struct HttpParameter {
  std::string_view name, value;
};

/// An HTTP request, or the front of one, as far as it can be told apart. All views point into the payload; nothing is decoded.
/// Reading goes on over wrong lengths, missing versions, missing blank lines and lines of any end. What is no request but begins with
/// '<' is a body alone: honeypots are sent such.
struct HttpRequest {
  static constexpr std::size_t kMostHeaders = 128;     ///< further ones are left out
  static constexpr std::size_t kMostParameters = 256;  ///< of query and body together

  std::string_view method, target, path, query, body;
  std::vector<HttpHeader> headers;
  std::vector<HttpParameter> parameters;  ///< of the query, then of the body; nameless ones have an empty name
  std::size_t query_parameters = 0;       ///< how many of them are the query's

  /// The value of the first header of that name, in either case; empty where there is none.
  std::string_view header(std::string_view name) const;
};

/// Whether it is worth reading: a word in capital letters and a blank, or '<' behind white space.
bool may_be_http(std::string_view payload);

/// Overwrites `request` (whose vectors keep their room). False if the payload is neither a request nor a body alone. What follows the
/// headers is the body, further requests too: cut those off first.
bool read_http_request(std::string_view payload, HttpRequest& request);

/// Requests of one connection, one behind the other, whatever lengths they announce: where the next one begins behind the first byte of
/// `payload`, which is told by a method and "HTTP/1." on one line; the end of the payload if there is none.
std::size_t next_http_request(std::string_view payload);

/// Overwrites `decoded` with `text` in which %41 is 'A' and, if told so, '+' a blank. What is no percent code stays as it is.
void decode_percent(std::string_view text, bool plus_is_blank, std::string& decoded);
/// Where the byte that decode_percent wrote at `offset` stands in `text`; the end of `text` for one behind the last.
std::size_t encoded_offset(std::string_view text, std::size_t offset);

bool equal_in_any_case(std::string_view a, std::string_view b);

}  // namespace nightjar
