#include "detect/backscatter_walk.hpp"

#include <algorithm>

#include "base/time.hpp"
#include "detect/requests_walk.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMinuteMs = 60'000, kMinutesPerDay = kSecondsPerDay / kSecondsPerMinute;

// The engine's own words: these questions never reach another one (figures do).
constexpr const char* kColumns =
    "src, src_low, epoch_ms(minute) // 60000, first_ms, last_ms, packets, bytes, p00, p10, p20, p30, p40, p50, dst_bits, mismatches, asn, "
    "port, ip_version, protocol, sensor, country";
constexpr const char* kPrefix = "CASE WHEN ip_version = 6 THEN src - src % 65536 ELSE src - src % 256 END";
constexpr const char* kVictim = "ip_version, src, src_low, protocol, sensor";
constexpr const char* kNetwork = "ip_version, prefix, protocol, sensor";

std::uint64_t unsigned_at(const std::vector<Value>& row, std::size_t column) {
  if (const auto* number = std::get_if<std::uint64_t>(&row[column])) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&row[column])) return static_cast<std::uint64_t>(*number);
  return 0;
}

const std::string& text_at(const std::vector<Value>& row, std::size_t column) {
  static const std::string none;
  const auto* text = std::get_if<std::string>(&row[column]);
  return text == nullptr ? none : *text;
}

std::string time_sql(std::int64_t minute) { return "make_timestamp_ms(" + std::to_string(minute * kMinuteMs) + ")"; }

Result<void> ignore_columns(const std::vector<std::string>&) { return {}; }

}  // namespace

Result<DarknetSizes> darknet_sizes(QuerySession& session) {
  DarknetSizes sizes;
  const auto on_day = [&](const std::vector<Value>& row) -> Result<void> {
    const auto day = static_cast<std::int64_t>(unsigned_at(row, 1));
    sizes.addresses[{text_at(row, 0), day}] = unsigned_at(row, 2);
    return {};
  };
  auto read = session.run_raw_streaming(
      "SELECT sensor, CAST(day AS DATE) - DATE '1970-01-01' AS of_day, max(addresses) FROM sensor_days GROUP BY sensor, of_day",
      ignore_columns, on_day);
  if (!read) return Error{"cannot read which sensors there are: " + read.error().sentence};
  auto others = session.run_raw("SELECT sensor FROM sensor_days GROUP BY sensor HAVING bool_and(kind <> 'darknet') ORDER BY sensor");
  if (!others) return Error{"cannot read which sensors are darknets: " + others.error().sentence};
  for (const auto& row : others->rows) sizes.others.push_back(text_at(row, 0));
  return sizes;
}

std::uint16_t BackscatterWalk::sensor_index(const std::string& name) {
  // Rows of one sensor follow one another mostly.
  const auto found = std::ranges::find(names_, name);
  if (found != names_.end()) return static_cast<std::uint16_t>(found - names_.begin());
  names_.push_back(name);
  return static_cast<std::uint16_t>(names_.size() - 1);
}

std::string BackscatterWalk::darknets_sql() const {
  // Silence is told from what came within the gap before; a window begins a minute earlier.
  const std::int64_t ahead = 2 * (definition_.gap_seconds / kSecondsPerMinute + 2);
  std::string condition = "minute >= " + time_sql(span_.from_day * kMinutesPerDay - ahead);
  for (const std::string& sensor : sizes_.others) condition += " AND sensor <> " + sql_literal(sensor);
  return condition;
}

Result<void> BackscatterWalk::look() {
  // Sources first: one that answers two addresses is none of these, in however many rows it comes.
  const std::string sources = "SELECT sensor, protocol, minute, ip_version, " + std::string(kPrefix) +
                              " AS prefix, bit_or(dst_bits) AS bits, sum(packets) AS sent FROM backscatter WHERE " + darknets_sql() +
                              " GROUP BY sensor, protocol, minute, ip_version, src, src_low";
  const std::string groups =
      "SELECT sensor, protocol, minute, CASE WHEN bit_count(bits) = 1 THEN bits ELSE 0 END AS bit, count(*) AS hosts, sum(sent) AS "
      "packets, count(DISTINCT (ip_version, prefix)) AS networks FROM (" +
      sources + ") AS sources GROUP BY sensor, protocol, minute, bit";
  const auto on_minute = [&](const std::vector<Value>& row) -> Result<void> {
    reflections_.add({sensor_index(text_at(row, 0)), static_cast<std::uint8_t>(unsigned_at(row, 1)),
                      static_cast<std::int64_t>(unsigned_at(row, 2)), unsigned_at(row, 3)},
                     unsigned_at(row, 4), unsigned_at(row, 5));
    return {};
  };
  auto reflected = session_.run_raw_streaming(
      "SELECT sensor, protocol, epoch_ms(minute) // 60000, bit, hosts, packets FROM (SELECT *, sum(hosts) OVER (PARTITION BY sensor, "
      "protocol, minute) AS all_hosts FROM (" +
          groups + ") AS groups) AS shares WHERE bit <> 0 AND networks >= " + std::to_string(Reflections::kFewestNetworks) +
          " AND 2 * hosts >= all_hosts",
      ignore_columns, on_minute);
  if (!reflected) return Error{"cannot read the backscatter: " + reflected.error().sentence};
  return {};
}

