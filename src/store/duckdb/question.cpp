#include "store/duckdb/question.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>

#include "store/duckdb/answer.hpp"
#include "store/sql_text.hpp"

namespace nightjar::duckdb_store {
namespace {

struct Statements {
  Extracted extracted;
  idx_t count = 0;
};

Result<Statements> extract(Connection& connection, const std::string& sql) {
  Statements statements;
  statements.count = duckdb_extract_statements(connection.handle(), sql.c_str(), statements.extracted.address());
  if (statements.count > 0) return statements;
  const char* message = duckdb_extract_statements_error(statements.extracted.get());
  if (message == nullptr) return Error{"there is no statement in the question"};
  return Error{error_sentence(message) + (has_word(sql, "window") ? " (window is a word of SQL: write \"window\" in double quotes)" : "")};
}

Result<Prepared> prepare(Connection& connection, const Statements& statements) {
  Prepared prepared;
  if (duckdb_prepare_extracted_statement(connection.handle(), statements.extracted.get(), 0, prepared.address()) != DuckDBSuccess) {
    return Error{error_sentence(duckdb_prepare_error(prepared.get()))};
  }
  return prepared;
}

void skip_space(std::string_view& sql) {
  for (;;) {
    if (!sql.empty() && std::isspace(static_cast<unsigned char>(sql.front())) != 0) {
      sql.remove_prefix(1);
    } else if (sql.starts_with("--") || sql.starts_with("/*")) {
      sql.remove_prefix(skip_quoted(sql, 0));
    } else {
      return;
    }
  }
}

bool skip_word(std::string_view& sql, std::string_view word) {
  skip_space(sql);
  if (sql.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(sql[i])) != word[i]) return false;
  }
  sql.remove_prefix(word.size());
  return true;
}

bool skip_brackets(std::string_view& sql) {
  skip_space(sql);
  if (!sql.starts_with('(')) return false;
  for (std::size_t at = 1; at < sql.size();) {
    const std::size_t after = skip_quoted(sql, at);
    if (after == at && sql[at] == ')') {
      sql.remove_prefix(at + 1);
      return true;
    }
    at = after == at ? at + 1 : after;
  }
  return false;
}

bool is_one_select(Connection& connection, std::string_view sql) {
  auto statements = extract(connection, std::string(sql));
  if (!statements || statements->count != 1) return false;
  auto prepared = prepare(connection, *statements);
  return prepared && duckdb_prepared_statement_type(prepared->get()) == DUCKDB_STATEMENT_TYPE_SELECT;
}

/// EXPLAIN ANALYZE runs what it explains: that must be a SELECT too.
bool explains_select(Connection& connection, std::string_view sql) {
  if (!skip_word(sql, "explain")) return false;
  if (is_one_select(connection, sql)) return true;
  if (skip_word(sql, "analyze") && is_one_select(connection, sql)) return true;
  return skip_brackets(sql) && is_one_select(connection, sql);
}

/// Functions that a SELECT may call although they do more than ask: they switch logging and profiling (into files, or onto
/// our standard output), take addresses of memory, or run a text as SQL, which could call the others unseen.
constexpr std::array<std::string_view, 15> kForbiddenFunctions = {
    "enable_logging",  "disable_logging", "enable_profiling", "disable_profiling", "enable_profile",
    "disable_profile", "arrow_scan",      "arrow_scan_dumb",  "seq_scan",          "query",
    "query_table",     "checkpoint",      "force_checkpoint", "write_log",         "json_execute_serialized_sql"};

/// The forbidden function that `sql` calls, quoted or not; empty if none.
std::string_view forbidden_call(std::string_view sql) {
  for (std::size_t at = 0; at < sql.size();) {
    std::size_t end = skip_quoted(sql, at);
    std::string name;
    if (end != at) {
      if (sql[at] == '"' && end - at > 2) name = sql.substr(at + 1, end - at - 2);
    } else {
      while (end < sql.size() && (std::isalnum(static_cast<unsigned char>(sql[end])) != 0 || sql[end] == '_')) ++end;
      name = sql.substr(at, end - at);
      if (end == at) ++end;
    }
    at = end;
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto found = std::find(kForbiddenFunctions.begin(), kForbiddenFunctions.end(), name);
    std::string_view rest = sql.substr(at);
    skip_space(rest);
    if (found != kForbiddenFunctions.end() && rest.starts_with('(')) return *found;
  }
  return {};
}

