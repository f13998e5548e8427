#include "store/compact.hpp"

namespace nightjar {
namespace {

std::string cast_to(const Column& column, const std::string& expression) {
  return "CAST(" + expression + " AS " + std::string(duckdb_type(column.type)) + ")";
}

/// How a column's values in rows of one key become one. `first`: the column that a span is counted from.
std::string merged(const Column& column, const std::string& first) {
  const std::string name = "\"" + std::string(column.name) + "\"";
  switch (column.merge) {
    case Merge::key: return name;
    case Merge::sum: return cast_to(column, "sum(" + name + ")");
    case Merge::min: return "min(" + name + ")";
    case Merge::max: return "max(" + name + ")";
    case Merge::bit_or: return "bit_or(" + name + ")";
    case Merge::equal_or_zero: return cast_to(column, "CASE WHEN min(" + name + ") = max(" + name + ") THEN min(" + name + ") ELSE 0 END");
    case Merge::equal_or_empty: {
      // Rows without packets (replies alone) had nothing to say.
      const std::string least = "min(" + name + ") FILTER (WHERE packets > 0)", most = "max(" + name + ") FILTER (WHERE packets > 0)";
      return "coalesce(CASE WHEN " + least + " = " + most + " THEN " + least + " ELSE '' END, '')";
    }
    case Merge::fullest:
      // A conversation that only fell silent is written again with as many packets: what its end told is an address that stood at the very
      // end of its words, so of rows with as many packets the one with more addresses is the later.
      return "arg_max(" + name + ", {'packets': packets, 'urls': length(urls)})";
    case Merge::earliest: return "arg_min(" + name + ", \"first\")";
    case Merge::span: return cast_to(column, "max(CAST(" + first + " AS UINTEGER) + " + name + ") - min(" + first + ")");
  }
  return name;
}

}  // namespace

std::string merge_sql(const TableSchema& table, const std::string& from) {
  std::string order(table.order);
  if (const std::size_t at = order.find("window"); at != std::string::npos) order.replace(at, 6, "\"window\"");
  return grouped_sql(table, from) + " ORDER BY " + order;
}

std::string grouped_sql(const TableSchema& table, const std::string& from) {
  std::string select, keys, first;
  for (const Column& column : table.columns) {
    select += (select.empty() ? "SELECT " : ", ") + merged(column, first) + " AS \"" + std::string(column.name) + "\"";
    if (column.merge == Merge::key) keys += (keys.empty() ? "\"" : ", \"") + std::string(column.name) + "\"";
    if (column.merge == Merge::min && first.empty()) first = "\"" + std::string(column.name) + "\"";
  }
  // Aliases repeat the columns' names: what is grouped and sorted by are keys, whose value is the same in both.
  return select + " FROM " + from + " GROUP BY " + keys;
}

}  // namespace nightjar
