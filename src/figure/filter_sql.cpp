#include "figure/filter_sql.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "fingerprint/catalogue.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

/// Protocols whose packets have ports; the port column of ICMP holds type and code.
constexpr std::string_view kHasPorts = "protocol IN (6, 17, 33, 132, 136)";

/// The protocol of every row of `sessions`.
constexpr std::uint64_t kTcp = 6;

using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

/// The values that a comparison (without its negation) accepts, as closed ranges inside 0 to highest. In columns where
/// 0 means "the packets differ" an inequality starts at 1.
Ranges accepted(const FilterExpression& comparison) {
  const FilterFieldRule& rule = rule_of(comparison.field);
  const bool zero_is_unknown = rule.field == FilterField::ttl || rule.field == FilterField::src_port || rule.field == FilterField::length;
  const std::uint64_t lowest = zero_is_unknown ? 1 : 0;
  const FilterValue& value = comparison.values.front();
  Ranges ranges;
  const auto add = [&](std::uint64_t first, std::uint64_t last) {
    if (first <= last) ranges.emplace_back(first, last);
  };
  switch (comparison.op) {
    case FilterOperator::less:
      if (value.first > 0) add(lowest, value.first - 1);
      break;
    case FilterOperator::less_equal: add(lowest, value.first); break;
    case FilterOperator::greater: add(std::max(lowest, value.last + 1), rule.highest); break;
    case FilterOperator::greater_equal: add(std::max(lowest, value.first), rule.highest); break;
    case FilterOperator::equal:
    case FilterOperator::not_equal:
    case FilterOperator::in:
    case FilterOperator::not_in:
      for (const FilterValue& each : comparison.values) add(each.first, each.last);
  }
  return ranges;
}

std::string joined(const std::vector<std::string>& terms, std::string_view word) {
  std::string out;
  for (const std::string& term : terms) out += (out.empty() ? "" : std::string(word)) + term;
  return out;
}

std::string numbers_sql(std::string_view column, const Ranges& ranges) {
  std::vector<std::string> singles;
  std::vector<std::string> terms;
  for (const auto& [first, last] : ranges) {
    if (first == last)
      singles.push_back(std::to_string(first));
    else
      terms.push_back(std::string(column) + " BETWEEN " + std::to_string(first) + " AND " + std::to_string(last));
  }
  if (singles.size() == 1) terms.push_back(std::string(column) + " = " + singles.front());
  if (singles.size() > 1) terms.push_back(std::string(column) + " IN (" + joined(singles, ", ") + ")");
  if (terms.empty()) return "1 = 0";
  return terms.size() == 1 ? terms.front() : "(" + joined(terms, " OR ") + ")";
}

std::string texts_sql(std::string_view column, const std::vector<FilterValue>& values) {
  std::vector<std::string> literals;
  for (const FilterValue& value : values) literals.push_back(sql_literal(value.text));
  return std::string(column) + " IN (" + joined(literals, ", ") + ")";
}

std::string fingerprint_sql(const std::string& name) {
  if (name != "none") return "@fingerprint(" + name + ")";
  std::vector<std::string> all;
  for (const Fingerprint& fingerprint : fingerprint_catalogue()) all.push_back("@fingerprint(" + std::string(fingerprint.name) + ")");
  return all.empty() ? "1 = 1" : "NOT (" + joined(all, " OR ") + ")";
}

std::string class_sql(const std::vector<FilterValue>& values, Table table) {
  std::vector<std::string> numbers;
  for (const FilterValue& value : values) {
    const auto at = std::ranges::find(kClassNames, std::string_view(value.text)) - kClassNames.begin();
    numbers.push_back(std::to_string(at));
  }
  if (table != Table::backscatter) return "class IN (" + joined(numbers, ", ") + ")";
  const std::string backscatter = std::to_string(static_cast<int>(TrafficClass::backscatter));
  return std::ranges::find(numbers, backscatter) != numbers.end() ? "1 = 1" : "1 = 0";
}

/// Tables of conversations, and of what reflectors were asked, have a port in every row and no column that says so.
bool port_in_every_row(Table table) { return table == Table::sessions || table == Table::requests || table == Table::attacks; }

std::string any_sql(const std::vector<FilterValue>& values, std::string (*one)(const FilterValue&)) {
  std::vector<std::string> terms;
  for (const FilterValue& value : values) terms.push_back(one(value));
  return terms.size() == 1 ? terms.front() : "(" + joined(terms, " OR ") + ")";
}

