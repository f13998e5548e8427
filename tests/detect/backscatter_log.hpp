#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "detect/detect_victims.hpp"
#include "schema/rows.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {

/// 2017-11-23T00:00:00Z in milliseconds since 1970.
inline constexpr std::int64_t kMidnightMs = kDay * 86'400'000, kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                              kWholeDay = 24 * kHour;

/// One packet of backscatter that a darknet got.
struct Answer1 {
  std::int64_t time_ms = 0;
  std::uint64_t victim = 0xC6336401;  // 198.51.100.1
  std::uint16_t port = 80;
  std::uint8_t protocol = 6;
  std::uint16_t sensor = 0;
  std::uint16_t piece = 0;  ///< what was ingested together
  std::uint8_t destination = 0;
  bool mismatch = false;
};

inline constexpr std::uint64_t kAnswerBytes = 44;

/// Packets one by one, and the rows that they become in the lake: those of one piece, minute, sensor, victim, protocol and port are one.
class BackscatterLog {
 public:
  void add(const Answer1& packet) { packets_.push_back(packet); }
  /// So many packets, `step_ms` apart, to one dark address after the other.
  void add(Answer1 packet, int count, std::int64_t step_ms) {
    for (int i = 0; i < count; ++i, packet.time_ms += step_ms) {
      packet.destination = static_cast<std::uint8_t>(packets_.size() % 64);
      add(packet);
    }
  }
  const std::vector<Answer1>& packets() const { return packets_; }

  /// Rows by UTC day, those of the given piece.
  std::map<std::int64_t, std::vector<BackscatterRow>> rows(std::uint16_t piece) const {
    std::map<std::tuple<std::int64_t, std::uint16_t, std::uint64_t, std::uint8_t, std::uint16_t>, BackscatterRow> merged;
    for (const Answer1& packet : packets_) {
      if (packet.piece != piece) continue;
      const std::int64_t minute = floor_div(packet.time_ms, kMinute);
      const auto [at, added] = merged.try_emplace({minute, packet.sensor, packet.victim, packet.protocol, packet.port});
      BackscatterRow& row = at->second;
      const auto ms = static_cast<std::uint16_t>(packet.time_ms - minute * kMinute);
      row.minute = minute;
      row.ip_version = packet.victim >> 32 == 0 ? 4 : 6;
      row.src = packet.victim;
      row.protocol = packet.protocol;
      row.port = packet.port;
      row.sensor = packet.sensor;
      row.packets += 1;
      row.bytes += kAnswerBytes;
      row.bins[ms / 10'000] += 1;
      row.dst_bits |= std::uint64_t{1} << packet.destination % 64;
      row.mismatches += packet.mismatch ? 1 : 0;
      row.first_ms = added ? ms : std::min(row.first_ms, ms);
      row.last_ms = std::max(row.last_ms, ms);
      row.batch = piece + 1U;
      row.country = country_code('D', 'E');
      row.asn = 24940;
    }
    std::map<std::int64_t, std::vector<BackscatterRow>> days;
    for (const auto& [key, row] : merged) days[floor_div(row.minute, 24 * 60)].push_back(row);
    return days;
  }

 private:
  std::vector<Answer1> packets_;
};

/// A lake of backscatter that is judged.
class VictimLake : public RowsLake {
 public:
  explicit VictimLake(Names sensors = {"dark-1", "dark-2"}) : sensors_(std::move(sensors)) {}

  /// One batch, a file a day.
  void add_piece(const BackscatterLog& log, std::uint16_t piece = 0) {
    for (auto& [day, rows] : log.rows(piece)) add_backscatter(day, rows, ++batch_);
  }
  void add_backscatter(std::int64_t day, const std::vector<BackscatterRow>& rows, std::uint64_t batch) {
    const Writer writer = take(lake().begin_write());
    LakeFile file = write_rows(writer, Table::backscatter, day, rows, sensors_);
    file.batches = {batch};
    commit(writer, {file});
  }
  void add_sensor(std::uint16_t sensor, std::uint64_t addresses, SensorKind kind = SensorKind::darknet, std::int64_t day = kDay) {
    SensorDayRow row{.day = day, .addresses = addresses, .packets = 1, .sensor = sensor};
    row.kind = static_cast<std::uint8_t>(kind);
    add_rows<SensorDayRow>(Table::sensor_days, day, {row}, sensors_);
  }
  DetectedVictims detect(const std::string& definition = "corsaro2", DetectVictimsOptions options = {}) const {
    options.memory_bytes = 512 << 20;
    Lake at = lake();
    return take(detect_victims(at, take(victim_definition(definition)), options));
  }
  /// "kind victim/length protocol port packets first last" by level and time, times in milliseconds after midnight of kDay.
  std::vector<std::string> attacks(const std::string& definition = "corsaro2") const {
    return ask("SELECT kind, ip(src, src_low) || '/' || prefix_length, protocol, port, packets, epoch_ms(first) - " +
               std::to_string(kMidnightMs) + ", epoch_ms(last) - " + std::to_string(kMidnightMs) + " FROM attacks WHERE definition = '" +
               definition + "' ORDER BY level, first, src, protocol, sensor");
  }
  std::vector<std::string> everything(const std::string& definition = "corsaro2") const {
    return ask(
        "SELECT id, kind, level, parent, sensor, sensors, src, prefix_length, victims, service, protocol, port, ports, epoch_ms(first), "
        "epoch_ms(last), packets, bytes_in, peak_per_minute, destinations, mismatches, country, asn FROM attacks WHERE definition = '" +
        definition + "' ORDER BY ALL");
  }

 private:
  Names sensors_;
  std::uint64_t batch_ = 0;
};

}  // namespace nightjar
