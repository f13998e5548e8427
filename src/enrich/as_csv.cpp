#include "enrich/as_csv.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "net/address.hpp"

namespace nightjar {
namespace {

using Wide = unsigned __int128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// An address, or a number that stands for one: IPv4 below 2^32.
struct Bound {
  bool ipv6;
  Key6 key;  ///< IPv4: in `low`
};

/// "16777216" or "42540488161975842760550356425300246528"; moves `at` behind it. Nothing if it does not fit 128 bits.
std::optional<Bound> number_bound(const char*& at) {
  std::uint64_t narrow = 0;
  const char* const begin = at;
  for (; is_digit(*at) && at - begin < 19; ++at) narrow = narrow * 10 + static_cast<unsigned>(*at - '0');
  Wide number = narrow;
  for (; is_digit(*at) && at - begin < 38; ++at) number = number * 10 + static_cast<unsigned>(*at - '0');
  for (; is_digit(*at); ++at) {
    const auto digit = static_cast<unsigned>(*at - '0');
    if (number > (~Wide{0} - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  return Bound{number >> 32 != 0, {static_cast<std::uint64_t>(number >> 64), static_cast<std::uint64_t>(number)}};
}

/// "1.0.0.0" up to a comma, the usual case done without a copy; nothing if it is something else.
std::optional<std::uint32_t> dotted_quad(const char*& at) {
  std::uint32_t address = 0;
  const char* c = at;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && *c++ != '.') return std::nullopt;
    unsigned octet = 0;
    const char* const begin = c;
    for (; is_digit(*c) && c - begin < 3; ++c) octet = octet * 10 + static_cast<unsigned>(*c - '0');
    if (c == begin || octet > 255) return std::nullopt;
    address = address << 8 | octet;
  }
  if (*c != ',') return std::nullopt;
  at = c;
  return address;
}

/// The field at `at`, ended by a comma; `at` is behind the comma afterwards.
std::optional<Bound> bound_field(const char*& at, const char* end) {
  const char* digits = at;
  if (is_digit(*digits)) {
    const auto number = number_bound(digits);
    if (*digits == ',') {
      at = digits + 1;
      return number;
    }
  }
  if (const auto quad = dotted_quad(at)) {
    ++at;
    return Bound{false, {0, *quad}};
  }
  const auto* const comma = static_cast<const char*>(std::memchr(at, ',', static_cast<std::size_t>(end - at)));
  if (comma == nullptr) return std::nullopt;
  const auto address = parse_address(std::string_view(at, static_cast<std::size_t>(comma - at)));
  if (!address || address->version != 6) return std::nullopt;
  at = comma + 1;
  return Bound{true, {address->high, address->low}};
}

/// The text inside quotes, with "" for a quote; nothing if they do not match.
std::optional<std::string> unquoted(std::string_view field) {
  std::string text;
  for (std::size_t i = 1; i < field.size(); ++i) {
    if (field[i] != '"') {
      text += field[i];
    } else if (i + 1 == field.size()) {
      return text;
    } else if (field[++i] != '"') {
      return std::nullopt;
    } else {
      text += '"';
    }
  }
  return std::nullopt;
}

/// ip-location-db writes the day into the version of its packages ("2.3.2026061719"); other files have only their own time.
std::string built_on(const std::filesystem::path& path) {
  const auto package = read_file(path.parent_path() / "package.json", 1U << 20);
  if (package && package->find("\"@ip-location-db/") != std::string::npos) {
    const std::size_t version = package->find("\"version\"");
    const std::size_t day = version == std::string::npos ? version : package->find(".20", version);
    if (day != std::string::npos && day + 9 <= package->size()) {
      const std::string text = package->substr(day + 1, 4) + "-" + package->substr(day + 5, 2) + "-" + package->substr(day + 7, 2);
      if (parse_day(text)) return text;
    }
  }
  struct stat state {};
  if (::stat(path.c_str(), &state) != 0) return "";
  return format_day(floor_div(state.st_mtim.tv_sec, kSecondsPerDay));
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

}  // namespace

Error AsCsv::mistake(const char* line, const char* end, std::string_view what) const {
  constexpr std::ptrdiff_t kShown = 60;
  const std::string_view shown(line, static_cast<std::size_t>(std::min(end - line, kShown)));
  return Error{file_.source.path + ":" + std::to_string(line_) + ": " + std::string(what) + " in \"" + escape_for_terminal(shown) +
               (end - line > kShown ? "..." : "") + "\"; expected lines like 1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\""};
}

Result<void> AsCsv::read_lines(std::string_view lines) {
  const char* at = lines.data();
  const char* const end = at + lines.size();
  while (at < end) {
    const auto* const newline = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (newline == nullptr) return Error{file_.source.path + ": the last line has no end"};
    ++line_;
    if (line_ == 1 && newline - at >= 3 && std::memcmp(at, "\xef\xbb\xbf", 3) == 0) at += 3;
    if (newline != at && !(newline - at == 1 && *at == '\r')) {
      if (auto done = read_line(at, newline); !done) return done;
    }
    at = newline + 1;
  }
  return {};
}

Result<void> AsCsv::read_line(const char* at, const char* end) {
  const char* const line = at;
  const auto first = bound_field(at, end);
  if (!first) return mistake(line, end, "no first address");
  const auto last = bound_field(at, end);
  if (!last) return mistake(line, end, "no last address");
  std::uint64_t asn = 0;
  const char* const number = at;
  for (; is_digit(*at) && at - number < 10; ++at) asn = asn * 10 + static_cast<unsigned>(*at - '0');
  if (at == number || asn > 0xffffffff || (*at != ',' && *at != '\r' && at != end)) return mistake(line, end, "no AS number");

  if (first->ipv6 != last->ipv6 || last->key < first->key) return mistake(line, end, "no range of one address family from first to last");
  const auto value = static_cast<std::uint32_t>(asn);
  const auto key4 = [](const Bound& bound) { return Key4{static_cast<std::uint32_t>(bound.key.low)}; };
  const bool ascending = first->ipv6 ? file_.asn6.add(first->key, last->key, value) : file_.asn4.add(key4(*first), key4(*last), value);
  if (!ascending) return mistake(line, end, "a range that starts before the one above it (sort the lines by address)");

  if (at >= end || *at != ',') return {};
  std::string_view name(at + 1, static_cast<std::size_t>(end - at - 1));
  if (name.ends_with('\r')) name.remove_suffix(1);
  const bool quoted = name.starts_with('"');
  if (quoted && (name.size() < 2 || !name.ends_with('"'))) return mistake(line, end, "a quote without its other half");
  if (value == newest_asn_ || !file_.names.wants(value)) return {};
  newest_asn_ = value;
  if (!quoted) {
    file_.names.add(value, name);
  } else if (const auto text = unquoted(name)) {
    file_.names.add(value, *text);
  } else {
    return mistake(line, end, "a quote without its other half");
  }
  return {};
}

Result<GeolocationFile> read_as_csv(const std::filesystem::path& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number < 0) return errno_error("cannot open " + path.string(), errno);
  GeolocationFile ranges;
  ranges.source = {path.string(), "AS ranges (CSV)", built_on(path)};
  AsCsv csv(ranges);
  // Small enough to stay in the cache, large enough for any line; what is left of a line moves to the front.
  std::string buffer(1U << 18, '\0');
  std::size_t kept = 0;
  for (;;) {
    const ssize_t size = ::read(file.number, buffer.data() + kept, buffer.size() - kept - 1);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno_error("cannot read " + path.string(), errno);
    std::size_t filled = kept + static_cast<std::size_t>(size);
    if (size == 0 && filled > 0) buffer[filled++] = '\n';
    const std::size_t newline = std::string_view(buffer).substr(0, filled).rfind('\n');
    if (newline == std::string_view::npos) {
      if (size == 0) break;
      if (filled + 1 == buffer.size()) return Error{path.string() + " has a line of more than 256 kB and is no CSV of AS ranges"};
      kept = filled;
      continue;
    }
    if (auto done = csv.read_lines(std::string_view(buffer).substr(0, newline + 1)); !done) return done.error();
    kept = filled - newline - 1;
    std::memmove(buffer.data(), buffer.data() + newline + 1, kept);
    if (size == 0) break;
  }
  ranges.finish();
  return ranges;
}

}  // namespace nightjar
