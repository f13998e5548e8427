#include "aggregate/record_sort.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace nightjar {
namespace {

constexpr int kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
/// Below this a comparison sort is quicker than clearing the counters.
constexpr std::size_t kSmall = 512;

bool before(const FlowRecord& a, const FlowRecord& b) { return a.place != b.place ? a.place < b.place : a.marks < b.marks; }

/// One stable counting pass by the digit at `shift`; false if all records share the digit.
bool pass(const std::vector<FlowRecord>& from, std::vector<FlowRecord>& to, int shift) {
  std::array<std::uint32_t, kDigits> places{};
  for (const FlowRecord& record : from) ++places[record.place >> shift & (kDigits - 1)];
  std::uint32_t sum = 0;
  for (std::uint32_t& place : places) {
    if (place == from.size()) return false;
    sum += std::exchange(place, sum);
  }
  for (const FlowRecord& record : from) to[places[record.place >> shift & (kDigits - 1)]++] = record;
  return true;
}

}  // namespace

void sort_records(std::vector<FlowRecord>& records, std::vector<FlowRecord>& scratch) {
  if (records.size() < kSmall) {
    std::sort(records.begin(), records.end(), before);
    return;
  }
  std::uint64_t differing = 0;
  for (const FlowRecord& record : records) differing |= record.place ^ records.front().place;
  scratch.resize(records.size());
  for (int shift = std::countr_zero(differing); shift < 64 && differing >> shift != 0;) {
    if (pass(records, scratch, shift)) records.swap(scratch);
    shift += kDigitBits;
    if (shift < 64 && differing >> shift != 0) shift += std::countr_zero(differing >> shift);
  }
  for (std::size_t begin = 0; begin < records.size();) {
    std::size_t end = begin + 1;
    while (end < records.size() && records[end].place == records[begin].place) ++end;
    if (end - begin > 1) {
      std::sort(records.begin() + static_cast<std::ptrdiff_t>(begin), records.begin() + static_cast<std::ptrdiff_t>(end), before);
    }
    begin = end;
  }
}

}  // namespace nightjar