/// The condition of a comparison as if its operator were not negative.
std::string positive_sql(const FilterExpression& comparison, Table table) {
  const auto& values = comparison.values;
  switch (comparison.field) {
    case FilterField::port: {
      const std::string numbers = numbers_sql("port", accepted(comparison));
      return port_in_every_row(table) ? numbers : "(" + std::string(kHasPorts) + " AND " + numbers + ")";
    }
    case FilterField::window: return "(class = 1 AND " + numbers_sql("\"window\"", accepted(comparison)) + ")";
    case FilterField::asn: return numbers_sql("asn", accepted(comparison));
    case FilterField::ttl: return numbers_sql("ttl", accepted(comparison));
    case FilterField::src_port: return numbers_sql("src_port", accepted(comparison));
    case FilterField::length: return numbers_sql("ip_length", accepted(comparison));
    case FilterField::ip_version: return numbers_sql("ip_version", accepted(comparison));
    case FilterField::traffic_class: return class_sql(values, table);
    case FilterField::sensor: return texts_sql("sensor", values);
    case FilterField::country: {
      std::vector<FilterValue> codes = values;
      for (FilterValue& code : codes)
        if (code.text == "unknown") code.text.clear();
      return texts_sql("country", codes);
    }
    case FilterField::protocol: {
      Ranges numbers;
      for (const FilterValue& value : values)
        for (const std::uint8_t number : protocols_of(value.text)) numbers.emplace_back(number, number);
      if (table == Table::sessions) return std::ranges::find(numbers, std::pair(kTcp, kTcp)) != numbers.end() ? "1 = 1" : "1 = 0";
      // Rows that were written before attacks had a protocol are of reflectors.
      return numbers_sql(table == Table::attacks ? "(CASE WHEN protocol > 0 THEN protocol ELSE 17 END)" : "protocol", numbers);
    }
    case FilterField::fingerprint: return any_sql(values, [](const FilterValue& value) { return fingerprint_sql(value.text); });
    case FilterField::tag:
      return any_sql(values, [](const FilterValue& value) {
        return value.text == "none" ? std::string("tags = ''") : "@has_word(tags, " + sql_literal(value.text) + ")";
      });
    case FilterField::service:
      if (table == Table::requests) return texts_sql("service", values);
      return any_sql(values, [](const FilterValue& value) { return "@has_word(service, " + sql_literal(value.text) + ")"; });
    case FilterField::src:
      return any_sql(values, [](const FilterValue& value) { return "@prefix(src, src_low, '" + format(*value.prefix) + "')"; });
  }
  return "1 = 1";
}

std::string expression_sql(const FilterExpression& expression, Table table) {
  using Kind = FilterExpression::Kind;
  if (expression.kind == Kind::comparison) {
    const bool negative = expression.op == FilterOperator::not_equal || expression.op == FilterOperator::not_in;
    const std::string condition = positive_sql(expression, table);
    return negative ? "NOT (" + condition + ")" : condition;
  }
  if (expression.kind == Kind::negation) return "NOT (" + expression_sql(expression.parts.front(), table) + ")";
  std::vector<std::string> terms;
  for (const FilterExpression& part : expression.parts) terms.push_back(expression_sql(part, table));
  if (terms.empty()) return "1 = 1";
  return "(" + joined(terms, expression.kind == Kind::all_of ? " AND " : " OR ") + ")";
}

}  // namespace

std::vector<FilterField> fields_of(Table table) {
  using enum FilterField;
  switch (table) {
    case Table::flows:
      return {port, protocol, traffic_class, fingerprint, country, asn, src, sensor, window, ttl, src_port, length, ip_version};
    case Table::minutes: return {protocol, traffic_class, sensor};
    case Table::backscatter: return {port, protocol, traffic_class, country, asn, src, sensor, ip_version};
    case Table::sensor_days: return {sensor};
    case Table::requests: return {port, country, asn, src, sensor, ip_version, service};
    case Table::sessions: return {port, protocol, country, asn, src, sensor, src_port, ip_version, tag};
    case Table::payloads: return {port, protocol, src, sensor, ip_version, tag};
    case Table::attacks: return {port, protocol, country, asn, src, sensor, ip_version, service};
    case Table::scans: return {port, protocol, traffic_class, country, asn, src, sensor, ip_version};
    case Table::scanner_days: return {country, asn, src, ip_version};
    case Table::counts:
    case Table::port_days:
    case Table::incidents: return {};
  }
  return {};
}

const FilterFieldRule* field_lacking(const FilterExpression& expression, Table table) {
  const std::vector<FilterField> known = fields_of(table);
  for (const FilterFieldRule& rule : filter_fields()) {
    if (names_field(expression, rule.field) && std::ranges::find(known, rule.field) == known.end()) return &rule;
  }
  return nullptr;
}

Result<std::string> filter_sql(const FilterExpression& expression, Table table) {
  if (const FilterFieldRule* lacking = field_lacking(expression, table)) {
    std::string possible;
    for (const FilterField field : fields_of(table)) possible += (possible.empty() ? "" : ", ") + std::string(rule_of(field).name);
    return Error{"the field " + std::string(lacking->name) + " cannot be applied here: the table " + std::string(schema_of(table).name) +
                 " does not keep it" + (possible.empty() ? "" : ". Possible here: " + possible)};
  }
  return expression_sql(expression, table);
}

bool needs_merged_rows(const FilterExpression& expression) {
  return names_field(expression, FilterField::ttl) || names_field(expression, FilterField::src_port) ||
         names_field(expression, FilterField::length);
}

}  // namespace nightjar
