#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace nightjar {

/// Makes outside bytes safe for a terminal or a log line: control characters, DEL, bytes that are no UTF-8 and
/// direction-changing characters become \xNN.
std::string escape_for_terminal(std::string_view text);

/// 20000000 → "20,000,000".
std::string with_thousands(std::uint64_t number);

/// 1624820917 → "1.62 GB" (powers of 1,000, three digits).
std::string human_bytes(std::uint64_t bytes);

/// 65.2 → "1 min 5 s"; below a minute one decimal.
std::string human_duration(double seconds);

/// The candidate nearest to `word` by edit distance, if it is near enough to be meant; else empty.
/// `candidates` is any range of things that convert to std::string_view.
std::size_t edit_distance(std::string_view a, std::string_view b);
template <class Range>
std::string nearest(std::string_view word, const Range& candidates) {
  std::string best;
  std::size_t best_distance = word.size() / 2 + 1;
  for (const auto& candidate : candidates) {
    const std::string_view name(candidate);
    const std::size_t distance = edit_distance(word, name);
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

}  // namespace nightjar
