// merge_sql against the rules of schema/columns.hpp applied to the rows by hand, byte by byte.
#include <cstring>
#include <map>

#include "store/compact.hpp"
#include "store/random_rows.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

const Names kNames = {"dark-b", "honey", "dark-a"};

std::uint64_t get(const std::byte* row, const Column& column) {
  std::uint64_t value = 0;
  const auto load = [&](std::size_t size) { std::memcpy(&value, row + column.offset, size); };
  switch (column.type) {
    case ColumnType::u8:
    case ColumnType::sensor_kind:
    case ColumnType::service: load(1); break;
    case ColumnType::u16:
    case ColumnType::name:
    case ColumnType::country: load(2); break;
    case ColumnType::u32: load(4); break;
    default: load(8);
  }
  return value;
}

std::uint64_t merged(const Column& column, std::uint64_t a, std::uint64_t b) {
  // Two letters, the first in the low byte, by the alphabet.
  const auto letters = [](std::uint64_t code) { return std::string{static_cast<char>(code & 255), static_cast<char>(code >> 8)}; };
  if (column.type == ColumnType::country) return letters(a) < letters(b) ? b : a;
  switch (column.merge) {
    case Merge::sum: return a + b;
    case Merge::min: return std::min(a, b);
    case Merge::max: return std::max(a, b);
    case Merge::bit_or: return a | b;
    case Merge::equal_or_zero: return a == b ? a : 0;
    default: return a;
  }
}

/// A row as the numbers of its columns.
using Numbers = std::vector<std::uint64_t>;

/// Rows of one key become one, by the letter of the rules.
template <class Row>
std::map<Numbers, Numbers> merge_by_hand(Table table, const std::vector<Row>& rows) {
  const auto columns = schema_of(table).columns;
  std::map<Numbers, Numbers> all;
  for (const Row& row : rows) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&row);
    Numbers key, values;
    for (const Column& column : columns) {
      values.push_back(get(bytes, column));
      if (column.merge == Merge::key) key.push_back(values.back());
    }
    const auto [at, fresh] = all.emplace(key, values);
    if (fresh) continue;
    Numbers& kept = at->second;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].merge != Merge::span) continue;
      const std::uint64_t end = std::max(kept[i - 1] + kept[i], values[i - 1] + values[i]);
      values[i] = end - std::min(kept[i - 1], values[i - 1]);
      kept[i] = values[i];
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].merge != Merge::span) kept[i] = merged(columns[i], kept[i], values[i]);
    }
  }
  return all;
}

std::string text_of(const Column& column, std::uint64_t number) {
  switch (column.type) {
    case ColumnType::name: return kNames[number];
    case ColumnType::country: return number == 0 ? "" : std::string{static_cast<char>(number & 255), static_cast<char>(number >> 8)};
    case ColumnType::hour: return std::to_string(number * 3600);
    case ColumnType::minute: return std::to_string(number * 60);
    default: return std::to_string(number);
  }
}

std::vector<std::string> lines_of(Table table, const std::map<Numbers, Numbers>& rows) {
  std::vector<std::string> lines;
  for (const auto& [key, values] : rows) {
    std::string line;
    for (std::size_t i = 0; i < values.size(); ++i) line += "|" + text_of(schema_of(table).columns[i], values[i]);
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// What lies in the lake's table, as lines of the same kind.
std::vector<std::string> stored_lines(const RowsLake& at, Table table) {
  std::string sql;
  for (const Column& column : schema_of(table).columns) {
    const bool time = column.type == ColumnType::hour || column.type == ColumnType::minute;
    const std::string name = "\"" + std::string(column.name) + "\"";
    sql += (sql.empty() ? "SELECT '|' || " : " || '|' || ") + (time ? "CAST(epoch(" + name + ") AS BIGINT)" : name);
  }
  auto lines = at.ask(sql + " FROM " + std::string(schema_of(table).name));
  std::sort(lines.begin(), lines.end());
  return lines;
}

class MergeSql : public ::testing::Test {
 protected:
  /// Puts the rows into the lake in files of the given sizes, and merges.
  template <class Row>
  void check(Table table, const std::vector<Row>& rows, std::size_t files) {
    SCOPED_TRACE(std::to_string(files) + " files of " + std::string(schema_of(table).name));
    RowsLake at;
    const Writer writer = take(at.lake().begin_write());
    std::vector<LakeFile> added;
    for (std::size_t i = 0; i < files; ++i) {
      std::vector<Row> part;
      for (std::size_t j = i; j < rows.size(); j += files) part.push_back(rows[j]);
      added.push_back(at.write_rows(writer, table, kDay, part, kNames));
    }
    at.commit(writer, added);
    Lake lake = at.lake();
    const CompactSummary summary = take(compact(lake, {}));
    EXPECT_EQ(summary.files_before, files);
    EXPECT_EQ(summary.files_after, 1u);
    EXPECT_EQ(summary.rows_before, rows.size());
    const auto expected = lines_of(table, merge_by_hand(table, rows));
    EXPECT_EQ(summary.rows_after, expected.size());
    EXPECT_LT(expected.size(), rows.size()) << "nothing met: this test says nothing";
    EXPECT_EQ(stored_lines(at, table), expected);
    EXPECT_EQ(take(compact(lake, {})).days, 0u) << "a second time there is nothing to do";
  }
};

TEST_F(MergeSql, follows_the_rules_for_flows_however_they_were_split) {
  const auto rows = random_flows(3000, kDay, 1);
  for (const std::size_t files : {1, 2, 7}) check(Table::flows, rows, files);
}

TEST_F(MergeSql, follows_the_rules_for_backscatter_however_it_was_split) {
  const auto rows = random_backscatter(600, kDay, 2);
  for (const std::size_t files : {1, 3}) check(Table::backscatter, rows, files);
}

TEST_F(MergeSql, follows_the_rules_for_minutes) {
  std::vector<MinuteRow> rows(50);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = {kDay * 1440 + static_cast<std::int64_t>(i % 7), i + 1, i * 40, i % 4, static_cast<std::uint16_t>(i % 2), 6, 1};
  }
  check(Table::minutes, rows, 2);
}

TEST_F(MergeSql, has_a_text_for_every_column_of_every_table) {
  for (const TableSchema& table : all_tables()) {
    if (table.row_size == 0) continue;
    const std::string sql = merge_sql(table, "t");
    for (const Column& column : table.columns) EXPECT_NE(sql.find(" AS \"" + std::string(column.name) + "\""), std::string::npos);
  }
}

TEST(DaysOfSensors, merge_by_their_rules) {
  RowsLake at;
  SensorDayRow a, b;
  a.day = b.day = kDay;
  a.addresses = 256;
  b.addresses = 512;
  a.packets = 3;
  b.packets = 4;
  a.undecodable[1] = 5;
  b.undecodable[1] = 6;
  a.batch = 9;
  at.add_rows(Table::sensor_days, kDay, std::vector<SensorDayRow>{a}, {"x"});
  at.add_rows(Table::sensor_days, kDay, std::vector<SensorDayRow>{b}, {"x"});
  Lake lake = at.lake();
  take(compact(lake, {}));
  EXPECT_EQ(at.ask("SELECT day, sensor, kind, addresses, packets, undecodable_link_unsupported, batch FROM sensor_days"),
            std::vector<std::string>{"2017-11-23 x darknet 512 7 11 9"});
}

}  // namespace
}  // namespace nightjar
