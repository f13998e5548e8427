#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "store/derived_rows.hpp"
#include "support/lake_fixture.hpp"
#include "support/program.hpp"

namespace nightjar::test {

/// Runs of the program over a lake of ingested captures, to which a test adds rows of derived tables as detection would.
class DerivedLake : public LakeTest {
 protected:
  using Row = std::map<std::string, std::string>;  ///< column and its value in SQL; those that are not named are 0, empty or 1970

  int run(std::vector<std::string> arguments) { return run_into(path("out"), std::move(arguments)); }
  int run_into(const std::string& standard_output, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--lake", lake_folder().string()});
    Program program(NIGHTJAR_BINARY, arguments, {}, standard_output, path("err"));
    const int status = program.wait().status;
    out_ = standard_output == path("out") ? content_of(path("out")) : "";
    err_ = content_of(path("err"));
    return status;
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  void add_derived(Table table, std::int64_t day, const Row& row) { add_derived(table, day, std::vector<Row>{row}, "test", "test"); }
  /// Rows of one maker, table and day are one file.
  void add_derived(Table table, std::int64_t day, const std::vector<Row>& all, const std::string& made_by, const std::string& made_from) {
    std::string sql;
    for (const Row& row : all) sql += (sql.empty() ? "" : " UNION ALL ") + select_of(table, row);
    Lake lake(lake_folder());
    const auto snapshot = lake.snapshot();
    ASSERT_TRUE(snapshot) << snapshot.error().sentence;
    auto session = QuerySession::open(*snapshot, {});
    ASSERT_TRUE(session) << session.error().sentence;
    auto writer = lake.begin_write();
    ASSERT_TRUE(writer) << writer.error().sentence;
    DerivedRows rows;
    rows.table = table;
    rows.day = day;
    // What a test adds one after the other stands side by side.
    rows.made_by = made_by == "test" ? "test " + std::to_string(++made_) : made_by;
    rows.made_from = made_from;
    rows.sql = sql;
    auto file = write_derived_rows(**session, *writer, rows);
    ASSERT_TRUE(file) << file.error().sentence;
    Change change;
    change.added.push_back(*file);
    auto done = lake.commit(*writer, change);
    ASSERT_TRUE(done) << done.error().sentence;
  }
  /// An incident about the packets that a filter tells.
  void add_incident(const std::string& id, const std::string& onset, const std::string& end, const std::string& population,
                    const std::string& kind = "host-spike") {
    add_derived(Table::incidents, kNov23 / kNanosPerSecond / kSecondsPerDay,
                {{"id", "'" + id + "'"},
                 {"rules", "'default'"},
                 {"kind", "'" + kind + "'"},
                 {"onset", "TIMESTAMP '" + onset + "'"},
                 {"peak", "TIMESTAMP '" + onset + "'"},
                 {"end", "TIMESTAMP '" + end + "'"},
                 {"population", "'" + population + "'"},
                 {"cause_en", "'Somebody scans.'"},
                 {"details", "'{}'"}});
  }

  static std::string select_of(Table table, const Row& row) {
    std::string sql;
    for (const Column& column : schema_of(table).columns) {
      const auto named = row.find(std::string(column.name));
      const std::string_view type = duckdb_type(column.type);
      const std::string empty = type == "VARCHAR"     ? "''"
                                : type == "TIMESTAMP" ? "TIMESTAMP '1970-01-01'"
                                : type == "DATE"      ? "DATE '1970-01-01'"
                                                      : "0";
      sql += (sql.empty() ? "SELECT " : ", ") + (named == row.end() ? empty : named->second) + " AS \"" + std::string(column.name) + "\"";
    }
    return sql;
  }

  int made_ = 0;
  std::string out_, err_;
};

}  // namespace nightjar::test
