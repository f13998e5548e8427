#include "store/query.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "base/file.hpp"
#include "schema/columns.hpp"
#include "store/duckdb/answer.hpp"
#include "store/duckdb/connection.hpp"
#include "store/duckdb/distinct_hosts.hpp"
#include "store/duckdb/functions.hpp"
#include "store/duckdb/macros.hpp"
#include "store/duckdb/marks.hpp"
#include "store/duckdb/parquet_answer.hpp"
#include "store/duckdb/question.hpp"
#include "store/duckdb/spill_folder.hpp"
#include "store/lake_layout.hpp"
#include "store/sql_text.hpp"
#include "store/view_sql.hpp"

namespace nightjar {
namespace {

using namespace duckdb_store;

class DuckdbQuerySession final : public QuerySession {
 public:
  DuckdbQuerySession(std::shared_ptr<const Snapshot> snapshot, QueryOptions options)
      : snapshot_(std::move(snapshot)), options_(std::move(options)), spill_(LakeLayout{root_of(*snapshot_)}) {}

  Result<void> start() {
    const std::filesystem::path root = root_of(*snapshot_);
    Connection::Settings settings;
    settings.threads = options_.threads;
    settings.memory_bytes = options_.memory_bytes;
    settings.spill = spill_.folder();
    auto opened = Connection::open(settings);
    if (!opened) return opened.error();
    connection_ = std::move(*opened);
    hosts_memory_.limit_bytes = connection_->memory_bytes() / 3;
    if (!register_distinct_hosts(connection_->handle(), hosts_memory_) || !register_functions(connection_->handle()) ||
        !register_marks(connection_->handle())) {
      return Error{"DuckDB takes no functions"};
    }
    // The version's files alone stay within reach; what the user says later cannot undo it. Not the whole folder of the lake
    // (allowed_directories): that would allow writing there too.
    std::string paths, views;
    for (const TableSchema& table : all_tables()) {
      std::vector<const LakeFile*> files = visible_files(table.table, snapshot_->version());
      if (table.table != Table::sensor_days) {
        std::erase_if(files, [&](const LakeFile* file) {
          const auto& days = options_.only_days;
          return file->day < options_.from_day || file->day >= options_.to_day ||
                 (!days.empty() && std::find(days.begin(), days.end(), file->day) == days.end());
        });
      }
      for (const LakeFile* file : files) paths += (paths.empty() ? "" : ", ") + sql_literal((root / file->path).string());
      views += create_view_sql(table, files, root.string() + "/");
    }
    std::string sql = "SET allowed_paths = [" + paths + "]; SET enable_external_access = false;" + views;
    sql += user_macros_sql() + "SET lock_configuration = true;";
    if (auto done = connection_->execute(sql); !done) return Error{"cannot open the lake's tables: " + done.error().sentence};
    return {};
  }

  Result<Answer> run(std::string_view sql) override {
    auto answer = run_expanded(sql, false);
    // The sets of @hosts did not fit: again with what spills to the disk.
    if (!answer && hosts_memory_.exceeded) answer = run_expanded(sql, true);
    return answer;
  }

  Result<Answer> run_raw(std::string_view sql) override { return answer_of(sql); }

  Result<void> run_raw_streaming(std::string_view sql, const std::function<Result<void>(const std::vector<std::string>&)>& on_columns,
                                 const std::function<Result<void>(const std::vector<Value>&)>& on_row) override {
    const std::lock_guard one_at_a_time(mutex_);
    begin_question();
    const auto visit = [&](duckdb_data_chunk chunk) -> Result<void> {
      Answer part;
      append_chunk(chunk, part);
      for (const auto& row : part.rows) {
        if (auto taken = on_row(row); !taken) return taken;
      }
      return {};
    };
    const auto begin = [&](const std::vector<AnswerColumn>& columns) { return on_columns(names_of(columns)); };
    return ask(*connection_, sql, ExoticTypes::for_answer, stop_rule(), begin, visit, Delivery::streamed);
  }

  Result<void> write_parquet(std::string_view sql, const std::filesystem::path& file) override {
    const std::lock_guard one_at_a_time(mutex_);
    interrupted_ = false;
    return write_answer_as_parquet(*connection_, sql, stop_rule(), file);
  }

  Result<void> run_streaming(std::string_view sql, const std::function<Result<void>(const std::vector<Value>&)>& on_row) override {
    const auto expanded = DuckdbMacros(true).expand_all(sql);
    if (!expanded) return expanded.error();
    return run_raw_streaming(
        *expanded, [](const std::vector<std::string>&) { return Result<void>(); }, on_row);
  }

  Result<std::uint64_t> write_rows(std::string_view sql, const std::filesystem::path& file) override {
    // With hosts that spill: a derived day may be the largest that this machine ever sees.
    const auto expanded = DuckdbMacros(true).expand_all(sql);
    if (!expanded) return expanded.error();
    const std::lock_guard one_at_a_time(mutex_);
    interrupted_ = false;
    std::uint64_t rows = 0;
    if (auto written = write_answer_as_parquet(*connection_, *expanded, stop_rule(), file, &rows); !written) return written.error();
    if (auto flushed = sync_path(file); !flushed) return flushed.error();
    return rows;
  }

  void interrupt() override {
    interrupted_ = true;
    duckdb_interrupt(connection_->handle());
  }

  const Snapshot& snapshot() const override { return *snapshot_; }

 private:
  /// Absolute: DuckDB compares paths as text.
  static std::filesystem::path root_of(const Snapshot& snapshot) {
    std::filesystem::path root = std::filesystem::absolute(snapshot.root()).lexically_normal();
    return root.has_filename() ? root : root.parent_path();
  }

  StopRule stop_rule() { return {interrupted_, options_.timeout_seconds}; }

  Result<Answer> run_expanded(std::string_view sql, bool spilling_hosts) {
    auto expanded = DuckdbMacros(spilling_hosts).expand_all(sql);
    if (!expanded) return expanded.error();
    return answer_of(*expanded);
  }

  void begin_question() {
    interrupted_ = false;
    hosts_memory_.used_bytes = 0;
    hosts_memory_.exceeded = false;
  }

  static std::vector<std::string> names_of(const std::vector<AnswerColumn>& columns) {
    std::vector<std::string> names;
    for (const AnswerColumn& column : columns) names.push_back(column.name);
    return names;
  }

  Result<Answer> answer_of(std::string_view sql) {
    const std::lock_guard one_at_a_time(mutex_);
    begin_question();
    Answer answer;
    const auto begin = [&](const std::vector<AnswerColumn>& columns) -> Result<void> {
      answer.columns = names_of(columns);
      return {};
    };
    const auto visit = [&](duckdb_data_chunk chunk) -> Result<void> {
      append_chunk(chunk, answer);
      return {};
    };
    if (auto asked = ask(*connection_, sql, ExoticTypes::for_answer, stop_rule(), begin, visit); !asked) return asked.error();
    return answer;
  }

  std::shared_ptr<const Snapshot> snapshot_;
  QueryOptions options_;
  SpillFolder spill_;
  DistinctHostsMemory hosts_memory_;
  std::atomic<bool> interrupted_{false};
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

Result<std::unique_ptr<QuerySession>> QuerySession::open(std::shared_ptr<const Snapshot> snapshot, QueryOptions options) {
  auto session = std::make_unique<DuckdbQuerySession>(std::move(snapshot), std::move(options));
  if (auto started = session->start(); !started) return started.error();
  return std::unique_ptr<QuerySession>(std::move(session));
}

}  // namespace nightjar
