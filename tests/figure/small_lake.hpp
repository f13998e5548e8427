#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "figure/figure.hpp"
#include "net/address.hpp"
#include "schema/rows.hpp"
#include "schema/traffic.hpp"
#include "store/lake.hpp"
#include "store/parquet_writer.hpp"
#include "store/query.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::test {

/// Hours since 1970 of "2017-11-23" at an hour of the day, UTC.
inline std::int64_t hour_at(const std::string& day, int hour) { return *parse_day(day) * kHoursPerDay + hour; }

/// Rows that a test writes down one by one, in words of the trade.
class Flow {
 public:
  Flow(const std::string& day, int hour) { row_.hour = hour_at(day, hour); }
  Flow& from(const std::string& address) {
    const auto parsed = parse_address(address);
    row_.ip_version = parsed->version;
    row_.src = parsed->high;
    row_.src_low = parsed->low;
    return *this;
  }
  Flow& tcp(std::uint16_t port) { return to(6, port, TrafficClass::scan); }
  Flow& udp(std::uint16_t port) { return to(17, port, TrafficClass::request); }
  Flow& echo() { return to(row_.ip_version == 6 ? 58 : 1, row_.ip_version == 6 ? 0x8000 : 0x0800, TrafficClass::echo); }
  Flow& answer(std::uint8_t protocol, std::uint16_t port) { return to(protocol, port, TrafficClass::backscatter); }
  Flow& to(std::uint8_t protocol, std::uint16_t port, TrafficClass traffic_class) {
    row_.protocol = protocol;
    row_.port = port;
    row_.traffic_class = static_cast<std::uint8_t>(traffic_class);
    return *this;
  }
  Flow& packets(std::uint64_t count) {
    row_.packets = count;
    row_.bytes = 40 * count;
    return *this;
  }
  Flow& facts(std::uint32_t bits) { return set(row_.facts, bits); }
  Flow& window(std::uint16_t value) { return set(row_.window, value); }
  Flow& origin(const char* country, std::uint32_t asn) {
    row_.country = country[0] == 0 ? CountryCode{0} : country_code(country[0], country[1]);
    return set(row_.asn, asn);
  }
  Flow& at(const std::string& sensor) {
    sensor_ = sensor;
    return *this;
  }
  Flow& seconds(std::uint16_t first, std::uint16_t span) {
    row_.first = first;
    return set(row_.span, span);
  }
  Flow& destinations(std::uint64_t bits) { return set(row_.dst_bits, bits); }
  Flow& ttl(std::uint8_t value) { return set(row_.ttl, value); }
  Flow& src_port(std::uint16_t value) { return set(row_.src_port, value); }
  Flow& length(std::uint16_t value) { return set(row_.ip_length, value); }

  const FlowRow& row() const { return row_; }
  const std::string& sensor() const { return sensor_; }

 private:
  template <class T, class V>
  Flow& set(T& field, V value) {
    field = static_cast<T>(value);
    return *this;
  }
  FlowRow row_{.packets = 1, .bytes = 40, .dst_bits = 1, .ip_version = 4};
  std::string sensor_ = "alpha";
};

/// A lake in a folder of its own. `minutes` and `sensor_days` are made from the flows.
class SmallLake {
 public:
  SmallLake() : lake_(folder_ / "lake") {}

  /// Size and kind of a sensor from now on; a sensor that is not named is a darknet of unknown size.
  void sensor(const std::string& name, std::uint64_t addresses, SensorKind kind = SensorKind::darknet) {
    sensors_[name] = {addresses, kind};
  }
  /// A day in which a sensor was there but saw nothing.
  void quiet_day(const std::string& day, const std::string& sensor) { days_[{*parse_day(day), sensor}]; }
  void add(const Flow& flow) { flows_.push_back(flow); }
  void add(BackscatterRow row, const std::string& sensor) { backscatter_.emplace_back(row, sensor); }

  /// Writes what was added as one batch: a file a table and day. `keys_once`: no two rows have one key, and the files say so.
  void write(bool modelled = false, bool keys_once = false) {
    keys_once_ = keys_once;
    std::map<std::int64_t, std::vector<FlowRow>> flows;
    std::map<std::int64_t, std::vector<MinuteRow>> minutes;
    std::map<std::int64_t, std::vector<BackscatterRow>> backscatter;
    for (const Flow& flow : flows_) {
      FlowRow row = flow.row();
      row.sensor = index_of(flow.sensor());
      row.batch = batch_;
      const std::int64_t day = floor_div(row.hour, kHoursPerDay);
      flows[day].push_back(row);
      minutes[day].push_back({row.hour * 60 + row.first / 60, row.packets, row.bytes, batch_, row.sensor, row.protocol, row.traffic_class});
      SensorDayRow& sums = days_[{day, flow.sensor()}];
      sums.packets += row.packets;
      sums.bytes += row.bytes;
    }
    for (auto& [row, sensor] : backscatter_) {
      row.sensor = index_of(sensor);
      backscatter[floor_div(row.minute, 24 * 60)].push_back(row);
    }
    std::map<std::int64_t, std::vector<SensorDayRow>> days;
    for (auto& [key, row] : days_) {
      row.day = key.first;
      row.sensor = index_of(key.second);
      const auto known = sensors_.find(key.second);
      row.addresses = known == sensors_.end() ? 0 : known->second.first;
      row.kind = static_cast<std::uint8_t>(known == sensors_.end() ? SensorKind::darknet : known->second.second);
      days[row.day].push_back(row);
    }
    auto writer = lake_.begin_write();
    ASSERT_TRUE(writer) << writer.error().sentence;
    Change change;
    write_table(Table::flows, flows, modelled, *writer, change);
    write_table(Table::minutes, minutes, modelled, *writer, change);
    write_table(Table::backscatter, backscatter, modelled, *writer, change);
    write_table(Table::sensor_days, days, modelled, *writer, change);
    auto committed = lake_.commit(*writer, std::move(change));
    ASSERT_TRUE(committed) << committed.error().sentence;
    flows_.clear();
    backscatter_.clear();
    days_.clear();
    ++batch_;
    look_again();
  }
  /// The next question is asked of the newest version.
  void look_again() { session_.reset(); }