Result<Prepared> prepare_question(Connection& connection, std::string_view sql) {
  if (const std::string_view name = forbidden_call(sql); !name.empty()) {
    return Error{"the lake can only be asked: the function " + std::string(name) + " does more than that"};
  }
  auto statements = extract(connection, std::string(sql));
  if (!statements) return statements.error();
  if (statements->count > 1) return Error{"one statement at a time, please: there are " + std::to_string(statements->count)};
  auto prepared = prepare(connection, *statements);
  if (!prepared) return prepared;
  const duckdb_statement_type type = duckdb_prepared_statement_type(prepared->get());
  if (type == DUCKDB_STATEMENT_TYPE_SELECT) return prepared;
  if (type == DUCKDB_STATEMENT_TYPE_EXPLAIN && explains_select(connection, sql)) return prepared;
  return Error{"the lake can only be asked: SELECT, DESCRIBE, SHOW, SUMMARIZE and EXPLAIN work, this statement does not"};
}

std::vector<AnswerColumn> columns_of(const Prepared& prepared) {
  std::vector<AnswerColumn> columns(duckdb_prepared_statement_column_count(prepared.get()));
  for (idx_t i = 0; i < columns.size(); ++i) {
    const char* name = duckdb_prepared_statement_column_name(prepared.get(), i);
    columns[i].name = name != nullptr ? name : "";
    duckdb_free(const_cast<char*>(name));
    columns[i].type = duckdb_prepared_statement_column_type(prepared.get(), i);
  }
  return columns;
}

/// The type that a column is asked for as; nothing: as it is.
std::optional<std::string_view> target_type(DUCKDB_TYPE type, ExoticTypes exotic) {
  if (type == DUCKDB_TYPE_DECIMAL) return "DOUBLE";
  if (!is_plain(type)) return "VARCHAR";
  if (type == DUCKDB_TYPE_HUGEINT && exotic == ExoticTypes::for_parquet) return "BIGINT";
  if (type == DUCKDB_TYPE_HUGEINT && exotic == ExoticTypes::for_parquet_wide) return "DOUBLE";
  return std::nullopt;
}

/// Wraps a SELECT so that every column is of a type we read; an empty text where that is so already.
std::string with_known_types(std::string_view sql, const std::vector<AnswerColumn>& columns, ExoticTypes exotic) {
  std::string list;
  bool needed = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string place = "#" + std::to_string(i + 1);
    const auto target = target_type(columns[i].type, exotic);
    needed |= target.has_value();
    list += (i == 0 ? "" : ", ") + (target ? "CAST(" + place + " AS " + std::string(*target) + ")" : place);
  }
  if (!needed) return {};
  return "SELECT " + list + " FROM (" + std::string(without_end(sql)) + "\n)";
}

std::string stopped_after(double seconds) {
  char text[80];
  std::snprintf(text, sizeof text, "stopped after %g s, the limit of a query's time", seconds);
  return text;
}

using Clock = std::chrono::steady_clock;
using RowVisitor = std::function<Result<void>(duckdb_data_chunk)>;

