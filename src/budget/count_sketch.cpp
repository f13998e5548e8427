#include "budget/count_sketch.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace nightjar::budget {

CountSketch::CountSketch(const Settings& settings, Secret secret)
    : width_(std::bit_ceil(std::max<std::size_t>(settings.width, 16))),
      // Two whole generations before the present one make the window.
      generation_ns_((settings.window_ns + 1) / 2),
      secret_(secret),
      cells_(kGenerations * kRows * width_, 0) {
  assert(settings.window_ns >= 2);
}

CountSketch::Places CountSketch::places_of(SourceKey source) const {
  // Two halves of one hash make all rows (Kirsch and Mitzenmacher, 2006).
  const std::uint64_t hash = sip_hash(secret_, static_cast<std::uint64_t>(source));
  const std::uint64_t step = hash >> 32 | 1;
  Places places{};
  for (std::size_t row = 0; row < kRows; ++row) places[row] = row * width_ + ((hash + row * step) & (width_ - 1));
  return places;
}

void CountSketch::advance(std::int64_t now_ns) {
  const std::int64_t turn = std::max<std::int64_t>(now_ns, 0) / generation_ns_;
  // A clock that went back stands still: nothing is forgotten for it.
  for (std::int64_t begun = 0; turn_ < turn; ++turn_, ++begun) {
    if (begun == static_cast<std::int64_t>(kGenerations)) {  // all are empty by now
      turn_ = turn;
      break;
    }
    present_ = (present_ + 1) % kGenerations;
    std::fill_n(generation(present_), kRows * width_, std::uint8_t{0});
  }
}

unsigned CountSketch::least_of(std::size_t number, const Places& places) {
  const std::uint8_t* cells = generation(number);
  unsigned least = 255;
  for (const std::size_t place : places) least = std::min<unsigned>(least, cells[place]);
  return least;
}

unsigned CountSketch::add(SourceKey source, std::int64_t now_ns) {
  advance(now_ns);
  const Places places = places_of(source);
  const auto more = static_cast<std::uint8_t>(std::min(least_of(present_, places) + 1, 255u));
  std::uint8_t* cells = generation(present_);
  for (const std::size_t place : places) cells[place] = std::max(cells[place], more);
  unsigned total = 0;
  for (std::size_t i = 0; i < kGenerations; ++i) total += least_of(i, places);
  return total;
}

unsigned CountSketch::count(SourceKey source, std::int64_t now_ns) {
  advance(now_ns);
  const Places places = places_of(source);
  unsigned total = 0;
  for (std::size_t i = 0; i < kGenerations; ++i) total += least_of(i, places);
  return total;
}

}  // namespace nightjar::budget
