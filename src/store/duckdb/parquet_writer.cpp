#include "store/parquet_writer.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "base/failpoint.hpp"
#include "base/file.hpp"
#include "store/duckdb/connection.hpp"
#include "store/duckdb/rows_function.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

using duckdb_store::Connection;
using duckdb_store::RowsSource;

class DuckdbParquetWriter final : public ParquetWriter {
 public:
  Result<void> start(const Config& config) {
    config_ = config;
    Connection::Settings settings;
    settings.threads = config.threads;
    settings.memory_bytes = config.memory_bytes;
    settings.spill = config.spill;
    // Row groups are written as threads fill them; parts keep neighbouring rows together.
    settings.keep_order = false;
    auto opened = Connection::open(settings);
    if (!opened) return opened.error();
    connection_ = std::move(*opened);
    if (!duckdb_store::register_rows_function(connection_->handle(), source_)) return Error{"DuckDB takes no functions"};
    return {};
  }

  Result<Written> write(Table table, RowStream& rows, const Names& names, const std::filesystem::path& file) override {
    if (rows.parts() == 0) return Written{};
    source_.begin(schema_of(table), rows, names, config_.threads);
    // Level 1: the higher levels cost twice the time for a tenth of the bytes (docs/performance.md).
    const std::string sql = "COPY (SELECT * FROM nightjar_rows()) TO " + sql_literal(file.string()) +
                            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2)";
    if (auto done = connection_->execute(sql); !done) {
      std::error_code ignored;
      std::filesystem::remove(file, ignored);
      return Error{"cannot write " + file.string() + ": " + done.error().sentence};
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
  std::unique_ptr<Connection> connection_;
};

}  // namespace

Result<std::unique_ptr<ParquetWriter>> ParquetWriter::open(const Config& config) {
  auto writer = std::make_unique<DuckdbParquetWriter>();
  if (auto started = writer->start(config); !started) return started.error();
  return std::unique_ptr<ParquetWriter>(std::move(writer));
}

}  // namespace nightjar
