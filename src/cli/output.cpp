#include "cli/output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/text_columns.hpp"
#include "store/sql_text.hpp"

namespace nightjar::cli {
namespace {

constexpr std::string_view kNull = "-";

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return std::string(text.data(), static_cast<std::size_t>(std::max(size, 0)));
}

/// 1234567.5 → "1,234,567.5"
std::string grouped(const std::string& number) {
  const std::size_t start = number.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string out = number;
  for (std::size_t at = point; at > start + 3;) {
    at -= 3;
    out.insert(at, ",");
  }
  return out;
}

std::string cut(std::string text, std::size_t widest) {
  if (widest == 0 || columns_of(text) <= widest) return text;
  while (!text.empty() && columns_of(text) > widest - 3) {
    while (text.size() > 1 && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
    text.pop_back();
  }
  return text + "...";
}

std::string cell_text(const OutputColumn& column, const Value& value) {
  const auto number = [&](const std::string& digits) { return column.thousands ? grouped(digits) : digits; };
  if (std::holds_alternative<std::monostate>(value)) return std::string(kNull);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* signed_number = std::get_if<std::int64_t>(&value)) return number(std::to_string(*signed_number));
  if (const auto* unsigned_number = std::get_if<std::uint64_t>(&value)) return number(std::to_string(*unsigned_number));
  if (const auto* fraction = std::get_if<double>(&value)) return number(fixed(*fraction, column.decimals));
  return cut(escape_for_terminal(std::get<std::string>(value)), column.widest);
}

std::string line_of(const std::vector<OutputColumn>& columns, const std::vector<std::string>& cells,
                    const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths[i] - columns_of(cells[i]), ' ');
    line += (i == 0 ? "" : "  ") + (columns[i].right ? padding + cells[i] : cells[i] + padding);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

std::string csv_cell(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "";
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* signed_number = std::get_if<std::int64_t>(&value)) return std::to_string(*signed_number);
  if (const auto* unsigned_number = std::get_if<std::uint64_t>(&value)) return std::to_string(*unsigned_number);
  if (const auto* fraction = std::get_if<double>(&value)) return std::isfinite(*fraction) ? fixed(*fraction, 4) : "";
  std::string text = std::get<std::string>(value);
  if (is_formula(text)) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

template <class T>
bool any_is(const std::vector<std::vector<Value>>& rows, std::size_t column) {
  return std::ranges::any_of(rows, [&](const auto& row) { return std::holds_alternative<T>(row[column]); });
}

std::string sql_type(const std::vector<std::vector<Value>>& rows, std::size_t column) {
  if (any_is<std::string>(rows, column)) return "VARCHAR";
  if (any_is<double>(rows, column)) return "DOUBLE";
  if (any_is<std::int64_t>(rows, column)) return "BIGINT";
  if (any_is<std::uint64_t>(rows, column)) return "UBIGINT";
  return any_is<bool>(rows, column) ? "BOOLEAN" : "VARCHAR";
}

std::string sql_value(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "NULL";
  if (const auto* text = std::get_if<std::string>(&value)) return sql_literal(*text);
  if (const auto* fraction = std::get_if<double>(&value)) {
    std::array<char, 64> exact{};
    std::snprintf(exact.data(), exact.size(), "%.17g", *fraction);
    return std::isfinite(*fraction) ? std::string(exact.data()) : "NULL";
  }
  return csv_cell(value);
}

}  // namespace

std::string table_text(const std::vector<OutputColumn>& columns, const std::vector<std::vector<Value>>& rows) {
  std::vector<std::vector<std::string>> lines = {{}};
  std::vector<std::size_t> widths;
  for (const OutputColumn& column : columns) lines.front().push_back(column.name);
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < columns.size(); ++i) cells.push_back(cell_text(columns[i], row[i]));
    lines.push_back(std::move(cells));
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t widest = 0;
    for (const auto& line : lines) widest = std::max(widest, columns_of(line[i]));
    widths.push_back(widest);
  }
  std::vector<std::string> rule;
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  lines.insert(lines.begin() + 1, std::move(rule));
  std::string out;
  for (const auto& line : lines) out += line_of(columns, line, widths);
  return out;
}

std::string csv_line(const std::vector<Value>& row) {
  std::string out;
  for (std::size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : ",") + csv_cell(row[i]);
  return out + '\n';
}

std::string csv_text(const std::vector<std::string>& names, const std::vector<std::vector<Value>>& rows) {
  std::string out = csv_line({names.begin(), names.end()});
  for (const auto& row : rows) out += csv_line(row);
  return out;
}

std::string select_of(const std::vector<std::string>& names, const std::vector<std::vector<Value>>& rows) {
  std::string columns;
  for (std::size_t i = 0; i < names.size(); ++i)
    columns += (i == 0 ? "" : ", ") + ("CAST(c" + std::to_string(i)) + " AS " + sql_type(rows, i) + ") AS \"" + names[i] + "\"";
  std::string values, aliases;
  for (std::size_t i = 0; i < names.size(); ++i) aliases += (i == 0 ? "c" : ", c") + std::to_string(i);
  for (const auto& row : rows) {
    values += values.empty() ? "(" : ", (";
    for (std::size_t i = 0; i < row.size(); ++i) values += (i == 0 ? "" : ", ") + sql_value(row[i]);
    values += ")";
  }
  if (rows.empty()) {
    for (std::size_t i = 0; i < names.size(); ++i) values += i == 0 ? "(NULL" : ", NULL";
    values += ")";
  }
  return "SELECT " + columns + " FROM (VALUES " + values + ") AS t(" + aliases + ")" + (rows.empty() ? " WHERE 1 = 0" : "");
}

Result<void> write_text(std::string_view text, const std::string& file) {
  if (!file.empty() && file != "-") return write_file_atomically(file, text);
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) return errno_error("cannot write to standard output", errno);
  return {};
}

}  // namespace nightjar::cli
