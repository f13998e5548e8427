#include "store/parquet_writer.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/failpoint.hpp"
#include "base/file.hpp"
#include "store/duckdb/connection.hpp"
#include "store/duckdb/row_group.hpp"
#include "store/duckdb/rows_function.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

using duckdb_store::Connection;
using duckdb_store::page_options;
using duckdb_store::row_group_option;
using duckdb_store::RowsSource;

class DuckdbParquetWriter final : public ParquetWriter {
 public:
  Result<void> start(const Config& config) {
    config_ = config;
    all_.threads = config.threads;
    return open(all_);
  }

  Result<Written> write(Table table, RowStream& rows, const Names& names, const std::filesystem::path& file, Threads threads) override {
    if (rows.parts() == 0) return Written{};
    Engine& engine = threads == Threads::one ? one_ : all_;
    auto taken = take_desk(engine);
    if (!taken) return taken.error();
    const std::unique_ptr<Desk, PutBack> desk(*taken, PutBack{this});
    desk->source.begin(schema_of(table), rows, names, engine.threads);
    const std::string sql = "COPY (SELECT * FROM " + desk->function + "()) TO " + sql_literal(file.string()) + " (FORMAT parquet, " +
                            page_options(schema_of(table), rows.rows_at_most()) + row_group_option(schema_of(table)) + ")";
    if (auto done = desk->connection->execute(sql); !done) {
      std::error_code ignored;
      std::filesystem::remove(file, ignored);
      return Error{"cannot write " + file.string() + ": " + done.error().sentence};
    }
    if (auto point = failpoint("store.file-written"); !point) return point.error();
    if (auto flushed = sync_path(file); !flushed) return flushed.error();
    struct stat status;
    if (::stat(file.c_str(), &status) != 0) return errno_error("cannot look at " + file.string(), errno);
    return Written{desk->source.rows_read, static_cast<std::uint64_t>(status.st_size)};
  }

 private:
  /// What writing one file needs; as many as there were ever files at a time.
  struct Desk {
    RowsSource source;
    std::string function;
    std::unique_ptr<Connection> connection;
    bool busy = false;
  };
  /// A DuckDB of its own. Where it has several threads, a file's tasks go to any of them, and the thread that asked for the file looks
  /// for more in a loop meanwhile: with several files at a time that loop is a tenth of all the work, so they get a DuckDB of one thread.
  struct Engine {
    int threads = 1;
    std::unique_ptr<Connection> main;          ///< null until it is needed
    std::vector<std::unique_ptr<Desk>> desks;  ///< gone before main
  };
  struct PutBack {
    DuckdbParquetWriter* writer;
    void operator()(Desk* desk) const {
      const std::lock_guard lock(writer->mutex_);
      desk->busy = false;
    }
  };

  Result<void> open(Engine& engine) const {
    Connection::Settings settings;
    settings.threads = engine.threads;
    settings.memory_bytes = config_.memory_bytes;
    settings.spill = config_.spill;
    // Row groups are written as threads fill them; parts keep neighbouring rows together.
    settings.keep_order = false;
    auto opened = Connection::open(settings);
    if (!opened) return opened.error();
    engine.main = std::move(*opened);
    return {};
  }

  Result<Desk*> take_desk(Engine& engine) {
    const std::lock_guard lock(mutex_);
    if (!engine.main) {
      if (auto opened = open(engine); !opened) return opened.error();
    }
    for (const auto& desk : engine.desks) {
      if (!std::exchange(desk->busy, true)) return desk.get();
    }
    auto desk = std::make_unique<Desk>();
    auto connection = engine.main->beside();
    if (!connection) return connection.error();
    desk->connection = std::move(*connection);
    desk->function = "nightjar_rows_" + std::to_string(engine.desks.size());
    desk->busy = true;
    if (!duckdb_store::register_rows_function(desk->connection->handle(), desk->function, desk->source))
      return Error{"DuckDB takes no functions"};
    engine.desks.push_back(std::move(desk));
    return engine.desks.back().get();
  }

  Config config_;
  std::mutex mutex_;  ///< of both engines
  Engine all_, one_;
};

}  // namespace

Result<std::unique_ptr<ParquetWriter>> ParquetWriter::open(const Config& config) {
  auto writer = std::make_unique<DuckdbParquetWriter>();
  if (auto started = writer->start(config); !started) return started.error();
  return std::unique_ptr<ParquetWriter>(std::move(writer));
}

}  // namespace nightjar