std::uint64_t BackscatterWalk::addresses(std::uint16_t sensor, std::int64_t from_day, std::int64_t to_day) const {
  std::uint64_t most = 0;
  const std::string& name = names_[sensor];
  for (auto at = sizes_.addresses.lower_bound({name, from_day});
       at != sizes_.addresses.end() && at->first.first == name && at->first.second <= to_day; ++at)
    most = std::max(most, at->second);
  return most;
}

std::string BackscatterWalk::rows_sql(const std::string& from, const std::string& key) const {
  const std::int64_t end = span_.to_day * kMinutesPerDay;
  const std::int64_t open = end - 2 * (definition_.gap_seconds / kSecondsPerMinute + 2);
  const std::string before = "SELECT * FROM " + from + " WHERE " + darknets_sql();
  const std::string still_open =
      "SELECT DISTINCT " + key + " FROM (" + before + ") AS ending WHERE minute >= " + time_sql(open) + " AND minute < " + time_sql(end);
  return "(" + before + " AND minute < " + time_sql(end) + " UNION ALL SELECT later.* FROM (" + before + " AND minute >= " + time_sql(end) +
         ") AS later SEMI JOIN (" + still_open + ") AS open USING (" + key + "))";
}

Result<void> BackscatterWalk::walk(const std::string& from, const std::string& key, const Visit& visit) {
  const std::string sql = std::string("SELECT ") + kColumns + " FROM " + from + " ORDER BY " + key + ", minute, first_ms";
  const auto on_row = [&](const std::vector<Value>& row) -> Result<void> {
    BackscatterSeen seen;
    seen.src = unsigned_at(row, 0);
    seen.src_low = unsigned_at(row, 1);
    seen.minute = static_cast<std::int64_t>(unsigned_at(row, 2));
    // Stored by whom we do not know: what cannot be is not believed.
    const auto within = [&](std::size_t column) {
      return seen.minute * kMinuteMs + static_cast<std::int64_t>(std::min(unsigned_at(row, column), std::uint64_t{kMinuteMs - 1}));
    };
    seen.first_ms = within(3);
    seen.last_ms = std::max(seen.first_ms, within(4));
    seen.packets = unsigned_at(row, 5);
    seen.bytes = unsigned_at(row, 6);
    for (std::size_t i = 0; i < seen.bins.size(); ++i) seen.bins[i] = unsigned_at(row, 7 + i);
    seen.dst_bits = unsigned_at(row, 13);
    seen.mismatches = unsigned_at(row, 14);
    seen.asn = static_cast<std::uint32_t>(unsigned_at(row, 15));
    seen.port = static_cast<std::uint16_t>(unsigned_at(row, 16));
    seen.ip_version = static_cast<std::uint8_t>(unsigned_at(row, 17));
    seen.protocol = static_cast<std::uint8_t>(unsigned_at(row, 18));
    seen.sensor = sensor_index(text_at(row, 19));
    const std::string& letters = text_at(row, 20);
    seen.country = letters.size() == 2 ? country_code(letters[0], letters[1]) : CountryCode{0};
    ++rows_;
    if (seen.packets != 0) visit(seen);
    return {};
  };
  auto walked = session_.run_raw_streaming(sql, ignore_columns, on_row);
  if (!walked) return Error{"cannot read the backscatter: " + walked.error().sentence};
  return {};
}

Result<void> BackscatterWalk::by_victim(const Visit& visit) {
  const std::string rows = rows_sql("backscatter", kVictim);
  std::string enough = "SELECT " + std::string(kVictim) + " FROM " + rows + " AS sums GROUP BY " + kVictim +
                       " HAVING sum(packets) >= " + std::to_string(std::max(definition_.min_packets, definition_.min_peak));
  // A minute is shorter than its 60 seconds by the time of a packet.
  if (definition_.min_seconds >= kSecondsPerMinute) enough += " AND max(minute) > min(minute)";
  return walk(rows + " AS judged SEMI JOIN (" + enough + ") AS enough USING (" + kVictim + ")", kVictim, visit);
}

Result<void> BackscatterWalk::by_prefix(const Visit& visit) {
  const std::string rows = rows_sql("(SELECT *, " + std::string(kPrefix) + " AS prefix FROM backscatter) AS prefixed", kNetwork);
  // A window lies in two minutes, so one of them has half of its addresses; an address has a row at least.
  const std::string minutes = "SELECT " + std::string(kNetwork) + " FROM " + rows + " AS sums GROUP BY " + kNetwork +
                              ", minute HAVING count(*) >= " + std::to_string((definition_.carpet_addresses + 1) / 2) +
                              " AND sum(packets) >= " + std::to_string((definition_.min_peak + 1) / 2);
  return walk(rows + " AS judged SEMI JOIN (" + minutes + ") AS enough USING (" + kNetwork + ")", kNetwork, visit);
}

}  // namespace nightjar
