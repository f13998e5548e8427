#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "figure/filter.hpp"
#include "schema/columns.hpp"
#include "store/sql_text.hpp"

namespace nightjar {

/// The fields that a table can answer. Not every table keeps every column: `minutes` knows sensor, protocol and class
/// only; all rows of `backscatter` are of class backscatter.
std::vector<FilterField> fields_of(Table table);

/// The first field of the expression that the table lacks; nothing if it can answer it whole.
const FilterFieldRule* field_lacking(const FilterExpression& expression, Table table);

/// The expression as a condition over the columns of `table`, with the macros of src/store/README.md. Empty filter: `1 = 1`.
/// An error if the table lacks a field.
Result<std::string> filter_sql(const FilterExpression& expression, Table table);

/// Whether the condition reads columns that hold a value only while all packets of a row share it (ttl, src_port,
/// length): the rows must then be merged by their key first, or the answer would depend on how a day was split into batches.
bool needs_merged_rows(const FilterExpression& expression);

}  // namespace nightjar
