#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/query.hpp"

namespace nightjar {

/// Values of an answer as what they must be. NULL is 0 and "": sums over no rows are NULL.
std::uint64_t number_of(const Value& value);
std::string text_of(const Value& value);

/// Seconds since 1970 of "2017-11-23T05:00:00Z" (decimals are cut off); nothing for other text.
std::optional<std::int64_t> second_of_text(std::string_view text);

/// 100 * part / whole; NULL where there is no whole.
Value percent(std::uint64_t part, std::uint64_t whole);

/// An answer whose columns are found by name.
class NamedRows {
 public:
  explicit NamedRows(const Answer& answer) : answer_(answer) {}
  std::size_t size() const { return answer_.rows.size(); }
  /// The value, or NULL for a column that the query does not give.
  const Value& at(std::size_t row, std::string_view column) const;
  std::uint64_t number(std::size_t row, std::string_view column) const { return number_of(at(row, column)); }
  std::string text(std::size_t row, std::string_view column) const { return text_of(at(row, column)); }

 private:
  const Answer& answer_;
};

}  // namespace nightjar
