#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "enrich/services.hpp"
#include "figure/port_parts.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

using Port = std::pair<std::uint8_t, std::uint16_t>;

struct Counted {
  std::uint64_t packets = 0, hosts = 0;
};

Port port_of(const NamedRows& rows, std::size_t row) {
  return {static_cast<std::uint8_t>(rows.number(row, "protocol")), static_cast<std::uint16_t>(rows.number(row, "port"))};
}

Result<std::map<Port, Counted>> count_ports(FigureRun& run, HourSpan hours, const std::vector<Port>& ports) {
  auto rows = run.ask("chosen", run.file.table, hours, {{"ports", ports_sql(ports)}});
  if (!rows) return rows.error();
  std::map<Port, Counted> counted;
  const NamedRows named(*rows);
  for (std::size_t i = 0; i < named.size(); ++i) counted[port_of(named, i)] = {named.number(i, "packets"), named.number(i, "hosts")};
  return counted;
}

/// The other span: the same ports, their shares and the change in percentage points.
struct Other {
  std::map<Port, Counted> ports;
  PortParts parts;
};

Result<std::optional<Other>> ask_other(FigureRun& run, const std::vector<Port>& ports) {
  if (!run.request.compare) return std::optional<Other>();
  const TimeZone& zone = run.observation.zone;
  const auto [from, to] = *run.request.compare;
  const HourSpan hours{zone.first_hour(from), zone.first_hour(to)};
  run.answer.compare = {format_day(from), format_day(to)};
  Other other;
  auto counted = count_ports(run, hours, ports);
  if (!counted) return counted.error();
  other.ports = *std::move(counted);
  auto parts = ask_port_parts(run, hours);
  if (!parts) return parts.error();
  other.parts = *parts;
  if (other.parts.total == 0) run.answer.remarks.push_back("there are no packets in the span to compare with");
  return std::optional(std::move(other));
}

void add_compared(std::vector<Value>& row, std::uint64_t packets, std::uint64_t total, const Value& share) {
  const Value before = percent(packets, total);
  row.emplace_back(packets);
  row.push_back(before);
  const auto* now = std::get_if<double>(&share);
  const auto* then = std::get_if<double>(&before);
  row.emplace_back();
  if (now != nullptr && then != nullptr) row.back() = *now - *then;
}

}  // namespace

Result<void> shape_port_share(FigureRun& run) {
  auto top = run.ask("ports", {{"top", std::to_string(run.request.top)}});
  if (!top) return top.error();
  const NamedRows named(*top);
  std::vector<Port> ports;
  for (std::size_t i = 0; i < named.size(); ++i) ports.push_back(port_of(named, i));
  // Hosts are counted for the ports that are shown only: exact sets of all 65,536 would cost more than the answer is worth.
  auto counted = count_ports(run, run.observation.hours, ports);
  if (!counted) return counted.error();
  auto parts = ask_port_parts(run, run.observation.hours);
  if (!parts) return parts.error();
  auto other = ask_other(run, ports);
  if (!other) return other.error();

  run.answer.total = parts->total;
  if (*other) {
    run.answer.columns.push_back({"compare_packets", FigureColumnKind::number});
    run.answer.columns.push_back({"compare_share", FigureColumnKind::percent});
    run.answer.columns.push_back({"change", FigureColumnKind::points});
  }
  std::uint64_t shown = 0, shown_before = 0;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto [protocol, port] = ports[i];
    const Counted now = (*counted)[ports[i]];
    const Value share = percent(now.packets, parts->total);
    shown += now.packets;
    std::vector<Value> row = {std::uint64_t{i + 1},
                              figure_protocol(protocol),
                              std::uint64_t{port},
                              std::string(service_name(protocol, port)),
                              now.packets,
                              share,
                              now.hosts};
    if (*other) {
      const std::uint64_t before = (*other)->ports[ports[i]].packets;
      shown_before += before;
      add_compared(row, before, (*other)->parts.total, share);
    }
    run.answer.rows.push_back(std::move(row));
  }
  if (parts->total == 0) return {};
  const Value share = percent(parts->total - shown, parts->total);
  // Hosts of "other" stay open: it holds victims and hosts that stand in other rows too.
  std::vector<Value> row = {Value(), Value(), std::string("other"), Value(), parts->total - shown, share, Value()};
  if (*other) add_compared(row, (*other)->parts.total - shown_before, (*other)->parts.total, share);
  run.answer.rows.push_back(std::move(row));
  run.answer.other_parts = parts->list(shown, "other ports");
  return {};
}

}  // namespace nightjar
