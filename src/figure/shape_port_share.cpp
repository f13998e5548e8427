#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "enrich/services.hpp"
#include "figure/port_parts.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

/// The ports of most packets; of equal ones the lower protocol and port.
std::vector<Port> top_ports(const PortParts& parts, std::size_t top) {
  // A day has some 130,000 ports, of which ten are wanted: sorting all of them by way of the map took a sixth of the answer's time.
  std::vector<std::pair<std::uint64_t, Port>> ranked;
  ranked.reserve(parts.by_port.size());
  for (const auto& [port, packets] : parts.by_port) ranked.emplace_back(packets, port);
  const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(std::min(ranked.size(), top));
  std::partial_sort(ranked.begin(), end, ranked.end(),
                    [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  std::vector<Port> ports;
  for (auto at = ranked.begin(); at != end; ++at) ports.push_back(at->second);
  return ports;
}

std::uint64_t packets_of(const PortParts& parts, Port port) {
  const auto found = parts.by_port.find(port);
  return found == parts.by_port.end() ? 0 : found->second;
}

/// Hosts are counted for the ports that are shown only: exact sets of all 65,536 would cost more than the answer is worth.
/// A question a protocol: its rows lie together, while one condition over all of them would have to look at every row.
Result<std::map<Port, std::uint64_t>> count_hosts(FigureRun& run, const std::vector<Port>& ports) {
  std::map<std::uint8_t, std::string> lists;
  for (const auto& [protocol, port] : ports) {
    std::string& list = lists[protocol];
    list += (list.empty() ? "" : ", ") + std::to_string(port);
  }
  std::map<Port, std::uint64_t> hosts;
  for (const auto& [protocol, list] : lists) {
    auto rows = run.ask("hosts", {{"protocol", std::to_string(protocol)}, {"ports", list}});
    if (!rows) return rows.error();
    const NamedRows named(*rows);
    for (std::size_t i = 0; i < named.size(); ++i)
      hosts[{protocol, static_cast<std::uint16_t>(named.number(i, "port"))}] = named.number(i, "hosts");
  }
  return hosts;
}

/// The other span to compare with.
Result<std::optional<PortParts>> ask_other(FigureRun& run) {
  if (!run.request.compare) return std::optional<PortParts>();
  const TimeZone& zone = run.observation.zone;
  const auto [from, to] = *run.request.compare;
  run.answer.compare = {format_day(from), format_day(to)};
  auto parts = ask_port_parts(run, {zone.first_hour(from), zone.first_hour(to)});
  if (!parts) return parts.error();
  if (parts->total == 0) run.answer.remarks.push_back("there are no packets in the span to compare with");
  run.answer.columns.push_back({"compare_packets", FigureColumnKind::number});
  run.answer.columns.push_back({"compare_share", FigureColumnKind::percent});
  run.answer.columns.push_back({"change", FigureColumnKind::points});
  return std::optional(*std::move(parts));
}

/// Packets and share of the other span, and the change in percentage points.
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
  auto parts = ask_port_parts(run, run.observation.hours);
  if (!parts) return parts.error();
  const std::vector<Port> ports = top_ports(*parts, run.request.top);
  auto hosts = count_hosts(run, ports);
  if (!hosts) return hosts.error();
  auto other = ask_other(run);
  if (!other) return other.error();

  run.answer.total = parts->total;
  std::uint64_t shown = 0, shown_before = 0;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto [protocol, port] = ports[i];
    const std::uint64_t packets = packets_of(*parts, ports[i]);
    const Value share = percent(packets, parts->total);
    shown += packets;
    std::vector<Value> row = {
        std::uint64_t{i + 1}, figure_protocol(protocol), std::uint64_t{port}, std::string(service_name(protocol, port)), packets, share,
        (*hosts)[ports[i]]};
    if (*other) {
      const std::uint64_t before = packets_of(**other, ports[i]);
      shown_before += before;
      add_compared(row, before, (*other)->total, share);
    }
    run.answer.rows.push_back(std::move(row));
  }
  if (parts->total == 0) return {};
  const Value share = percent(parts->total - shown, parts->total);
  // Hosts of "other" stay open: it holds victims and hosts that stand in other rows too.
  std::vector<Value> row = {Value(), Value(), std::string("other"), Value(), parts->total - shown, share, Value()};
  if (*other) add_compared(row, (*other)->total - shown_before, (*other)->total, share);
  run.answer.rows.push_back(std::move(row));
  run.answer.other_parts = parts->list(shown, "other ports");
  return {};
}

}  // namespace nightjar
