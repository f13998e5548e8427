#include "enrich/ipv4_walk.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr std::uint64_t kEnd = 1ULL << 32;  ///< behind the highest address

/// Goes through the ranges of one table.
class Cursor {
 public:
  explicit Cursor(const RangeTable<Key4>& table) : table_(&table) {}
  std::uint32_t value() const { return table_->value_of(at_); }
  /// The first address behind the range.
  std::uint64_t end() const { return at_ + 1 < table_->size() ? table_->start_of(at_ + 1).value : kEnd; }
  void next() { ++at_; }

 private:
  const RangeTable<Key4>* table_;
  std::size_t at_ = 0;
};

/// Goes through several tables at once; the first that has a number answers.
class Cursors {
 public:
  explicit Cursors(const std::vector<const RangeTable<Key4>*>& tables) {
    for (const RangeTable<Key4>* table : tables) cursors_.emplace_back(*table);
  }
  std::uint32_t value() const {
    for (const Cursor& cursor : cursors_) {
      if (cursor.value() != 0) return cursor.value();
    }
    return 0;
  }
  /// The first address behind the current ranges of all tables.
  std::uint64_t end() const {
    std::uint64_t end = kEnd;
    for (const Cursor& cursor : cursors_) end = std::min(end, cursor.end());
    return end;
  }
  /// Ranges that end before `address` are left behind.
  void advance_to(std::uint64_t address) {
    for (Cursor& cursor : cursors_) {
      if (cursor.end() == address) cursor.next();
    }
  }

 private:
  std::vector<Cursor> cursors_;
};

}  // namespace

void walk_ipv4(const std::vector<const RangeTable<Key4>*>& countries, const std::vector<const RangeTable<Key4>*>& asns,
               const Geolocation::Ipv4Visitor& visit) {
  const RangeTable<Key4> reserved_table = reserved_ipv4();
  Cursors country(countries), asn(asns), reserved({&reserved_table});
  std::uint64_t first = 0;  // of the range that is not visited yet
  Origin origin;
  const auto visit_up_to = [&](std::uint64_t end) {
    if (origin != Origin{}) visit(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(end - 1), origin);
  };
  for (std::uint64_t at = 0; at < kEnd;) {
    const Origin here = reserved.value() != 0 ? Origin{} : Origin{asn.value(), static_cast<CountryCode>(country.value())};
    if (here != origin) {
      visit_up_to(at);
      first = at;
      origin = here;
    }
    at = std::min({country.end(), asn.end(), reserved.end()});
    if (at == kEnd) break;
    country.advance_to(at);
    asn.advance_to(at);
    reserved.advance_to(at);
  }
  visit_up_to(kEnd);
}

}  // namespace nightjar
