// The derived table against the same questions asked of flows, cell by cell.
#include "store/counts.hpp"

#include "fingerprint/catalogue.hpp"
#include "store/random_rows.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

const Names kNames = {"dark-b", "honey", "dark-a"};

class Counts : public ::testing::Test {
 protected:
  std::size_t ensure(std::int64_t from = kDay, std::int64_t to = kDay + 1) {
    Lake lake = at_.lake();
    return take(ensure_counts(lake, from, to));
  }
  void add_sensor_kinds() {
    std::vector<SensorDayRow> rows(3);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].day = kDay;
      rows[i].sensor = static_cast<std::uint16_t>(i);
      rows[i].kind = i == 1 ? 1 : 0;
    }
    at_.add_rows(Table::sensor_days, kDay, rows, kNames);
  }
  RowsLake at_;
};

/// Every cell by brute force in SQL: each dimension, level, step, class and sensor in turn.
std::string brute_force_sql() {
  std::vector<std::pair<std::string, std::string>> dimensions = {
      {"'all'", "''"}, {"'country'", "country"}, {"'asn'", "CAST(asn AS VARCHAR)"}};
  std::string sql;
  const auto add = [&](const std::string& dimension, const std::string& value, const std::string& condition) {
    for (const char* step : {"hour", "day"}) {
      for (const char* level : {"port", "protocol", "total"}) {
        for (const bool together : {false, true}) {
          for (const bool all_sensors : {false, true}) {
            const std::string name(level);
            sql += (sql.empty() ? "" : " UNION ALL ") + std::string("SELECT '") + step + "' AS step, " +
                   (std::string(step) == "hour" ? "hour" : "date_trunc('day', hour)") + "::TIMESTAMP AS time, " +
                   (all_sensors ? "''" : "sensor") + " AS sensor, '" + level + "' AS level, " + (name == "total" ? "0" : "protocol") +
                   " AS protocol, " + (name == "port" ? "port" : "0") + " AS port, " + (together ? "0" : "class") + " AS class, " +
                   dimension + " AS dimension, " + value +
                   " AS value, sum(packets) AS packets, sum(bytes) AS bytes, count(DISTINCT src) AS hosts FROM flows " + "WHERE " +
                   condition + (together ? " AND class IN (1, 3)" : "") + (all_sensors ? " AND sensor <> 'honey'" : "") + " GROUP BY ALL" +
                   (name == "port" ? " HAVING count(DISTINCT src) >= 3 OR sum(packets) >= 100" : "");
          }
        }
      }
    }
  };
  for (const auto& [dimension, value] : dimensions) add(dimension, value, "true");
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    add("'fingerprint'", "'" + std::string(entry.name) + "'", "@fingerprint(" + std::string(entry.name) + ")");
  }
  return sql;
}

TEST_F(Counts, equal_what_flows_say_cell_by_cell) {
  add_sensor_kinds();
  at_.add_rows(Table::flows, kDay, random_flows(800, kDay, 1), kNames);
  at_.add_rows(Table::flows, kDay, random_flows(800, kDay, 2), kNames);
  EXPECT_EQ(ensure(), 1u);
  const auto expected = at_.ask("SELECT * FROM (" + brute_force_sql() + ") ORDER BY ALL");
  const auto counted = at_.ask("SELECT * FROM counts ORDER BY ALL");
  ASSERT_GT(expected.size(), 1000u);
  ASSERT_EQ(counted.size(), expected.size());
  for (std::size_t i = 0; i < counted.size(); ++i) ASSERT_EQ(counted[i], expected[i]);
}

TEST_F(Counts, leave_small_cells_of_ports_out_only) {
  FlowRow lonely;
  lonely.hour = kDay * 24;
  lonely.src = 5;
  lonely.packets = 99;
  lonely.protocol = 6;
  lonely.port = 7;
  lonely.traffic_class = 1;
  FlowRow loud = lonely;
  loud.port = 8;
  loud.packets = 100;
  at_.add_rows(Table::flows, kDay, std::vector<FlowRow>{lonely, loud}, {"x"});
  ensure();
  EXPECT_EQ(at_.ask("SELECT DISTINCT port FROM counts WHERE level = 'port'"), std::vector<std::string>{"8"});
  EXPECT_EQ(
      at_.ask(
          "SELECT packets, hosts FROM counts WHERE level = 'total' AND step = 'day' AND class = 0 AND dimension = 'all' AND sensor = ''"),
      std::vector<std::string>{"199 1"});
}

TEST_F(Counts, are_made_once_and_again_when_a_day_changes) {
  at_.add_rows(Table::flows, kDay, random_flows(50, kDay, 1), kNames);
  at_.add_rows(Table::flows, kDay + 1, random_flows(50, kDay + 1, 1), kNames);
  EXPECT_EQ(ensure(kDay, kDay + 2), 2u);
  EXPECT_EQ(ensure(kDay, kDay + 2), 0u);
  at_.add_rows(Table::flows, kDay, random_flows(50, kDay, 2), kNames);
  const auto version = take(at_.lake().snapshot())->version();
  EXPECT_EQ(days_without_counts(version, kDay, kDay + 2), std::vector<std::int64_t>{kDay});
  EXPECT_EQ(at_.ask("SELECT DISTINCT CAST(time AS DATE) FROM counts"), std::vector<std::string>{"2017-11-24"})
      << "stale counts are not shown";
  EXPECT_EQ(ensure(kDay, kDay + 2), 1u);
  EXPECT_EQ(
      at_.ask(
          "SELECT sum(packets) FROM counts WHERE level = 'total' AND step = 'day' AND class <> 0 AND dimension = 'all' AND sensor = ''"),
      at_.ask("SELECT sum(packets) FROM flows"));
}

TEST_F(Counts, change_when_a_sensor_turns_out_to_be_no_darknet) {
  at_.add_rows(Table::flows, kDay, random_flows(50, kDay, 1), kNames);
  ensure();
  add_sensor_kinds();
  EXPECT_EQ(ensure(), 1u);
  EXPECT_EQ(
      at_.ask(
          "SELECT sum(packets) FROM counts WHERE level = 'total' AND step = 'day' AND class <> 0 AND dimension = 'all' AND sensor = ''"),
      at_.ask("SELECT sum(packets) FROM flows WHERE sensor <> 'honey'"));
}

TEST_F(Counts, say_that_their_flows_are_modelled) {
  const Writer writer = take(at_.lake().begin_write());
  LakeFile file = at_.write_rows(writer, Table::flows, kDay, random_flows(50, kDay, 1), kNames);
  file.modelled = true;
  file.batches = {4, 2};
  at_.commit(writer, {file});
  ensure();
  const auto snapshot = take(at_.lake().snapshot());
  ASSERT_EQ(snapshot->version().files[0].table, Table::counts);
  EXPECT_TRUE(snapshot->version().files[0].modelled);
  EXPECT_EQ(snapshot->version().files[0].batches, (std::vector<std::uint64_t>{2, 4}));
}

TEST_F(Counts, of_a_lake_without_flows_are_nothing) {
  EXPECT_EQ(ensure(), 0u);
  EXPECT_FALSE(std::filesystem::exists(at_.root()));
  add_sensor_kinds();
  EXPECT_EQ(ensure(), 0u);
}

}  // namespace
}  // namespace nightjar
