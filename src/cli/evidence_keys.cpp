#include "cli/evidence_keys.hpp"

#include <algorithm>
#include <string_view>

#include "base/time.hpp"
#include "figure/values.hpp"
#include "schema/services.hpp"

namespace nightjar::cli {
namespace {

constexpr std::uint64_t kRowsAtOnce = 250'000;

std::string literal_of(std::int64_t time_ns) { return "@time('" + format_second(second_of(time_ns)) + "')"; }

std::string where_of(const EvidenceSubject& subject, std::int64_t from_ns, std::int64_t to_ns) {
  const std::string time = time_column(subject.table);
  return " FROM " + std::string(schema_of(subject.table).name) + " WHERE " + time + " >= " + literal_of(from_ns) + " AND " + time + " < " +
         literal_of(to_ns) + " AND (" + subject.condition + ")";
}

std::string columns_of(Table table) {
  switch (table) {
    case Table::flows: return "protocol, port, class, facts, \"window\"";
    case Table::backscatter: return "protocol, port";
    default: return "port, service";
  }
}

std::uint16_t index_of(const std::vector<std::string>& sensors, const std::string& name) {
  return static_cast<std::uint16_t>(std::ranges::find(sensors, name) - sensors.begin());
}

std::uint8_t service_number(const std::string& name) {
  const auto found = std::ranges::find(kServiceNames, std::string_view(name));
  return found == kServiceNames.end() ? std::uint8_t{0} : static_cast<std::uint8_t>(found - kServiceNames.begin());
}

RowKeys::Key key_of(const NamedRows& rows, std::size_t i, const std::vector<std::string>& sensors) {
  RowKeys::Key key;
  key.minute = floor_div(second_of_text(rows.text(i, "m_time")).value_or(0), kSecondsPerMinute);
  key.sensor = index_of(sensors, rows.text(i, "sensor"));
  key.ip_version = static_cast<std::uint8_t>(rows.number(i, "ip_version"));
  key.src = rows.number(i, "src");
  key.src_low = rows.number(i, "src_low");
  key.protocol = static_cast<std::uint8_t>(rows.number(i, "protocol"));
  key.port = static_cast<std::uint16_t>(rows.number(i, "port"));
  key.traffic_class = static_cast<std::uint8_t>(rows.number(i, "class"));
  key.facts = static_cast<std::uint32_t>(rows.number(i, "facts"));
  key.window = static_cast<std::uint16_t>(rows.number(i, "window"));
  key.service = service_number(rows.text(i, "service"));
  return key;
}

}  // namespace

Result<std::vector<EvidenceSlot>> evidence_slots(QuerySession& session, const EvidenceSubject& subject) {
  const std::string time = time_column(subject.table);
  auto answer = session.run("SELECT " + time + " AS m_time, count(*) AS m_rows, sum(packets) AS m_packets" +
                            where_of(subject, subject.from_ns, subject.to_ns) + " GROUP BY " + time + " ORDER BY m_time");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  std::vector<EvidenceSlot> slots;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    slots.push_back(
        {second_of_text(rows.text(i, "m_time")).value_or(0) * kNanosPerSecond, rows.number(i, "m_rows"), rows.number(i, "m_packets")});
  }
  return slots;
}

Result<void> each_row_keys(QuerySession& session, const EvidenceSubject& subject, const std::vector<EvidenceSlot>& slots,
                           const std::vector<std::string>& sensors, std::size_t most_keys,
                           const std::function<Result<void>(const RowKeys& keys)>& take) {
  const std::int64_t unit = row_length_ns(subject.table);
  RowKeys keys(subject.table);
  for (std::size_t begin = 0; begin < slots.size();) {
    std::size_t end = begin + 1;
    std::uint64_t rows_here = slots[begin].rows;
    while (end < slots.size() && rows_here + slots[end].rows <= kRowsAtOnce) rows_here += slots[end++].rows;
    // An hour alone may have too many: then its sources are taken in turns.
    const std::uint64_t turns = rows_here / kRowsAtOnce + 1;
    const std::string select = "SELECT " + time_column(subject.table) + " AS m_time, sensor, ip_version, src, src_low, " +
                               columns_of(subject.table) + where_of(subject, slots[begin].start_ns, slots[end - 1].start_ns + unit);
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
      auto answer = session.run(turns == 1 ? select : select + " AND src % " + std::to_string(turns) + " = " + std::to_string(turn));
      if (!answer) return answer.error();
      const NamedRows rows(*answer);
      for (std::size_t i = 0; i < rows.size(); ++i) keys.add(key_of(rows, i, sensors));
      if (keys.size() < most_keys) continue;
      if (auto taken = take(keys); !taken) return taken;
      keys = RowKeys(subject.table);
    }
    begin = end;
  }
  return keys.size() == 0 ? Result<void>{} : take(keys);
}

}  // namespace nightjar::cli
