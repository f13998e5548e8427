#include "figure/shapes.hpp"

#include <array>
#include <set>
#include <utility>

#include "base/time.hpp"
#include "net/address.hpp"

namespace nightjar {

Shape find_shape(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Shape>, 18> shapes = {{{"days", shape_days},
                                                                          {"days-by-fingerprint", shape_days_by_fingerprint},
                                                                          {"ranked", shape_ranked},
                                                                          {"port-share", shape_port_share},
                                                                          {"port-groups", shape_port_groups},
                                                                          {"fingerprints", shape_fingerprints},
                                                                          {"sources", shape_sources},
                                                                          {"victims", shape_victims},
                                                                          {"yearly", shape_yearly},
                                                                          {"days-by-tag", shape_days_by_tag},
                                                                          {"counted", shape_counted},
                                                                          {"attacks-by-day", shape_attacks_by_day},
                                                                          {"attack-countries", shape_attack_countries},
                                                                          {"attack-services", shape_attack_services},
                                                                          {"attack-durations", shape_attack_durations},
                                                                          {"attack-summary", shape_attack_summary},
                                                                          {"scan-events", shape_scan_events},
                                                                          {"survey-scanners", shape_survey_scanners}}};
  for (const auto& [known, shape] : shapes)
    if (known == name) return shape;
  return nullptr;
}

std::string host_text(std::uint8_t ip_version, std::uint64_t src) {
  const Address address{ip_version, src, 0};
  return ip_version == 4 ? format(address) : format(Prefix{address, 64});
}

std::string figure_protocol(std::uint64_t number) {
  constexpr std::uint64_t icmp = 1, icmpv6 = 58;
  return number == icmp || number == icmpv6 ? "icmp" : protocol_name(static_cast<std::uint8_t>(number));
}

std::string country_text(const std::string& code) { return code.empty() ? "unknown" : code; }

std::vector<std::int64_t> shown_days(FigureRun& run, const Answer& rows) {
  const Observation& observation = run.observation;
  std::set<std::int64_t> days;
  const NamedRows named(rows);
  for (std::size_t i = 0; i < named.size(); ++i)
    if (const auto day = parse_day(named.text(i, "day"))) days.insert(*day);
  std::size_t missing = 0;
  for (std::int64_t day = observation.from_day; day < observation.to_day; ++day) {
    if (days.contains(day)) continue;
    if (observation.observed(day))
      days.insert(day);
    else
      ++missing;
  }
  if (missing > 0)
    run.answer.remarks.push_back(std::to_string(missing) + (missing == 1 ? " day of the span has" : " days of the span have") +
                                 " no row: no sensor watched the whole day, which is not the same as no packets");
  return {days.begin(), days.end()};
}

}  // namespace nightjar
