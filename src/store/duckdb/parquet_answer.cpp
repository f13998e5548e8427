#include "store/duckdb/parquet_answer.hpp"

#include "base/file.hpp"
#include "store/sql_text.hpp"

namespace nightjar::duckdb_store {
namespace {

/// Name of a plain type in SQL.
std::string_view type_name(DUCKDB_TYPE type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN: return "BOOLEAN";
    case DUCKDB_TYPE_TINYINT: return "TINYINT";
    case DUCKDB_TYPE_SMALLINT: return "SMALLINT";
    case DUCKDB_TYPE_INTEGER: return "INTEGER";
    case DUCKDB_TYPE_BIGINT: return "BIGINT";
    case DUCKDB_TYPE_UTINYINT: return "UTINYINT";
    case DUCKDB_TYPE_USMALLINT: return "USMALLINT";
    case DUCKDB_TYPE_UINTEGER: return "UINTEGER";
    case DUCKDB_TYPE_UBIGINT: return "UBIGINT";
    case DUCKDB_TYPE_FLOAT: return "FLOAT";
    case DUCKDB_TYPE_DOUBLE: return "DOUBLE";
    case DUCKDB_TYPE_DATE: return "DATE";
    case DUCKDB_TYPE_TIMESTAMP: return "TIMESTAMP";
    case DUCKDB_TYPE_TIMESTAMP_TZ: return "TIMESTAMP WITH TIME ZONE";
    case DUCKDB_TYPE_TIMESTAMP_S: return "TIMESTAMP_S";
    case DUCKDB_TYPE_TIMESTAMP_MS: return "TIMESTAMP_MS";
    case DUCKDB_TYPE_TIMESTAMP_NS: return "TIMESTAMP_NS";
    default: return "VARCHAR";
  }
}

std::string quoted_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

/// CREATE TABLE answer; a name that comes twice gets a number.
std::string create_table_sql(const std::vector<AnswerColumn>& columns) {
  std::string sql = "CREATE TABLE answer (";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    bool twice = columns[i].name.empty();
    for (std::size_t j = 0; j < i; ++j) twice |= columns[j].name == columns[i].name;
    const std::string name = twice ? columns[i].name + "_" + std::to_string(i + 1) : columns[i].name;
    sql += (i == 0 ? "" : ", ") + quoted_name(name) + " " + std::string(type_name(columns[i].type));
  }
  return sql + ")";
}

using Appender = Owned<duckdb_appender, [](duckdb_appender* appender) { duckdb_appender_destroy(appender); }>;

Result<void> copy_answer(Connection& asked, Connection& writing, std::string_view sql, ExoticTypes exotic, const StopRule& stop,
                         std::uint64_t& rows) {
  Appender appender;
  const auto failed = [&] { return Error{error_sentence(duckdb_appender_error(appender.get()))}; };
  const auto begin = [&](const std::vector<AnswerColumn>& columns) -> Result<void> {
    if (auto made = writing.execute(create_table_sql(columns)); !made) return made;
    if (duckdb_appender_create(writing.handle(), nullptr, "answer", appender.address()) != DuckDBSuccess) return failed();
    return {};
  };
  const auto visit = [&](duckdb_data_chunk chunk) -> Result<void> {
    if (duckdb_append_data_chunk(appender.get(), chunk) != DuckDBSuccess) return failed();
    rows += duckdb_data_chunk_get_size(chunk);
    return {};
  };
  if (auto done = ask(asked, sql, exotic, stop, begin, visit); !done) return done;
  if (duckdb_appender_close(appender.get()) != DuckDBSuccess) return failed();
  return {};
}

}  // namespace

Result<void> write_answer_as_parquet(Connection& asked, std::string_view sql, const StopRule& stop, const std::filesystem::path& file,
                                     std::uint64_t* rows) {
  std::filesystem::path aside = file;
  aside += ".tmp";
  for (const ExoticTypes exotic : {ExoticTypes::for_parquet, ExoticTypes::for_parquet_wide}) {
    Connection::Settings settings;
    settings.memory_bytes = asked.memory_bytes();
    auto writing = Connection::open(settings);
    if (!writing) return writing.error();
    std::uint64_t copied_rows = 0;
    auto copied = copy_answer(asked, **writing, sql, exotic, stop, copied_rows);
    const bool too_wide = !copied && copied.error().sentence.starts_with("Conversion Error");
    if (too_wide && exotic == ExoticTypes::for_parquet) continue;
    if (!copied) return copied;
    auto written = (*writing)->execute("COPY answer TO " + sql_literal(aside.string()) + " (FORMAT parquet, COMPRESSION zstd)");
    std::error_code error;
    if (!written) {
      std::filesystem::remove(aside, error);
      return Error{"cannot write " + file.string() + ": " + written.error().sentence};
    }
    std::filesystem::rename(aside, file, error);
    if (error) return Error{"cannot write " + file.string() + ": " + error.message()};
    if (rows != nullptr) *rows = copied_rows;
    return {};
  }
  return {};
}

}  // namespace nightjar::duckdb_store
