#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/address.hpp"

namespace nightjar {

/// The filter language of `--where`, the API and the dashboard. One parser, one error sentence.
///
///   expr  = or ;  or = and {"or" and} ;  and = not {"and" not} ;  not = ["not"] ( cmp | "(" expr ")" )
///   cmp   = field op value | field ["not"] "in" "(" value {"," value} ")"      precedence: not > and > or
///   op    = "=" | "!=" | "<" | "<=" | ">" | ">="
///   value = word | number | number".."number | prefix | "quoted" (\" and \\ inside)
///
/// Words are case-insensitive. A row that lacks a field (an ICMP packet has no port) matches no comparison of it but
/// the negative ones: `port != 23` is always the complement of `port = 23`.
enum class FilterField : std::uint8_t {
  port,
  protocol,
  traffic_class,
  fingerprint,
  country,
  asn,
  src,
  sensor,
  window,
  ttl,
  src_port,
  length,
  ip_version,
  tag,
  service,
};
inline constexpr std::size_t kFilterFields = 15;

enum class FilterOperator : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal, in, not_in };

/// One value. Numbers are closed ranges (a single number: first == last); names are kept in their canonical spelling.
struct FilterValue {
  std::uint64_t first = 0, last = 0;  ///< port, asn, window, ttl, src_port, length, ip_version
  std::string text{};                 ///< protocol, class, fingerprint, country ("unknown" for none), sensor, tag, service
  std::optional<Prefix> prefix{};     ///< src
  std::size_t position = 0;           ///< 1-based character in the text it was parsed from; no part of its identity
  std::size_t length = 0;             ///< in characters

  friend bool operator==(const FilterValue& a, const FilterValue& b) {
    return a.first == b.first && a.last == b.last && a.text == b.text && a.prefix == b.prefix;
  }
};

/// A node of the filter's tree.
struct FilterExpression {
  enum class Kind : std::uint8_t {
    all_of,      ///< every part; without parts: everything matches (the empty filter)
    any_of,      ///< at least one part
    negation,    ///< not its single part
    comparison,  ///< field, op, values
  };
  Kind kind = Kind::all_of;
  std::vector<FilterExpression> parts{};
  FilterField field = FilterField::port;
  FilterOperator op = FilterOperator::equal;
  std::vector<FilterValue> values{};  ///< one, or at least two for in and not_in

  bool empty() const { return kind == Kind::all_of && parts.empty(); }
  friend bool operator==(const FilterExpression& a, const FilterExpression& b);
};

/// Why a text is no filter. The sentence begins with the place: `at 1: there is no field "contry". Did you mean country? ...`
struct FilterError {
  std::size_t position = 1;  ///< 1-based, in characters (code points)
  std::size_t length = 0;    ///< characters of the wrong word; 0 at the end of the text
  std::string sentence;
};

/// Bounds on text from outside.
inline constexpr std::size_t kFilterMaxBytes = 8192;
inline constexpr std::size_t kFilterMaxDepth = 50;

/// Reads a filter. The empty text is the empty filter. Nested `and` in `and` (`or` in `or`) is flattened and an `in`
/// of one value becomes `=`, so equal filters have equal trees.
std::variant<FilterExpression, FilterError> parse_filter(std::string_view text);

/// The canonical text: parse_filter(to_text(x)) is x.
std::string to_text(const FilterExpression& expression);

/// What a comparison may be made of; the only list of fields.
struct FilterFieldRule {
  FilterField field;
  std::string_view name;
  bool ordered;             ///< < <= > >= fit
  std::uint64_t highest;    ///< of a number; 0: values are names or prefixes
  std::string_view values;  ///< what is possible, for sentences
  std::string_view sentence;
};
std::span<const FilterFieldRule> filter_fields();
const FilterFieldRule& rule_of(FilterField field);

/// Whether any comparison of the expression is about `field`.
bool names_field(const FilterExpression& expression, FilterField field);

/// Protocol numbers behind a protocol value: "icmp" is ICMP of both families, 1 and 58.
std::vector<std::uint8_t> protocols_of(std::string_view value);

}  // namespace nightjar
