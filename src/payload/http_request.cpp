#include "payload/http_request.hpp"

#include <algorithm>
#include <array>

#include "payload/http_parameters.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLongestMethod = 20;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = small(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
/// Whether a percent code stands at `at`.
bool is_code(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && (is_blank(text.back()) || text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

/// The line that `rest` begins with, without its end; `rest` moves behind it.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

/// Characters of header names (RFC 9110 5.6.2).
bool is_token_character(char c) {
  static constexpr std::array<bool, 256> kIs = [] {
    std::array<bool, 256> is{};
    for (char letter = 'a'; letter <= 'z'; ++letter) is[static_cast<unsigned char>(letter)] = true;
    for (char letter = 'A'; letter <= 'Z'; ++letter) is[static_cast<unsigned char>(letter)] = true;
    for (char letter = '0'; letter <= '9'; ++letter) is[static_cast<unsigned char>(letter)] = true;
    for (const char letter : std::string_view("!#$%&'*+-.^_`|~")) is[static_cast<unsigned char>(letter)] = true;
    return is;
  }();
  return kIs[static_cast<unsigned char>(c)];
}

void read_request_line(std::string_view line, HttpRequest& request) {
  const std::size_t end = line.find(' ');
  request.method = line.substr(0, end);
  std::string_view target = end == std::string_view::npos ? std::string_view() : trimmed(line.substr(end));
  // Commands bring blanks with them: the target goes on to the version, or to the end of the line.
  if (const std::size_t version = target.rfind(" HTTP/"); version != std::string_view::npos) target = trimmed(target.substr(0, version));
  request.target = target;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
}

void read_headers(std::string_view& rest, HttpRequest& request) {
  while (!rest.empty()) {
    const std::string_view before = rest;
    const std::string_view line = take_line(rest);
    if (line.empty()) return;
    if (is_blank(line.front()) && !request.headers.empty()) {
      // Folded: the value goes on.
      std::string_view& value = request.headers.back().value;
      if (value.empty())
        value = trimmed(line);
      else
        value = std::string_view(value.data(), static_cast<std::size_t>(trimmed(line).data() + trimmed(line).size() - value.data()));
      continue;
    }
    const auto* colon = std::find_if_not(line.begin(), line.end(), is_token_character);
    const auto name = line.substr(0, static_cast<std::size_t>(colon - line.begin()));
    const std::string_view behind = trimmed(line.substr(name.size()));
    if (name.empty() || (!behind.empty() && behind.front() != ':')) {
      // No header any more: the blank line was forgotten.
      rest = before;
      return;
    }
    if (request.headers.size() < HttpRequest::kMostHeaders)
      request.headers.push_back({name, behind.empty() ? behind : trimmed(behind.substr(1))});
  }
}

}  // namespace

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return small(x) == small(y); });
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (equal_in_any_case(header.name, name)) return header.value;
  }
  return {};
}

bool may_be_http(std::string_view payload) {
  std::size_t at = payload.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos) return false;
  if (payload[at] == '<') return true;
  const std::size_t begin = at;
  while (at < payload.size() && ((payload[at] >= 'A' && payload[at] <= 'Z') || payload[at] == '-' || payload[at] == '_')) ++at;
  return at - begin >= 3 && at - begin <= kLongestMethod && at < payload.size() && payload[at] == ' ';
}

bool read_http_request(std::string_view payload, HttpRequest& request) {
  request.method = request.target = request.path = request.query = request.body = {};
  request.headers.clear();
  request.parameters.clear();
  request.query_parameters = 0;
  if (!may_be_http(payload)) return false;
  std::string_view rest = payload.substr(payload.find_first_not_of(" \t\r\n"));
  if (rest.front() != '<') {
    read_request_line(take_line(rest), request);
    read_headers(rest, request);
  }
  request.body = rest;
  add_query_parameters(request.query, request.parameters);
  request.query_parameters = request.parameters.size();
  add_body_parameters(request.body, request.parameters);
  return true;
}

std::size_t next_http_request(std::string_view payload) {
  constexpr std::string_view kMethods[] = {"GET ",    "POST ",    "HEAD ",  "PUT ",      "OPTIONS ",
                                           "DELETE ", "CONNECT ", "PATCH ", "PROPFIND ", "TRACE "};
  // The first line is the present request's own. Each line is looked at once, however many marks are on it.
  for (std::size_t end = payload.find('\n'); end != std::string_view::npos;) {
    const std::size_t begin = end + 1;
    end = payload.find('\n', begin);
    const std::string_view whole = payload.substr(begin, end == std::string_view::npos ? end : end - begin);
    const std::size_t mark = whole.rfind(" HTTP/1.");
    if (mark == std::string_view::npos) continue;
    // With the blank before the mark: a method may be all there is.
    const std::string_view line = whole.substr(0, mark + 1);
    std::size_t first = std::string_view::npos;
    for (const std::string_view method : kMethods) {
      const std::size_t at = line.find(method);
      const bool is_word = at != std::string_view::npos && (at == 0 || !(line[at - 1] >= 'A' && line[at - 1] <= 'Z'));
      if (is_word) first = std::min(first, at);
    }
    if (first != std::string_view::npos) return begin + first;
  }
  return payload.size();
}

void decode_percent(std::string_view text, bool plus_is_blank, std::string& decoded) {
  decoded.resize(text.size());
  char* to = decoded.data();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_code(text, i)) {
      *to++ = static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
      i += 2;
    } else {
      *to++ = plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  decoded.resize(static_cast<std::size_t>(to - decoded.data()));
}

std::size_t encoded_offset(std::string_view text, std::size_t offset) {
  std::size_t i = 0;
  for (; offset > 0 && i < text.size(); --offset) i += is_code(text, i) ? 3 : 1;
  return std::min(i, text.size());
}

}  // namespace nightjar