/// Runs what is pending to its end, looking up between its tasks. A question that is to stop is run on until DuckDB says that
/// it has: letting go of it before would leave its threads with parts of it (and leak them).
Result<void> run_to_end(Connection& connection, const Pending& pending, const StopRule& stop, Clock::time_point begin) {
  std::string reason;
  for (;;) {
    const duckdb_pending_state state = duckdb_pending_execute_task(pending.get());
    if (state == DUCKDB_PENDING_ERROR && reason.empty()) return Error{error_sentence(duckdb_pending_error(pending.get()))};
    if (duckdb_pending_execution_is_finished(state)) return reason.empty() ? Result<void>() : Error{reason};
    const std::chrono::duration<double> spent = Clock::now() - begin;
    if (reason.empty()) {
      if (stop.interrupted) reason = kInterrupted;
      if (stop.timeout_seconds > 0 && spent.count() > stop.timeout_seconds) reason = stopped_after(stop.timeout_seconds);
      if (!reason.empty()) duckdb_interrupt(connection.handle());
    }
    if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

/// Interrupts the question at hand when its time is over, while the thread that asks it waits for rows.
class Alarm {
 public:
  Alarm(Connection& connection, const StopRule& stop, Clock::time_point begin) {
    if (stop.timeout_seconds <= 0) return;
    const auto limit = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(stop.timeout_seconds, 1e9)));
    thread_ = std::thread([this, &connection, end = begin + limit] {
      std::unique_lock lock(mutex_);
      if (wake_.wait_until(lock, end, [this] { return ended_; })) return;
      rang_ = true;
      duckdb_interrupt(connection.handle());
    });
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  bool rang() const { return rang_; }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::atomic<bool> rang_{false};
  std::thread thread_;
};

/// Visits the rows that are left. As above, a question that is to stop is fetched on until DuckDB says that it has.
Result<void> fetch(Connection& connection, QueryResult& result, const StopRule& stop, Clock::time_point begin, const RowVisitor& visit) {
  const Alarm alarm(connection, stop, begin);
  Result<void> outcome;
  for (;;) {
    const Chunk chunk(duckdb_fetch_chunk(result.get()));
    if (outcome && stop.interrupted) outcome = Error{kInterrupted};
    if (outcome && alarm.rang()) outcome = Error{stopped_after(stop.timeout_seconds)};
    if (!chunk) {
      const char* message = duckdb_result_error(result.address());
      return outcome && message != nullptr ? Error{error_sentence(message)} : outcome;
    }
    if (outcome) outcome = visit(chunk.get());
    if (!outcome) duckdb_interrupt(connection.handle());
  }
}

/// Runs what is prepared and visits its rows.
Result<void> run(Connection& connection, const Prepared& prepared, const StopRule& stop, Delivery delivery, const RowVisitor& visit) {
  Pending pending;
  const auto start = delivery == Delivery::whole ? duckdb_pending_prepared : duckdb_pending_prepared_streaming;
  const auto started = Clock::now();
  if (start(prepared.get(), pending.address()) != DuckDBSuccess) {
    return Error{error_sentence(duckdb_pending_error(pending.get()))};
  }
  if (auto ended = run_to_end(connection, pending, stop, started); !ended) return ended;
  QueryResult result;
  if (duckdb_execute_pending(pending.get(), result.address()) != DuckDBSuccess) {
    return Error{error_sentence(duckdb_result_error(result.address()))};
  }
  if (delivery == Delivery::streamed) return fetch(connection, result, stop, started, visit);
  for (;;) {
    const Chunk chunk(duckdb_fetch_chunk(result.get()));
    if (!chunk) return {};
    if (auto visited = visit(chunk.get()); !visited) return visited;
  }
}

/// The reason why `prepared` fails. Where one of DuckDB's threads meets a mistake, another that was told to stop may be the
/// first to report: the answer is then "interrupted" though nobody interrupted. Which of them is first is chance, so it is
/// asked again, its rows thrown away.
Error reason_of_failure(Connection& connection, const Prepared& prepared, const StopRule& stop) {
  const RowVisitor nothing = [](duckdb_data_chunk) { return Result<void>(); };
  for (int attempt = 0; attempt < 8 && !stop.interrupted; ++attempt) {
    const auto again = run(connection, prepared, stop, Delivery::streamed, nothing);
    if (!again && again.error().sentence != kInterrupted) return again.error();
  }
  return Error{stop.interrupted ? kInterrupted : "DuckDB stopped the query and gives no reason"};
}

}  // namespace

Result<void> ask(Connection& connection, std::string_view sql, ExoticTypes exotic, const StopRule& stop,
                 const std::function<Result<void>(const std::vector<AnswerColumn>&)>& begin, const RowVisitor& visit, Delivery delivery) {
  auto prepared = prepare_question(connection, sql);
  if (!prepared) return prepared.error();
  std::vector<AnswerColumn> columns = columns_of(*prepared);
  if (const std::string wrapped = with_known_types(sql, columns, exotic); !wrapped.empty()) {
    prepared = prepare_question(connection, wrapped);
    if (!prepared) return prepared.error();
    const std::vector<AnswerColumn> typed = columns_of(*prepared);
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].type = typed[i].type;
  }
  if (auto begun = begin(columns); !begun) return begun;
  bool visitor_failed = false;
  auto asked = run(connection, *prepared, stop, delivery, [&](duckdb_data_chunk chunk) {
    Result<void> visited = visit(chunk);
    visitor_failed |= !visited;
    return visited;
  });
  if (!asked && !visitor_failed && !stop.interrupted && asked.error().sentence == kInterrupted) {
    return reason_of_failure(connection, *prepared, stop);
  }
  return asked;
}

}  // namespace nightjar::duckdb_store