  Lake& lake() { return lake_; }
  const std::filesystem::path& folder() const { return folder_.path(); }

  std::unique_ptr<QuerySession> session() {
    auto snapshot = lake_.snapshot();
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().sentence);
    auto session = QuerySession::open(*snapshot, {.threads = 1, .memory_bytes = 512 << 20});
    EXPECT_TRUE(session) << (session ? "" : session.error().sentence);
    return *std::move(session);
  }
  /// What the figure countries reads instead of `flows` under a filter.
  std::string rows_word(const std::string& where) {
    FigureRequest request;
    request.figure = "countries";
    request.where = where;
    const auto answer = ask(request);
    if (!answer) return answer.error().sentence;
    const std::string& sql = answer->queries.front();
    const std::size_t from = sql.find("FROM ") + 5;
    return sql.substr(from, sql.find_first_of(" \n", from) - from);
  }
  Result<FigureAnswer> ask(const FigureRequest& request, const FigureSurroundings& around = {}) {
    if (!session_) session_ = session();
    return run_figure(*session_, request, around);
  }

 private:
  std::uint16_t index_of(const std::string& sensor) {
    const auto found = std::ranges::find(names_, sensor);
    if (found != names_.end()) return static_cast<std::uint16_t>(found - names_.begin());
    names_.push_back(sensor);
    return static_cast<std::uint16_t>(names_.size() - 1);
  }

  template <class Row>
  void write_table(Table table, const std::map<std::int64_t, std::vector<Row>>& days, bool modelled, const Writer& writer, Change& change) {
    auto parquet = ParquetWriter::open({.threads = 1, .memory_bytes = 256 << 20, .spill = folder_ / "spill"});
    ASSERT_TRUE(parquet) << parquet.error().sentence;
    for (const auto& [day, rows] : days) {
      const std::string path =
          std::string(schema_of(table).name) + "/day=" + format_day(day) + "/" + writer.token() + "-" + std::to_string(batch_) + ".parquet";
      std::filesystem::create_directories((lake_.root() / path).parent_path());
      VectorStream<Row> stream(rows);
      auto written = (*parquet)->write(table, stream, names_, lake_.root() / path);
      ASSERT_TRUE(written) << written.error().sentence;
      LakeFile file;
      file.path = path;
      file.table = table;
      file.day = day;
      file.rows = written->rows;
      file.bytes = written->bytes;
      file.batches = {batch_};
      file.modelled = modelled;
      if constexpr (std::is_same_v<Row, FlowRow>) {
        if (keys_once_)
          for (const FlowRow& row : rows) file.once[names_[row.sensor]] |= 1U << (row.hour - day * kHoursPerDay);
      }
      change.added.push_back(file);
    }
  }

  TempFolder folder_;
  Lake lake_;
  std::unique_ptr<QuerySession> session_;
  Names names_;
  std::uint64_t batch_ = 1;
  bool keys_once_ = false;
  std::map<std::string, std::pair<std::uint64_t, SensorKind>> sensors_;
  std::vector<Flow> flows_;
  std::vector<std::pair<BackscatterRow, std::string>> backscatter_;
  std::map<std::pair<std::int64_t, std::string>, SensorDayRow> days_;
};

/// A row as text, cells with blanks between, fractions with one decimal, NULL as -.
inline std::string line_of(const std::vector<Value>& row) {
  std::string out;
  for (const Value& value : row) {
    if (!out.empty()) out += ' ';
    if (const auto* number = std::get_if<std::uint64_t>(&value)) {
      out += std::to_string(*number);
    } else if (const auto* signed_number = std::get_if<std::int64_t>(&value)) {
      out += std::to_string(*signed_number);
    } else if (const auto* fraction = std::get_if<double>(&value)) {
      char text[64];
      std::snprintf(text, sizeof text, "%.1f", *fraction);
      out += text;
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      out += text->empty() ? "''" : *text;
    } else {
      out += '-';
    }
  }
  return out;
}

inline std::vector<std::string> lines_of(const Result<FigureAnswer>& answer) {
  if (!answer) return {answer.error().sentence};
  std::vector<std::string> lines;
  for (const auto& row : answer->rows) lines.push_back(line_of(row));
  return lines;
}

}  // namespace nightjar::test
