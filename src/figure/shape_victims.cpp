#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "figure/filter_sql.hpp"
#include "figure/shapes.hpp"
#include "net/address.hpp"

namespace nightjar {
namespace {

/// Up to this size of a sensor every destination has a bit of its own.
constexpr std::uint64_t kExactAddresses = 64;

/// src, src_low, ip_version, protocol, port
using Victim = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>;

Victim victim_of(const NamedRows& rows, std::size_t row) {
  return {rows.number(row, "src"), rows.number(row, "src_low"), rows.number(row, "ip_version"), rows.number(row, "protocol"),
          rows.number(row, "port")};
}

struct Seen {
  std::uint64_t destinations = 0;
  std::string country;
  Value first, last;
};

/// Size of the sensor of a row, 0 where unknown.
std::string addresses_sql(const Observation& observation) {
  std::string out;
  for (const auto& [sensor, addresses] : observation.addresses)
    out += " WHEN sensor = " + sql_literal(sensor) + " THEN " + std::to_string(addresses);
  return out.empty() ? "0" : "CASE" + out + " ELSE 0 END";
}

Value earlier(const Value& a, const Value& b) { return text_of(a).empty() || text_of(b) < text_of(a) ? b : a; }
Value later(const Value& a, const Value& b) { return text_of(a) < text_of(b) ? b : a; }

}  // namespace

Result<void> shape_victims(FigureRun& run) {
  auto top = run.ask("main", {{"top", std::to_string(run.request.top)}});
  if (!top) return top.error();
  const NamedRows ranked(*top);
  std::string list;
  for (std::size_t i = 0; i < ranked.size(); ++i) list += (i == 0 ? "" : ", ") + std::to_string(ranked.number(i, "src"));
  if (list.empty()) return {};
  auto details = run.ask("details", {{"sources", list}, {"addresses", addresses_sql(run.observation)}});
  if (!details) return details.error();
  const NamedRows named(*details);
  std::map<Victim, Seen> seen;
  for (std::size_t i = 0; i < named.size(); ++i) {
    Seen& victim = seen[victim_of(named, i)];
    victim.destinations += named.number(i, "destinations");
    victim.country = std::max(victim.country, named.text(i, "country"));
    victim.first = earlier(victim.first, named.at(i, "first"));
    victim.last = later(victim.last, named.at(i, "last"));
  }
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const Victim victim = victim_of(ranked, i);
    const auto& [src, src_low, version, protocol, port] = victim;
    const Seen& more = seen[victim];
    run.answer.rows.push_back({format(Address{static_cast<std::uint8_t>(version), src, src_low}), figure_protocol(protocol), port,
                               country_text(more.country), ranked.number(i, "packets"), more.destinations, more.first, more.last});
  }
  const auto exact = [](const auto& sensor) { return sensor.second >= 1 && sensor.second <= kExactAddresses; };
  if (!std::ranges::all_of(run.observation.addresses, exact))
    run.answer.remarks.push_back(
        "destinations are an estimate where a sensor watches more than 64 addresses or an unknown number: about 270 at most can be told "
        "apart");
  return {};
}

}  // namespace nightjar
