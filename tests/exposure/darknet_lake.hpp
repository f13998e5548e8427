#pragma once
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "schema/honeypot_rows.hpp"
#include "schema/traffic.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {

inline constexpr std::int64_t kMinutesOfDay = 1440;

/// Minutes and sensor days of darknets, drawn or written by hand, and the lake that holds them.
class DarknetLake : public RowsLake {
 public:
  explicit DarknetLake(Names sensors = {"darknet"}) : sensors_(std::move(sensors)) {}

  /// Packets of [from, to) (minutes since 1970): each minute each of protocol 6 and 17 has some with the chance that `per_minute` gives, so
  /// many on average; 0.1 of them are of protocol 17.
  void hum(std::int64_t from, std::int64_t to, double per_minute, std::uint16_t sensor = 0) {
    for (std::int64_t minute = from; minute < to; ++minute) {
      add(minute, 6, 1, drawn(per_minute * 0.9), sensor);
      add(minute, 17, 3, drawn(per_minute * 0.1), sensor);
    }
  }
  void hum_days(std::int64_t from_day, std::int64_t to_day, double per_minute, std::uint16_t sensor = 0) {
    hum(from_day * kMinutesOfDay, to_day * kMinutesOfDay, per_minute, sensor);
  }
  void add(std::int64_t minute, std::uint8_t protocol, std::uint8_t traffic_class, std::uint64_t packets, std::uint16_t sensor = 0) {
    if (packets > 0) minutes_[{minute, sensor, protocol, traffic_class}] += packets;
  }
  /// No packet of the sensor in [from, to).
  void hush(std::int64_t from, std::int64_t to, std::uint16_t sensor = 0) {
    std::erase_if(minutes_, [&](const auto& one) {
      const auto& [minute, of, protocol, traffic_class] = one.first;
      return of == sensor && minute >= from && minute < to;
    });
  }
  /// One packet of each of so many sources a day, in [from_day, to_day), to one address each.
  struct Knocks {
    std::uint64_t sources = 1'000;
    std::uint64_t first_source = 0x64400000;
    std::uint64_t packets = 1;
    std::uint16_t after = 0;  ///< seconds from its first packet to its last
    bool other_file = false;  ///< rows of their own, as of another batch
    std::uint16_t sensor = 0;
  };
  void knock(std::int64_t from_day, std::int64_t to_day, const Knocks& knocks) {
    for (std::int64_t day = from_day; day < to_day; ++day) {
      for (std::uint64_t n = 0; n < knocks.sources; ++n) {
        FlowRow flow;
        flow.hour = day * 24 + static_cast<std::int64_t>(n % 24);
        flow.src = knocks.first_source + n;
        flow.ip_version = 4;
        flow.packets = knocks.packets;
        flow.dst_bits = 1ULL << n % 64;
        flow.first = static_cast<std::uint16_t>(n % 3'500);
        flow.span = knocks.after;
        flow.port = 23;
        flow.protocol = 6;
        flow.traffic_class = 1;
        flow.sensor = knocks.sensor;
        (knocks.other_file ? other_flows_ : flows_)[day].push_back(flow);
        add(flow.hour * 60 + flow.first / 60, 6, 1, knocks.packets, knocks.sensor);
      }
    }
  }
  /// What the ledger says of a day besides its packets; days with packets have 64 addresses and no trouble.
  SensorDayRow& ledger(std::int64_t day, std::uint16_t sensor = 0) {
    SensorDayRow& row = ledger_[{day, sensor}];
    row.day = day;
    row.sensor = sensor;
    return row;
  }
  void addresses(std::int64_t from_day, std::int64_t to_day, std::uint64_t addresses, std::uint16_t sensor = 0) {
    for (std::int64_t day = from_day; day < to_day; ++day) sizes_[{day, sensor}] = addresses;
  }
  void kind(std::uint16_t sensor, SensorKind kind) { kinds_[sensor] = kind; }

  /// A victim of a denial of service whose answers arrive in [from, to) (minutes since 1970), SYN-ACKs where it is attacked through TCP.
  struct Flood {
    std::string id;  ///< of its row in attacks; empty: none
    std::uint64_t victim = 0xC6336401;
    std::int64_t from = 0, to = 0;
    std::uint64_t per_minute = 100;
    std::uint32_t asn = 64'500;
    std::uint16_t port = 80;
    std::string country = "DE";
    std::uint8_t protocol = 6;     ///< that is attacked
    std::uint8_t answered_by = 6;  ///< what arrives
    std::string kind = "single", parent;
    std::uint64_t victims = 1;
  };
  void flood(const Flood& flood) {
    const CountryCode country = flood.country.empty() ? CountryCode{0} : country_code(flood.country[0], flood.country[1]);
    for (std::int64_t minute = flood.from; minute < flood.to; ++minute) {
      add(minute, flood.answered_by, 2, flood.per_minute);
      BackscatterRow row;
      row.minute = minute;
      row.src = flood.victim;
      row.ip_version = 4;
      row.packets = flood.per_minute;
      row.last_ms = 59'000;
      row.asn = flood.asn;
      row.country = country;
      row.port = flood.port;
      row.protocol = flood.protocol;
      backscatter_[floor_div(minute, kMinutesOfDay)].push_back(row);
      FlowRow flow;
      flow.hour = floor_div(minute, 60);
      flow.src = flood.victim;
      flow.ip_version = 4;
      flow.packets = flood.per_minute;
      flow.facts = flood.answered_by == 6 ? fact::kSynAck : 0;
      flow.asn = flood.asn;
      flow.country = country;
      flow.port = flood.port;
      flow.protocol = flood.answered_by;
      flow.traffic_class = 2;
      flows_[floor_div(minute, kMinutesOfDay)].push_back(flow);
    }
    if (!flood.id.empty()) attack(flood);
  }
  /// Its row in attacks, without the packets.
  void attack(const Flood& flood) { floods_.push_back(flood); }

  /// Commits it all.
  void write() {
    std::map<std::int64_t, std::vector<MinuteRow>> rows;
    for (const auto& [key, packets] : minutes_) {
      const auto& [minute, sensor, protocol, traffic_class] = key;
      const std::int64_t day = floor_div(minute, kMinutesOfDay);
      rows[day].push_back({minute, packets, packets * 40, 1, sensor, protocol, traffic_class});
      ledger(day, sensor).packets += packets;
    }
    std::map<std::int64_t, std::vector<SensorDayRow>> days;
    for (auto& [key, row] : ledger_) {
      const auto size = sizes_.find(key);
      row.addresses = size == sizes_.end() ? 64 : size->second;
      row.batch = 1;
      if (const auto kind = kinds_.find(key.second); kind != kinds_.end()) row.kind = static_cast<std::uint8_t>(kind->second);
      days[key.first].push_back(row);
    }
    const Writer writer = take(lake().begin_write());
    std::vector<LakeFile> files;
    for (const auto& [day, of_day] : rows) files.push_back(write_rows(writer, Table::minutes, day, of_day, sensors_));
    for (const auto& [day, of_day] : days) files.push_back(write_rows(writer, Table::sensor_days, day, of_day, sensors_));
    for (auto& [day, of_day] : backscatter_) files.push_back(write_rows(writer, Table::backscatter, day, of_day, sensors_));
    for (auto* flows : {&flows_, &other_flows_})
      for (auto& [day, of_day] : *flows) files.push_back(write_rows(writer, Table::flows, day, of_day, sensors_));
    for (const Flood& flood : floods_) {
      AttackRow row;
      row.id = flood.id;
      row.definition = "corsaro2";
      row.kind = flood.kind;
      row.level = flood.kind == "carpet" ? 2 : 1;
      row.parent = flood.parent;
      row.first = flood.from * 60'000'000;
      row.last = flood.to * 60'000'000 - 1'000'000;
      row.src = flood.victim;
      row.ip_version = 4;
      row.prefix_length = flood.kind == "carpet" ? 24 : 32;
      row.victims = flood.victims;
      row.packets = static_cast<std::uint64_t>(flood.to - flood.from) * flood.per_minute;
      row.port = flood.port;
      row.protocol = flood.protocol;
      row.asn = flood.asn;
      row.country = flood.country.empty() ? CountryCode{0} : country_code(flood.country[0], flood.country[1]);
      files.push_back(write_rows<AttackRow>(writer, Table::attacks, floor_div(flood.from, kMinutesOfDay), {row}, sensors_));
    }
    commit(writer, files);
  }

 private:
  /// So many on average, most often none where that is below 1.
  std::uint64_t drawn(double mean) {
    std::uint64_t count = 0;
    for (double left = mean; left > 0; left -= 0.5) count += unit() < std::min(left, 0.5) ? 1 : 0;
    return count;
  }
  double unit() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  Names sensors_;
  std::mt19937_64 random_{20171123};
  std::map<std::tuple<std::int64_t, std::uint16_t, std::uint8_t, std::uint8_t>, std::uint64_t> minutes_;
  std::map<std::pair<std::int64_t, std::uint16_t>, SensorDayRow> ledger_;
  std::map<std::pair<std::int64_t, std::uint16_t>, std::uint64_t> sizes_;
  std::map<std::uint16_t, SensorKind> kinds_;
  std::map<std::int64_t, std::vector<BackscatterRow>> backscatter_;
  std::map<std::int64_t, std::vector<FlowRow>> flows_, other_flows_;
  std::vector<Flood> floods_;
};

}  // namespace nightjar
