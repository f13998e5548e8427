#include "honeypot/recognise.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace nightjar {
namespace {

using namespace std::string_view_literals;

constexpr char kAny = '?', kDigit = '#';  // in the patterns below, which hold neither themselves

bool matches(char pattern, char c) {
  if (pattern == kAny) return true;
  if (pattern == kDigit) return c >= '0' && c <= '9';
  return pattern == c;
}

struct Pattern {
  std::string_view bytes;
  Spoken spoken;
};

constexpr auto kPatterns = std::to_array<Pattern>({
    {"\x16\x03???\x01"sv, Spoken::tls},  // record of a handshake, any version, ClientHello; the lengths are the two in between
    {"SSH-"sv, Spoken::ssh},
    {"\xff\xfb"sv, Spoken::telnet},  // IAC and WILL, WONT, DO, DONT
    {"\xff\xfc"sv, Spoken::telnet},
    {"\xff\xfd"sv, Spoken::telnet},
    {"\xff\xfe"sv, Spoken::telnet},
    {"\xff\xfa"sv, Spoken::telnet},  // a subnegotiation
    {"\0???\xffSMB"sv, Spoken::smb},
    {"\0???\xfeSMB"sv, Spoken::smb},
    {"CNXN"sv, Spoken::adb},
    {"*#"sv, Spoken::redis},
    {"\x03\0??"
     "?\xe0"sv,
     Spoken::rdp},
});

constexpr std::string_view kMethods[] = {"GET",     "POST",  "HEAD",  "PUT",      "OPTIONS", "DELETE",
                                         "CONNECT", "TRACE", "PATCH", "PROPFIND", "SEARCH",  "MKCOL"};

Spoken by_pattern(std::string_view first, const Pattern& pattern) {
  const std::size_t length = std::min(first.size(), pattern.bytes.size());
  for (std::size_t i = 0; i < length; ++i)
    if (!matches(pattern.bytes[i], first[i])) return Spoken::other;
  return length == pattern.bytes.size() ? pattern.spoken : Spoken::undecided;
}

Spoken by_method(std::string_view first, std::string_view method) {
  const std::size_t length = std::min(first.size(), method.size());
  if (first.substr(0, length) != method.substr(0, length)) return Spoken::other;
  first.remove_prefix(length);
  if (first.empty()) return Spoken::undecided;
  if (first[0] != ' ') return Spoken::other;
  if (first.size() == 1) return Spoken::undecided;
  // Redis and memcached have a GET too; theirs names no path.
  return method == "CONNECT" || "/*hH"sv.find(first[1]) != std::string_view::npos ? Spoken::http : Spoken::other;
}

}  // namespace

Spoken recognise(std::string_view first) {
  bool undecided = first.empty();
  const auto judge = [&](Spoken spoken) {
    undecided = undecided || spoken == Spoken::undecided;
    return spoken != Spoken::other && spoken != Spoken::undecided;
  };
  for (const Pattern& pattern : kPatterns)
    if (judge(by_pattern(first, pattern))) return pattern.spoken;
  for (const std::string_view method : kMethods)
    if (judge(by_method(first, method))) return Spoken::http;
  return undecided ? Spoken::undecided : Spoken::other;
}

}  // namespace nightjar
