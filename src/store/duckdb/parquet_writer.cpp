#include "store/parquet_writer.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>

#include "base/failpoint.hpp"
#include "base/file.hpp"
#include "duckdb.h"
#include "store/duckdb/rows_function.hpp"

namespace nightjar {
namespace {

using duckdb_store::RowsSource;

std::string quoted(const std::string& text) {
  std::string sql = "'";
  for (const char c : text) sql += c == '\'' ? std::string("''") : std::string(1, c);
  return sql + "'";
}

class DuckdbParquetWriter final : public ParquetWriter {
 public:
  ~DuckdbParquetWriter() override {
    if (connection_ != nullptr) duckdb_disconnect(&connection_);
    if (database_ != nullptr) duckdb_close(&database_);
  }

  Result<void> start(const Config& config) {
    config_ = config;
    duckdb_config settings;
    if (duckdb_create_config(&settings) != DuckDBSuccess) return Error{"DuckDB does not start"};
    const auto set = [&](const char* name, const std::string& value) { duckdb_set_config(settings, name, value.c_str()); };
    set("threads", std::to_string(config.threads));
    set("memory_limit", std::to_string(config.memory_bytes / 1'000'000) + "MB");
    // Row groups are written as threads fill them; parts keep neighbouring rows together.
    set("preserve_insertion_order", "false");
    set("autoinstall_known_extensions", "false");
    set("autoload_known_extensions", "false");
    if (!config.spill.empty()) set("temp_directory", config.spill.string());
    char* message = nullptr;
    const duckdb_state opened = duckdb_open_ext(nullptr, &database_, settings, &message);
    duckdb_destroy_config(&settings);
    if (opened != DuckDBSuccess) {
      Error error{std::string("DuckDB does not start: ") + (message != nullptr ? message : "no reason given")};
      duckdb_free(message);
      return error;
    }
    if (duckdb_connect(database_, &connection_) != DuckDBSuccess || !duckdb_store::register_rows_function(connection_, source_)) {
      return Error{"DuckDB takes no connection"};
    }
    return {};
  }

  Result<Written> write(Table table, RowStream& rows, const Names& names, const std::filesystem::path& file) override {
    if (rows.parts() == 0) return Written{};
    source_.begin(schema_of(table), rows, names, config_.threads);
    // Level 1: the higher levels cost twice the time for a tenth of the bytes (docs/performance.md).
    const std::string sql = "COPY (SELECT * FROM nightjar_rows()) TO " + quoted(file.string()) +
                            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2)";
    duckdb_result result;
    const duckdb_state done = duckdb_query(connection_, sql.c_str(), &result);
    std::string reason;
    if (done != DuckDBSuccess) {
      const char* message = duckdb_result_error(&result);
      reason = message != nullptr ? message : "no reason given";
    }
    duckdb_destroy_result(&result);
    if (done != DuckDBSuccess) {
      std::error_code ignored;
      std::filesystem::remove(file, ignored);
      return Error{"cannot write " + file.string() + ": " + reason};
    }
    if (auto point = failpoint("store.file-written"); !point) return point.error();
    if (auto flushed = sync_path(file); !flushed) return flushed.error();
    struct stat status;
    if (::stat(file.c_str(), &status) != 0) return errno_error("cannot look at " + file.string(), errno);
    return Written{source_.rows_read, static_cast<std::uint64_t>(status.st_size)};
  }

 private:
  Config config_;
  RowsSource source_;
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<ParquetWriter>> ParquetWriter::open(Config config) {
  auto writer = std::make_unique<DuckdbParquetWriter>();
  if (auto started = writer->start(config); !started) return started.error();
  return std::unique_ptr<ParquetWriter>(std::move(writer));
}

}  // namespace nightjar
