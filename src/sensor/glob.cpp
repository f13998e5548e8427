#include "sensor/glob.hpp"

#include <cstddef>
#include <vector>

namespace nightjar {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// Length of the set "[...]" at the start of `pattern`; 0 if it has no end.
std::size_t set_length(std::string_view pattern) {
  std::size_t at = 1;
  if (at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^')) ++at;
  // A ] in the first place is a member.
  const std::size_t end = pattern.find(']', at + 1);
  return end == npos ? 0 : end + 1;
}

bool in_set(std::string_view set, char c) {
  set = set.substr(1, set.size() - 2);
  const bool negated = set[0] == '!' || set[0] == '^';
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const auto low = static_cast<unsigned char>(set[i]);
    auto high = low;
    if (i + 2 < set.size() && set[i + 1] == '-') {
      high = static_cast<unsigned char>(set[i + 2]);
      i += 2;
    }
    found = found || (low <= static_cast<unsigned char>(c) && static_cast<unsigned char>(c) <= high);
  }
  return found != negated;
}

/// How many bytes of `text` the first element of `pattern` (not a star) takes, and how long that element is; 0 if it does not match.
struct Step {
  std::size_t of_text, of_pattern;
};
Step match_one(std::string_view pattern, std::string_view text) {
  if (pattern.empty() || text.empty()) return {0, 0};
  if (pattern[0] == '?') {
    std::size_t size = 1;
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
    return {size, 1};
  }
  if (pattern[0] == '[') {
    if (const std::size_t length = set_length(pattern); length != 0) {
      return in_set(pattern.substr(0, length), text[0]) ? Step{1, length} : Step{0, 0};
    }
  }
  return pattern[0] == text[0] ? Step{1, 1} : Step{0, 0};
}

/// One part of a path, without '/'. Where it goes wrong, the last star takes one byte more: no star before it need be tried again.
bool matches_part(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    const Step step = match_one(pattern.substr(p), text.substr(t));
    if (step.of_text != 0) {
      p += step.of_pattern;
      t += step.of_text;
    } else if (star != npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t slash = path.find('/'); slash != npos; slash = path.find('/')) {
    parts.push_back(path.substr(0, slash));
    path.remove_prefix(slash + 1);
  }
  parts.push_back(path);
  return parts;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view path) {
  // As in matches_part, with ** for the star and parts for bytes.
  const auto wanted = parts_of(pattern), given = parts_of(path);
  std::size_t w = 0, g = 0, star = npos, star_given = 0;
  while (g < given.size()) {
    if (w < wanted.size() && wanted[w] == "**") {
      star = w++;
      star_given = g;
    } else if (w < wanted.size() && matches_part(wanted[w], given[g])) {
      ++w;
      ++g;
    } else if (star != npos) {
      w = star + 1;
      g = ++star_given;
    } else {
      return false;
    }
  }
  while (w < wanted.size() && wanted[w] == "**") ++w;
  return w == wanted.size();
}

}  // namespace nightjar
