#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "store/sql_text.hpp"

namespace nightjar::duckdb_store {

/// The macros of figure SQL (README.md of the room), as DuckDB says them.
class DuckdbMacros final : public MacroExpander {
 public:
  /// `spilling_hosts`: @hosts as count(DISTINCT), which is slower but spills to the disk.
  explicit DuckdbMacros(bool spilling_hosts) : spilling_hosts_(spilling_hosts) {}

 protected:
  Result<std::string> expand(std::string_view name, const std::vector<std::string>& arguments) const override;

 private:
  bool spilling_hosts_;
};

/// CREATE MACRO statements of the functions that users have beside those of functions.hpp: destinations, is_NAME ...
std::string user_macros_sql();

}  // namespace nightjar::duckdb_store
