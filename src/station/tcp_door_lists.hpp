#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nightjar {

/// Linked lists of small numbers (places in a table), each number in one of them at most: what joins, leaves or moves costs the same
/// however many there are, and no memory beyond that of the highest number.
class NumberLists {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  explicit NumberLists(std::size_t lists) : ends_(lists) {}

  /// To the end of the list, out of the one it is in.
  void move(std::uint32_t number, std::uint32_t list) {
    remove(number);
    if (number >= links_.size()) links_.resize(std::size_t{number} + 1);
    Ends& ends = ends_[list];
    links_[number] = {ends.last, kNone, list};
    (ends.last == kNone ? ends.first : links_[ends.last].after) = number;
    ends.last = number;
  }
  void remove(std::uint32_t number) {
    if (number >= links_.size() || links_[number].list == kNone) return;
    const Link link = links_[number];
    Ends& ends = ends_[link.list];
    (link.before == kNone ? ends.first : links_[link.before].after) = link.after;
    (link.after == kNone ? ends.last : links_[link.after].before) = link.before;
    links_[number] = {};
  }
  /// kNone: the list is empty, or the number its last.
  std::uint32_t first(std::uint32_t list) const { return ends_[list].first; }
  std::uint32_t after(std::uint32_t number) const { return links_[number].after; }

 private:
  struct Link {
    std::uint32_t before = kNone, after = kNone, list = kNone;
  };
  struct Ends {
    std::uint32_t first = kNone, last = kNone;
  };
  std::vector<Link> links_;
  std::vector<Ends> ends_;
};

/// Deadlines of numbers, one each, kept in slots of 32 ms around a wheel of 131 s; later ones go round more than once.
class TimerWheel {
 public:
  /// Milliseconds since any moment; never going back.
  explicit TimerWheel(std::int64_t now_ms) : lists_(kSlots), turn_(now_ms / kSlotMs) {}

  void set(std::uint32_t number, std::int64_t deadline_ms) {
    if (number >= deadlines_.size()) deadlines_.resize(std::size_t{number} + 1);
    deadlines_[number] = deadline_ms;
    // Rounded up: nothing is called before its time. What is past comes with the next turn.
    const std::int64_t turn = (deadline_ms + kSlotMs - 1) / kSlotMs;
    lists_.move(number, static_cast<std::uint32_t>((turn > turn_ ? turn : turn_ + 1) % kSlots));
  }
  void clear(std::uint32_t number) { lists_.remove(number); }

  /// Overwrites `due` with the numbers whose deadline has passed; they have none any more.
  void take_due(std::int64_t now_ms, std::vector<std::uint32_t>& due) {
    due.clear();
    const std::int64_t now = now_ms / kSlotMs;
    if (now - turn_ > kSlots) turn_ = now - kSlots;
    while (turn_ < now) {
      ++turn_;
      const auto slot = static_cast<std::uint32_t>(turn_ % kSlots);
      for (std::uint32_t number = lists_.first(slot); number != NumberLists::kNone;) {
        const std::uint32_t next = lists_.after(number);
        if (deadlines_[number] <= now_ms) {
          lists_.remove(number);
          due.push_back(number);
        }
        number = next;
      }
    }
  }

 private:
  static constexpr std::int64_t kSlotMs = 32, kSlots = 4096;
  NumberLists lists_;
  std::vector<std::int64_t> deadlines_;
  std::int64_t turn_;
};

}  // namespace nightjar
