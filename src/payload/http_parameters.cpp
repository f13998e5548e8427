#include "payload/http_parameters.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// Strings and the names before them, wherever brackets are: "name": "value".
void add_json(std::string_view text, std::vector<HttpParameter>& parameters) {
  std::string_view name;
  for (std::size_t quote = text.find('"'); quote != std::string_view::npos && parameters.size() < HttpRequest::kMostParameters;) {
    const std::size_t begin = quote + 1;
    std::size_t end = begin;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    end = std::min(end, text.size());
    const std::string_view found = text.substr(begin, end - begin);
    const std::size_t behind = text.find_first_not_of(kSpace, std::min(end + 1, text.size()));
    if (behind != std::string_view::npos && text[behind] == ':')
      name = found;
    else
      parameters.push_back({name, found});
    quote = end < text.size() ? text.find('"', end + 1) : std::string_view::npos;
  }
}

/// Content-Disposition: form-data; name="a", an empty line, the value, a line of "--" (RFC 7578).
void add_parts(std::string_view text, std::vector<HttpParameter>& parameters) {
  constexpr std::string_view kName = "name=\"";
  for (std::size_t at = text.find(kName); at != std::string_view::npos && parameters.size() < HttpRequest::kMostParameters;) {
    const std::size_t begin = at + kName.size(), end = text.find('"', begin), empty_line = text.find("\n\r\n", at);
    if (end == std::string_view::npos || empty_line == std::string_view::npos) return;
    const std::string_view head = text.substr(at, empty_line - at);
    const std::size_t value = empty_line + 3, last = text.find("\r\n--", value);
    const bool is_file = head.find("filename") != std::string_view::npos || (at >= 4 && text.substr(at - 4, 4) == "file");
    if (!is_file && end < empty_line)
      parameters.push_back({text.substr(begin, end - begin), text.substr(value, last == std::string_view::npos ? last : last - value)});
    at = last == std::string_view::npos ? last : text.find(kName, last);
  }
}

}  // namespace

void add_query_parameters(std::string_view text, std::vector<HttpParameter>& parameters) {
  while (!text.empty() && parameters.size() < HttpRequest::kMostParameters) {
    std::size_t end = text.find('&');
    // "&&" joins commands, not parameters: the value goes on behind it.
    while (end != std::string_view::npos && end + 1 < text.size() && text[end + 1] == '&') end = text.find('&', end + 2);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    // A name is one word: "cd /tmp;a=1" has none.
    const std::size_t equals = part.find('=');
    const std::size_t odd = part.find_first_of(" ;|`<>\"'(+");
    if (equals == std::string_view::npos || odd < equals)
      parameters.push_back({{}, part});
    else
      parameters.push_back({part.substr(0, equals), part.substr(equals + 1)});
  }
}

void add_body_parameters(std::string_view body, std::vector<HttpParameter>& parameters) {
  const std::size_t first = body.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return;
  body.remove_prefix(first);
  if (body[0] == '{' || body[0] == '[') {
    add_json(body, parameters);
  } else if (body.starts_with("--")) {
    add_parts(body, parameters);
  } else if (body[0] != '<' && body.find('=') != std::string_view::npos) {
    while (kSpace.find(body.back()) != std::string_view::npos) body.remove_suffix(1);
    add_query_parameters(body, parameters);
  }
}

}  // namespace nightjar
