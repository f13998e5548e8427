#include "detect/requests_walk.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "schema/services.hpp"

namespace nightjar {
namespace {

constexpr std::uint16_t kNoRequest = 0xffff;  // first_ms of a row of replies only
constexpr std::int64_t kMinuteMs = 60'000;

// The engine's own words: these questions never reach another one (figures do).
constexpr const char* kColumns =
    "src, src_low, epoch_ms(minute), first_ms, last_ms, packets, bytes_in, bytes_out, asn, sensor, port, country, ip_version, service";
constexpr const char* kPrefix = "CASE WHEN ip_version = 6 THEN src - src % 65536 ELSE src - src % 256 END";

std::uint64_t unsigned_at(const std::vector<Value>& row, std::size_t column) {
  if (const auto* number = std::get_if<std::uint64_t>(&row[column])) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&row[column])) return static_cast<std::uint64_t>(*number);
  return 0;
}

std::int64_t signed_at(const std::vector<Value>& row, std::size_t column) { return static_cast<std::int64_t>(unsigned_at(row, column)); }

const std::string& text_at(const std::vector<Value>& row, std::size_t column) {
  static const std::string none;
  const auto* text = std::get_if<std::string>(&row[column]);
  return text == nullptr ? none : *text;
}

CountryCode country_of(const std::string& letters) { return letters.size() == 2 ? country_code(letters[0], letters[1]) : CountryCode{0}; }

std::uint8_t service_of(const std::string& name) {
  const auto found = std::ranges::find(kServiceNames, std::string_view(name));
  return found == kServiceNames.end() ? 0 : static_cast<std::uint8_t>(found - kServiceNames.begin());
}

std::string key_columns(const AttackKey& key, bool sensor) {
  return std::string(key.port ? "port, " : "") + (key.service ? "service, CASE WHEN service = 'unknown' THEN port ELSE 0 END, " : "") +
         (sensor ? "sensor, " : "");
}

}  // namespace

std::uint16_t RequestsWalk::sensor_index(const std::string& name) {
  const auto found = std::ranges::find(sensors_, name);
  if (found != sensors_.end()) return static_cast<std::uint16_t>(found - sensors_.begin());
  sensors_.push_back(name);
  return static_cast<std::uint16_t>(sensors_.size() - 1);
}

Result<void> RequestsWalk::walk(const std::string& from, const std::string& order, const Visit& visit) {
  const std::string sql = std::string("SELECT ") + kColumns + " FROM " + from + " ORDER BY " + order + "minute, first_ms";
  const auto on_row = [&](const std::vector<Value>& row) -> Result<void> {
    RequestsSeen seen;
    seen.src = unsigned_at(row, 0);
    seen.src_low = unsigned_at(row, 1);
    seen.minute_ms = signed_at(row, 2);
    // Stored by whom we do not know: what cannot be is not believed.
    seen.first_ms = seen.minute_ms + std::min(signed_at(row, 3), kMinuteMs - 1);
    seen.last_ms = std::max(seen.first_ms, seen.minute_ms + std::min(signed_at(row, 4), kMinuteMs - 1));
    seen.packets = unsigned_at(row, 5);
    seen.only_replies = unsigned_at(row, 3) == kNoRequest || seen.packets == 0;
    seen.bytes_in = unsigned_at(row, 6);
    seen.bytes_out = unsigned_at(row, 7);
    seen.asn = static_cast<std::uint32_t>(unsigned_at(row, 8));
    seen.sensor = sensor_index(text_at(row, 9));
    seen.port = static_cast<std::uint16_t>(unsigned_at(row, 10));
    seen.country = country_of(text_at(row, 11));
    seen.ip_version = static_cast<std::uint8_t>(unsigned_at(row, 12));
    seen.service = service_of(text_at(row, 13));
    ++rows_;
    visit(seen);
    return {};
  };
  const auto on_columns = [](const std::vector<std::string>&) -> Result<void> { return {}; };
  auto walked = session_.run_raw_streaming(sql, on_columns, on_row);
  if (!walked) return Error{"cannot read the requests: " + walked.error().sentence};
  return {};
}

Result<void> RequestsWalk::by_victim(const AttackDefinition& definition, const Visit& visit) {
  const std::string enough = "SELECT ip_version, src, src_low FROM requests GROUP BY ip_version, src, src_low HAVING sum(packets) >= " +
                             std::to_string(definition.min_requests);
  return walk("requests SEMI JOIN (" + enough + ") AS enough USING (ip_version, src, src_low)",
              "ip_version, src, src_low, " + key_columns(definition.told_apart_by(), definition.told_apart_by().sensor), visit);
}

Result<void> RequestsWalk::by_prefix(const AttackDefinition& definition, const Visit& visit) {
  const std::string prefix = std::string(kPrefix) + " AS prefix";
  const std::string addresses = "SELECT ip_version, " + prefix +
                                ", sum(packets) AS asked FROM requests GROUP BY ip_version, src, src_low HAVING "
                                "sum(packets) >= " +
                                std::to_string(definition.carpet_requests);
  const std::string enough =
      "SELECT ip_version, prefix FROM (" + addresses +
      ") AS addresses GROUP BY ip_version, prefix HAVING count(*) >= " + std::to_string(definition.carpet_addresses) +
      " AND sum(asked) >= " + std::to_string(definition.min_requests);
  return walk("(SELECT *, " + prefix + " FROM requests) AS prefixed SEMI JOIN (" + enough + ") AS enough USING (ip_version, prefix)",
              "ip_version, prefix, " + key_columns(definition.key, true), visit);
}

}  // namespace nightjar
