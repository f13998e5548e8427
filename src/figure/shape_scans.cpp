#include <cstdint>
#include <map>
#include <string>

#include "base/time.hpp"
#include "figure/shapes.hpp"
#include "schema/traffic.hpp"
#include "store/scan_chain.hpp"

namespace nightjar {
namespace {

/// Up to this size of a sensor every destination has a bit of its own.
constexpr std::uint64_t kExactAddresses = 64;
/// An event has at least so many destinations (docs/definitions.md).
constexpr std::uint64_t kFewestDestinations = 10;

/// How far the events of the span were judged; an error if not at all.
Result<void> say_how_far(FigureRun& run) {
  const LakeVersion& version = run.snapshot().version();
  const auto flows = flows_by_day(version);
  const auto chain = scan_chain(version, flows);
  if (chain.empty()) return Error{"no scan events were judged from what the lake holds now; nightjar detect judges them"};
  const auto next = flows.upper_bound(chain.back().last_day);
  if (next != flows.end() && next->first * kHoursPerDay < run.observation.hours.to)
    run.answer.remarks.push_back("days from " + format_day(next->first) + " on are not judged yet; nightjar detect judges them");
  run.answer.remarks.push_back("by Merit's definition scaled to the sensor: " + chain.back().rules +
                               "; an event goes on until nothing came for timeout seconds");
  return {};
}

void say_sizes(FigureRun& run) {
  bool estimated = false;
  for (const auto& [sensor, addresses] : run.observation.addresses) {
    if (addresses == 0)
      run.answer.remarks.push_back("the size of " + sensor + " is unknown, so it has no scan events");
    else if (addresses < kFewestDestinations)
      run.answer.remarks.push_back(sensor + " watches " + std::to_string(addresses) + " addresses: too few for the " +
                                   std::to_string(kFewestDestinations) + " destinations of a scan event");
    estimated |= addresses > kExactAddresses;
  }
  if (estimated) run.answer.remarks.push_back("destinations are an estimate where a sensor watches more than 64 addresses");
}

}  // namespace

Result<void> shape_scan_events(FigureRun& run) {
  if (auto said = say_how_far(run); !said) return said;
  say_sizes(run);
  auto top = run.ask("main", {{"top", std::to_string(run.request.top)}});
  if (!top) return top.error();
  auto total = run.ask("total");
  if (!total) return total.error();
  const std::uint64_t all = NamedRows(*total).number(0, "packets");
  run.answer.total = all;
  const NamedRows events(*top);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::uint64_t packets = events.number(i, "packets"), traffic_class = events.number(i, "class");
    const bool known = traffic_class < kClassNames.size();
    run.answer.rows.push_back({host_text(4, events.number(i, "src")), country_text(events.text(i, "country")), events.number(i, "asn"),
                               figure_protocol(events.number(i, "protocol")), events.number(i, "port"),
                               std::string(known ? kClassNames[traffic_class] : ""), events.text(i, "sensor"), events.at(i, "first"),
                               events.at(i, "last"), packets, percent(packets, all), events.number(i, "destinations"), events.at(i, "rate"),
                               events.number(i, "timeout"), std::string(events.number(i, "open") == 0 ? "yes" : "goes on")});
  }
  return {};
}

Result<void> shape_survey_scanners(FigureRun& run) {
  auto hosts = run.ask("main");
  if (!hosts) return hosts.error();
  const FigureQuery* const query = run.file.query("packets");
  if (query == nullptr) return Error{"the figure " + run.file.name + " has no query \"packets\", which its shape needs"};
  // What survey scanners sent is what leaving them out takes away.
  std::map<std::string, std::uint64_t> all, without;
  Answer days;
  for (auto* const packets : {&all, &without}) {
    const LeftOut left_out{.survey = packets == &without};
    auto words = words_for(run.file, Table::flows, run.snapshot().version(), run.observation, run.filter, left_out, run.observation.hours);
    if (!words) return words.error();
    auto rows = run.ask_sql(query->sql, *words);
    if (!rows) return rows.error();
    const NamedRows named(*rows);
    for (std::size_t i = 0; i < named.size(); ++i) (*packets)[named.text(i, "day")] = named.number(i, "packets");
    if (packets == &all) days = *rows;
  }
  const NamedRows named(*hosts);
  std::map<std::string, std::size_t> row_of_day;
  for (std::size_t i = 0; i < named.size(); ++i) row_of_day[named.text(i, "day")] = i;
  std::uint64_t total = 0;
  for (const std::int64_t day : shown_days(run, days)) {
    const std::string text = format_day(day);
    const auto found = row_of_day.find(text);
    const bool any = found != row_of_day.end();
    const std::uint64_t packets = all[text], theirs = packets - without[text];
    total += packets;
    run.answer.rows.push_back({text, any ? named.number(found->second, "survey_hosts") : 0, theirs, percent(theirs, packets),
                               any ? named.number(found->second, "hosts") : 0});
  }
  run.answer.total = total;
  return {};
}

}  // namespace nightjar
