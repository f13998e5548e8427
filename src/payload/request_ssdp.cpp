// SSDP (UPnP Device Architecture 1.1) as devices take it, which is more than the standard allows; and WS-Discovery, the other
// search for devices.
#include <algorithm>
#include <cstddef>

#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_letters(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) { return lower(a) == b; });
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\0'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// What the text before the first blank or line end is.
std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t\r\n")); }

struct Headers {
  std::string_view target;  ///< of ST
  bool mx = false;
  bool line_feeds = false;  ///< a line ended without CR
};

Headers read_headers(std::string_view text) {
  constexpr std::size_t kMostText = 2048;  // a search is below 200 bytes; whoever sends more has said it by then
  text = text.substr(0, kMostText);
  Headers headers;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (end != std::string_view::npos && !line.ends_with('\r')) headers.line_feeds = true;
    if (line.size() < 3 || line.size() > kMostText) continue;
    // "ST:", "ST :", " st:" and "MX:"; most lines are another's
    const char begin = lower(line.front());
    if (begin != 's' && begin != 'm' && begin != ' ' && begin != '\t') continue;
    const std::string_view start = line.substr(0, 8);
    const std::size_t colon = start.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = trimmed(start.substr(0, colon));
    if (same_letters(name, "st") && headers.target.empty()) headers.target = trimmed(line.substr(colon + 1));
    if (same_letters(name, "mx")) headers.mx = true;
  }
  return headers;
}

std::uint8_t kind_of(std::string_view target) {
  const auto begins = [&](std::string_view start) { return same_letters(target.substr(0, start.size()), start); };
  if (same_letters(target, "ssdp:all")) return ssdp_kind::all;
  if (same_letters(target, "upnp:rootdevice")) return ssdp_kind::root_device;
  if (same_letters(target, "upnp:all")) return ssdp_kind::upnp_all;
  if (same_letters(target, "upnp:discover")) return ssdp_kind::upnp_discover;
  return begins("urn:") ? ssdp_kind::urn : begins("uuid:") ? ssdp_kind::uuid : ssdp_kind::other_target;
}

std::uint8_t length_class(std::size_t size) {
  using namespace ws_discovery_kind;
  return size <= 15 ? up_to_15 : size <= 255 ? up_to_255 : size <= 1023 ? up_to_1023 : longer;
}

}  // namespace

void read_ssdp(Bytes bytes, UdpRequest& request) {
  const std::string_view text = text_of(bytes);
  const std::string_view word = first_word(text.substr(0, 16));
  if (same_letters(word, "notify")) return mark(request, ssdp_kind::notify);
  if (!same_letters(word, "m-search")) return;
  const Headers headers = read_headers(text);
  if (headers.target.empty()) return;
  mark(request, ssdp_kind::search);
  mark(request, kind_of(headers.target));
  if (!headers.mx) mark(request, ssdp_kind::no_mx);
  if (headers.line_feeds) mark(request, ssdp_kind::line_feeds);
  for (const char c : headers.target) request.query.add(static_cast<std::uint8_t>(lower(c)));
}

bool is_ssdp(Bytes bytes) { return bytes.size() > 8 && same_letters(text_of(bytes.first(8)), "m-search"); }

void read_ws_discovery(Bytes bytes, UdpRequest& request) {
  constexpr std::size_t kMostText = 4096;
  const std::string_view text = text_of(bytes).substr(0, kMostText);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] != '<') return;
  mark(request, length_class(bytes.size()));
  if (text.find("Probe") != std::string_view::npos) return mark(request, ws_discovery_kind::probe);
  if (text.find("Resolve") != std::string_view::npos) return mark(request, ws_discovery_kind::resolve);
  mark(request, ws_discovery_kind::xml);
}

bool is_ws_discovery(Bytes bytes) {
  constexpr std::size_t kMostText = 4096;
  const std::string_view text = text_of(bytes).substr(0, kMostText);
  return begins_with(bytes, "<:/>") ||
         (begins_with(bytes, "<") && text.find("/discovery") != std::string_view::npos && text.find("Envelope") != std::string_view::npos);
}

}  // namespace nightjar::requests
