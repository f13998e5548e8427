#pragma once
#include <random>
#include <string>
#include <vector>

#include "figure/filter.hpp"
#include "figure/filter_sql.hpp"
#include "fingerprint/catalogue.hpp"

namespace nightjar::test {

/// Makes filters as the parser would make them: flat `and` and `or`, lists of at least two values.
class RandomFilter {
 public:
  explicit RandomFilter(unsigned seed) : random_(seed) {}

  FilterExpression expression(int depth = 3) {
    const int kind = depth == 0 ? 3 : pick(0, 5);
    if (kind >= 3) return comparison();
    FilterExpression out;
    out.kind = static_cast<FilterExpression::Kind>(kind);
    const int parts = out.kind == FilterExpression::Kind::negation ? 1 : pick(2, 3);
    for (int i = 0; i < parts; ++i) {
      FilterExpression part = expression(depth - 1);
      while (part.kind == out.kind && out.kind != FilterExpression::Kind::negation) part = expression(depth - 1);
      out.parts.push_back(std::move(part));
    }
    return out;
  }

  int pick(int first, int last) { return std::uniform_int_distribution<int>(first, last)(random_); }

 private:
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[static_cast<std::size_t>(pick(0, static_cast<int>(list.size()) - 1))];
  }

  FilterExpression comparison() {
    FilterExpression out;
    out.kind = FilterExpression::Kind::comparison;
    out.field = one_of(fields_of(Table::flows));
    const bool ordered = rule_of(out.field).ordered;
    static const std::vector<FilterOperator> any = {FilterOperator::equal, FilterOperator::not_equal, FilterOperator::in,
                                                    FilterOperator::not_in};
    out.op = ordered ? static_cast<FilterOperator>(pick(0, 7)) : one_of(any);
    const bool list = out.op == FilterOperator::in || out.op == FilterOperator::not_in;
    const bool range = list || out.op == FilterOperator::equal || out.op == FilterOperator::not_equal;
    for (int i = list ? pick(2, 4) : 1; i > 0; --i) out.values.push_back(value(out.field, range));
    return out;
  }

  FilterValue value(FilterField field, bool range) {
    FilterValue out;
    switch (field) {
      case FilterField::protocol: out.text = one_of<std::string>({"tcp", "udp", "icmp", "icmpv6", "gre", "1"}); break;
      case FilterField::traffic_class: out.text = one_of<std::string>({"scan", "backscatter", "request", "echo", "other"}); break;
      case FilterField::fingerprint: {
        const auto all = fingerprint_catalogue();
        const auto at = static_cast<std::size_t>(pick(0, static_cast<int>(all.size())));
        out.text = at == all.size() ? "none" : std::string(all[at].name);
        break;
      }
      case FilterField::country: out.text = one_of<std::string>({"JP", "AR", "US", "unknown"}); break;
      case FilterField::sensor: out.text = one_of<std::string>({"alpha", "be ta", "\"q\" 'x'", "センサ"}); break;
      case FilterField::src:
        out.prefix = *parse_prefix(one_of<std::string>(
            {"192.0.2.1", "192.0.2.0/28", "198.51.0.0/16", "0.0.0.0/0", "2001:db8::/32", "2001:db8:0:1::/64", "2001:db8::5"}));
        break;
      case FilterField::ip_version: out.first = out.last = one_of<std::uint64_t>({4, 6}); break;
      default: {
        const int highest = static_cast<int>(std::min<std::uint64_t>(rule_of(field).highest, 70));
        out.first = out.last = static_cast<std::uint64_t>(pick(0, highest));
        if (range && pick(0, 2) == 0) out.last = static_cast<std::uint64_t>(pick(static_cast<int>(out.first), highest));
      }
    }
    return out;
  }

  std::mt19937 random_;
};

}  // namespace nightjar::test
