// Every rule of the catalogue stands there twice. Here DuckDB answers the SQL, the function answers beside it, over every
// combination of facts with the windows, ports and classes that rules name.
#include <duckdb.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <regex>
#include <string>

#include "fingerprint/catalogue.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

constexpr std::array<std::uint16_t, 7> kWindows = {0, 1024, 8192, 14600, 29200, 65534, 65535};
constexpr std::array<std::uint16_t, 16> kPorts = {0, 22, 23, 80, 81, 443, 445, 2323, 5358, 5555, 6789, 7547, 8080, 23231, 37215, 52869};
constexpr std::uint32_t kFacts = 1u << fact::kBits;

/// What matched, told by its number and by two sums of its numbers.
struct Matched {
  std::int64_t rows = 0, sum = 0, mixed = 0;
  friend bool operator==(const Matched&, const Matched&) = default;
  void add(std::int64_t row) {
    ++rows;
    sum += row;
    mixed += row * row % 1'000'003;
  }
};

/// The macros as the README of the room describes them, in DuckDB's words.
std::string expanded(std::string_view sql) {
  std::string text(sql);
  text = std::regex_replace(text, std::regex(R"(@bit\((\w+), (\d+)\))"), "((($1 >> $2) & 1) = 1)");
  return std::regex_replace(text, std::regex(R"(@bits\((\w+), (\d+), (\d+)\))"), "(($1 >> $2) & $3)");
}

class CatalogueSql : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(DuckDBSuccess, duckdb_open(nullptr, &database_));
    ASSERT_EQ(DuckDBSuccess, duckdb_connect(database_, &connection_));
    run("SET threads = 2");
    run("CREATE TABLE windows (n BIGINT, window_value USMALLINT)");
    run("CREATE TABLE ports (n BIGINT, port_value USMALLINT)");
    for (std::size_t i = 0; i < kWindows.size(); ++i) insert("windows", i, kWindows[i]);
    for (std::size_t i = 0; i < kPorts.size(); ++i) insert("ports", i, kPorts[i]);
    run("CREATE VIEW flows AS SELECT ((f.range * " + std::to_string(kWindows.size()) + " + w.n) * " + std::to_string(kPorts.size()) +
        " + p.n) * 8 + c.range AS n, f.range::UINTEGER AS facts, w.window_value AS \"window\", p.port_value AS port,"
        " c.range::UTINYINT AS class, 6::UTINYINT AS protocol, 4::UTINYINT AS ip_version"
        " FROM range(" +
        std::to_string(kFacts) + ") f, windows w, ports p, range(1, 3) c");
  }
  void TearDown() override {
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
  }

  void insert(const std::string& table, std::size_t n, std::uint16_t value) {
    run("INSERT INTO " + table + " VALUES (" + std::to_string(n) + ", " + std::to_string(value) + ")");
  }
  void run(const std::string& sql) { (void)ask(sql, 0); }

  Matched ask(const std::string& sql, idx_t columns) {
    duckdb_result result;
    Matched matched;
    if (duckdb_query(connection_, sql.c_str(), &result) != DuckDBSuccess) {
      ADD_FAILURE() << sql << ": " << duckdb_result_error(&result);
    } else if (columns == 3) {
      matched = {duckdb_value_int64(&result, 0, 0), duckdb_value_int64(&result, 1, 0), duckdb_value_int64(&result, 2, 0)};
    }
    duckdb_destroy_result(&result);
    return matched;
  }

  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

Matched by_function(const Fingerprint& entry) {
  Matched matched;
  for (std::uint32_t facts = 0; facts < kFacts; ++facts) {
    for (std::size_t window = 0; window < kWindows.size(); ++window) {
      for (std::size_t port = 0; port < kPorts.size(); ++port) {
        for (std::uint8_t traffic_class = 1; traffic_class < 3; ++traffic_class) {
          if (!entry.matches(facts, kWindows[window], kPorts[port], traffic_class)) continue;
          matched.add(static_cast<std::int64_t>(((facts * kWindows.size() + window) * kPorts.size() + port) * 8 + traffic_class));
        }
      }
    }
  }
  return matched;
}

TEST_F(CatalogueSql, SaysTheSameAsTheFunction) {
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    const Matched by_sql = ask(
        "SELECT count(*), coalesce(sum(n), 0)::BIGINT, coalesce(sum(n * n % 1000003), 0)::BIGINT FROM flows WHERE " + expanded(entry.sql),
        3);
    EXPECT_GT(by_sql.rows, 0) << entry.name;
    EXPECT_EQ(by_function(entry), by_sql) << entry.name << ": " << entry.sql;
  }
}

}  // namespace
}  // namespace nightjar
