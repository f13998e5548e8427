#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "budget/secret.hpp"
#include "budget/source_key.hpp"

namespace nightjar::budget {

/// How often each of any number of sources was seen in a window that rolls: a count-min sketch (Cormode and Muthukrishnan, 2005) with
/// conservative update, in generations. What it says is never below the truth; with N sightings in the window it is above it by more than
/// e x N / width for one source in e^4. Counts stop at 255 a generation.
class CountSketch {
 public:
  struct Settings {
    std::size_t width;       ///< cells a row, rounded up to a power of 2; a cell is a byte, there are 4 rows and 3 generations
    std::int64_t window_ns;  ///< what is forgotten was seen at least this long ago, and at most one and a half times this
  };
  CountSketch(const Settings& settings, Secret secret);

  /// One sighting; gives the count with it.
  unsigned add(SourceKey source, std::int64_t now_ns);
  unsigned count(SourceKey source, std::int64_t now_ns);

  std::size_t memory_bytes() const { return cells_.size(); }

 private:
  static constexpr std::size_t kRows = 4, kGenerations = 3;
  using Places = std::array<std::size_t, kRows>;
  Places places_of(SourceKey source) const;
  void advance(std::int64_t now_ns);
  std::uint8_t* generation(std::size_t number) { return cells_.data() + number * kRows * width_; }
  unsigned least_of(std::size_t number, const Places& places);

  std::size_t width_;
  std::int64_t generation_ns_;
  Secret secret_;
  std::int64_t turn_ = 0;  ///< how many generations began
  std::size_t present_ = 0;
  std::vector<std::uint8_t> cells_;
};

}  // namespace nightjar::budget
