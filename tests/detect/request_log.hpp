#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/time.hpp"
#include "detect/attack_definition.hpp"
#include "detect/detect_attacks.hpp"
#include "schema/honeypot_rows.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {

/// 2017-11-23T00:00:00Z in milliseconds since 1970.
inline constexpr std::int64_t kMidnight = kDay * 86'400'000, kSecondMs = 1000, kMinuteMs = 60 * kSecondMs, kHourMs = 60 * kMinuteMs;

/// One request that a reflector got.
struct Request {
  std::int64_t time_ms = 0;
  std::uint64_t victim = 0;
  std::uint16_t port = 53;
  Service service = Service::dns;
  std::uint16_t sensor = 0;
  std::uint16_t piece = 0;  ///< what was ingested together
};

inline constexpr std::uint64_t kRequestBytes = 60;

/// Requests one by one, and the rows that they become in the lake: those of one piece, minute, sensor, victim, port and service are one.
class RequestLog {
 public:
  explicit RequestLog(Names sensors = {"pot-1", "pot-2", "pot-3"}) : sensors_(std::move(sensors)) {}

  void add(const Request& request) { requests_.push_back(request); }
  /// So many requests, `step_ms` apart.
  void add(Request request, int count, std::int64_t step_ms) {
    for (int i = 0; i < count; ++i, request.time_ms += step_ms) add(request);
  }
  const std::vector<Request>& requests() const { return requests_; }
  const Names& sensors() const { return sensors_; }
  void country(std::uint64_t victim, const char* code, std::uint32_t asn) { origins_[victim] = {country_code(code[0], code[1]), asn}; }

  /// Rows by UTC day, those of the given piece.
  std::map<std::int64_t, std::vector<RequestRow>> rows(std::uint16_t piece) const {
    std::map<std::tuple<std::int64_t, std::uint16_t, std::uint64_t, std::uint16_t, Service>, RequestRow> merged;
    for (const Request& request : requests_) {
      if (request.piece != piece) continue;
      const std::int64_t minute = floor_div(request.time_ms, kMinuteMs);
      RequestRow& row = merged[{minute, request.sensor, request.victim, request.port, request.service}];
      const auto ms = static_cast<std::uint16_t>(request.time_ms - minute * kMinuteMs);
      row.minute = minute;
      row.ip_version = request.victim >> 32 == 0 ? 4 : 6;
      row.src = request.victim;
      row.port = request.port;
      row.service = static_cast<std::uint8_t>(request.service);
      row.sensor = request.sensor;
      row.packets += 1;
      row.bytes_in += kRequestBytes;
      row.first_ms = std::min(row.first_ms, ms);
      row.last_ms = std::max(row.last_ms, ms);
      row.batch = piece + 1;
      if (const auto origin = origins_.find(request.victim); origin != origins_.end()) std::tie(row.country, row.asn) = origin->second;
    }
    std::map<std::int64_t, std::vector<RequestRow>> days;
    for (const auto& [key, row] : merged) days[floor_div(row.minute, 24 * 60)].push_back(row);
    return days;
  }

 private:
  Names sensors_;
  std::vector<Request> requests_;
  std::map<std::uint64_t, std::pair<CountryCode, std::uint32_t>> origins_;
};

/// A lake of requests that is judged.
class AttackLake : public RowsLake {
 public:
  /// One batch, a file a day.
  void add_piece(const RequestLog& log, std::uint16_t piece = 0, bool modelled = false) {
    for (auto& [day, rows] : log.rows(piece)) add_requests(day, rows, log.sensors(), piece + 1U, modelled);
  }
  void add_requests(std::int64_t day, const std::vector<RequestRow>& rows, const Names& sensors, std::uint64_t batch,
                    bool modelled = false) {
    const Writer writer = take(lake().begin_write());
    LakeFile file = write_rows(writer, Table::requests, day, rows, sensors);
    file.batches = {batch};
    file.modelled = modelled;
    commit(writer, {file});
  }
  DetectedAttacks detect(const std::string& definition = "amppot", DetectAttacksOptions options = {}) const {
    options.memory_bytes = 512 << 20;
    Lake at = lake();
    return take(detect_attacks(at, take(attack_definition(definition)), options));
  }
  /// "level kind victim/length service port sensor first last packets" by time, times in milliseconds after midnight of kDay.
  std::vector<std::string> attacks(const std::string& definition = "amppot") const {
    return ask("SELECT level, kind, ip(src, src_low) || '/' || prefix_length, service, port, sensor, epoch_ms(first) - " +
               std::to_string(kMidnight) + ", epoch_ms(last) - " + std::to_string(kMidnight) +
               ", packets FROM attacks WHERE definition = '" + definition + "' ORDER BY level, first, src, port, sensor");
  }
};

}  // namespace nightjar
