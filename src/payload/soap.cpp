#include "payload/soap.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "payload/http_request.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kOpenCdata = "<![CDATA[", kCloseCdata = "]]>";
constexpr std::size_t kLongestEntity = 8;

/// The name in a tag ("u:AddPortMapping xmlns:u=..."), without its prefix.
std::string_view name_in(std::string_view tag) {
  std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/>"));
  if (const std::size_t colon = name.rfind(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
  return name;
}

/// The byte of an entity's name ("amp", "#96", "#x60"); -1 for others.
int byte_of_entity(std::string_view name) {
  constexpr std::pair<std::string_view, char> kNamed[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [known, byte] : kNamed) {
    if (name == known) return byte;
  }
  if (name.size() < 2 || name[0] != '#') return -1;
  const bool hex = name[1] == 'x' || name[1] == 'X';
  name.remove_prefix(hex ? 2 : 1);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value, hex ? 16 : 10);
  return error == std::errc() && end == name.data() + name.size() && value < 256 ? static_cast<int>(value) : -1;
}

}  // namespace

void read_elements(std::string_view body, std::vector<SoapElement>& elements) {
  elements.clear();
  std::size_t at = body.find('<');
  while (at != std::string_view::npos && elements.size() < kMostSoapElements) {
    const std::string_view here = body.substr(at);
    if (here.starts_with(kOpenCdata)) {
      const std::size_t begin = at + kOpenCdata.size(), end = body.find(kCloseCdata, begin);
      if (!elements.empty()) elements.back().text = body.substr(begin, end == std::string_view::npos ? end : end - begin);
      at = end == std::string_view::npos ? end : body.find('<', end);
      continue;
    }
    const char first = here.size() > 1 ? here[1] : '\0';
    const bool opens = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_';
    const std::size_t close = body.find_first_of("<>", at + 1);
    if (close == std::string_view::npos) return;
    if (body[close] == '<') {
      at = close;  // what began here is no tag
      continue;
    }
    const std::size_t next = body.find('<', close);
    if (opens) {
      const std::string_view tag = body.substr(at + 1, close - at - 1);
      const std::size_t begin = close + 1;
      elements.push_back({name_in(tag), body.substr(begin, next == std::string_view::npos ? next : next - begin)});
    }
    at = next;
  }
}

std::string_view soap_action(std::string_view header, const std::vector<SoapElement>& elements) {
  // A command may stand at its end: what comes from there on is no name.
  std::string_view action = header.substr(0, header.find_first_of("`$;|&\r\n"));
  while (!action.empty() && (action.back() == '"' || action.back() == '/' || action.back() == ' ')) action.remove_suffix(1);
  if (const std::size_t mark = action.find_last_of("#/\""); mark != std::string_view::npos) action.remove_prefix(mark + 1);
  if (!action.empty()) return action;
  for (std::size_t i = 0; i + 1 < elements.size(); ++i) {
    if (equal_in_any_case(elements[i].name, "Body")) return elements[i + 1].name;
  }
  return {};
}

void decode_entities(std::string_view text, std::string& decoded) {
  decoded.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '&') {
      const std::size_t end = text.substr(i, kLongestEntity + 1).find(';');
      const int byte = end == std::string_view::npos ? -1 : byte_of_entity(text.substr(i + 1, end - 1));
      if (byte >= 0) {
        decoded += static_cast<char>(byte);
        i += end;
        continue;
      }
    }
    decoded += text[i];
  }
}

}  // namespace nightjar
