#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// How a column looks for people; every cell of a column has the same decimals.
struct OutputColumn {
  std::string name;
  bool right = false;      ///< numbers stand at the right
  bool thousands = false;  ///< 20,000,000
  int decimals = 0;        ///< of fractions
  std::size_t widest = 0;  ///< longer texts are cut with "..."; 0: never
};

/// A table for a terminal: a header line, a rule, rows. Outside bytes are escaped; NULL is "-". No trailing spaces.
std::string table_text(const std::vector<OutputColumn>& columns, const std::vector<std::vector<Value>>& rows);

/// RFC 4180 with a header line and \n; NULL is empty. A text that a spreadsheet would take for a formula (= + - @, tab,
/// carriage return in front) gets an apostrophe before it; numbers stay as they are.
std::string csv_text(const std::vector<std::string>& names, const std::vector<std::vector<Value>>& rows);

/// One line of it, with its \n.
std::string csv_line(const std::vector<Value>& row);

/// A SELECT that gives these rows (for Parquet). Columns that hold texts become texts, fractions DOUBLE, other numbers UBIGINT
/// or, with negative ones, BIGINT.
std::string select_of(const std::vector<std::string>& names, const std::vector<std::vector<Value>>& rows);

/// Writes a text to a file, or to standard output for "" and "-".
Result<void> write_text(std::string_view text, const std::string& file);

}  // namespace nightjar::cli
