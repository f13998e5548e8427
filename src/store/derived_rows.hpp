#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/lake.hpp"
#include "store/query.hpp"

namespace nightjar {

/// By UTC day what flows and sensor days a version holds of it, as 16 hexadecimal digits: changes when a batch adds to the day, the same
/// before and after compaction. Days without flows are left out. The fingerprint catalogue is part of it.
std::map<std::int64_t, std::string> flows_by_day(const LakeVersion& version);

/// A file of a derived table whose rows one SELECT makes.
struct DerivedRows {
  Table table = Table::port_days;
  std::int64_t day = 0;   ///< in whose folder it lies
  std::string made_by;    ///< the rules; files of one table and day stand side by side where these differ. No tab
  std::string made_from;  ///< the inputs, flows_by_day() for example: rows are believed as long as it is the same
  std::string sql;        ///< with macros; names its columns as the table does, in any order, and casts nothing
  bool modelled = false;  ///< any input is
};

/// Writes the file (`LakeFile::derived_from` = made_by, tab, made_from), flushed, not yet committed.
Result<LakeFile> write_derived_rows(QuerySession& session, const Writer& writer, const DerivedRows& rows);

/// `sql` with the columns of the table in its order and types, in the table's order.
std::string typed_rows(const TableSchema& table, const std::string& sql);
/// The file that rows become, NAME-TABLE.parquet in the folder of their day, before it is written: without rows and bytes.
LakeFile derived_file(const DerivedRows& rows, const std::string& name);

/// LakeFile::derived_from of such rows, and its two parts.
std::string derived_from(std::string_view made_by, std::string_view made_from);
std::string_view made_by(const LakeFile& file);
std::string_view made_from(const LakeFile& file);

}  // namespace nightjar
