#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/time.hpp"
#include "simulate/scenario_parts.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::array<std::string_view, 4> kServices = {"dns", "ntp", "chargen", "ssdp"};
constexpr std::uint32_t kMostPots = 254;  ///< pot i is 100.127.254.(i + 1)
constexpr std::uint32_t kMostHoneypots = 256;
constexpr std::uint32_t kMany = 1'000'000;
constexpr double kRoundingOfShares = 1e-9;

void read_span(ScenarioTable& table, const Scenario& scenario, std::int64_t& from, std::int64_t& to) {
  from = table.time("from", scenario.from);
  to = table.time("to", scenario.to);
  check_span(table, "from", from, "to", to);
}

void read_services(ScenarioTable& table, Reflectors& reflectors) {
  constexpr std::string_view kExample = "services = { dns = 5260000, ntp = 2550000 }";
  if (table.need("services", kExample) == nullptr) return;
  const auto& entries = table.entries("services", kExample);
  if (entries.empty()) table.mistake(table.line(), fmt::format("services names at least one service: {}", kExample));
  for (const TomlEntry& entry : entries) {
    if (std::find(kServices.begin(), kServices.end(), entry.key) == kServices.end())
      table.mistake(entry.line, unknown("service", entry.key, {kServices.begin(), kServices.end()}));
    reflectors.services.push_back({entry.key, number_of(table.file(), entry.node, "attacks", kPositive)});
  }
}

void read_durations(ScenarioTable& table, Reflectors& reflectors) {
  constexpr std::string_view kExample = "durations = [[60, 0.3], [600, 0.8], [86400, 1]]: 30 % last at most 60 s, all at most a day";
  const TomlNode* node = table.need("durations", kExample);
  if (node == nullptr) return;
  each_pair(table.file(), *node, "durations", kExample, [&](const TomlNode& seconds, const TomlNode& share) {
    const DurationQuantile next{number_of(table.file(), seconds, "each duration, in seconds,", kPositive),
                                number_of(table.file(), share, "each share of durations", kShareAboveNone)};
    if (!reflectors.durations.empty() &&
        (next.seconds <= reflectors.durations.back().seconds || next.share <= reflectors.durations.back().share))
      table.mistake(seconds.line, "durations and their shares must ascend: a share counts the attacks that last at most so long");
    reflectors.durations.push_back(next);
  });
  if (!reflectors.durations.empty() && reflectors.durations.back().share < 1)
    table.mistake(node->line, "the last share of durations must be 1: all attacks end some time");
}

void read_victims(ScenarioTable& table, Reflectors& reflectors) {
  double attacks = 0, named = 0;
  for (const ReflectorService& service : reflectors.services) attacks += service.attacks;
  for (const TomlEntry& entry : table.entries("victims", "victims = { US = 2670000, CN = 1500000 }")) {
    const auto origin = parse_origin(entry.key);
    if (!origin || origin->country == kBogon || origin->asn != 0)
      table.mistake(entry.line, fmt::format("{} is no country of two capital letters, like \"US\"", in_quotes(entry.key)));
    reflectors.victims.push_back({origin ? origin->country : CountryCode{0}, number_of(table.file(), entry.node, "attacks", kPositive)});
    named += reflectors.victims.back().attacks;
  }
  if (named > attacks * (1 + kRoundingOfShares))
    table.mistake(table.find("victims")->line, fmt::format("victims have {} attacks, but services only {}", named, attacks));
  if (named < attacks * (1 - kRoundingOfShares) || table.find("other_countries") != nullptr)
    reflectors.other_countries = read_origins(table, "other_countries");
}

DrdosRise read_rise(ScenarioTable table, const Reflectors& reflectors, const Scenario& scenario) {
  DrdosRise rise;
  rise.incident = table.needed_text("incident", "incident = \"drdos-jp\"");
  check_incident(table, table.find("incident"), rise.incident, scenario);
  const std::string text = table.needed_text("origin", "origin = \"JP\", or \"JP/4713\" for one AS");
  if (const TomlNode* where = table.find("origin")) {
    const auto origin = parse_origin(text);
    if (!origin || origin->country == kBogon) {
      table.mistake(where->line, fmt::format("{} is no country (\"JP\") and no AS of one (\"JP/4713\")", in_quotes(text)));
    } else {
      rise.country = origin->country;
      rise.asn = origin->asn;
    }
  }
  rise.from = table.needed_time("from");
  rise.to = table.needed_time("to");
  check_span(table, "from", rise.from, "to", rise.to);
  table.need("attacks", "attacks = 12000");
  rise.attacks = table.number("attacks", 0, kPositive);
  table.done();
  double quota = 0, taken = rise.attacks;
  for (const VictimCountry& victim : reflectors.victims) quota += victim.country == rise.country ? victim.attacks : 0;
  for (const DrdosRise& other : reflectors.rises) taken += other.country == rise.country ? other.attacks : 0;
  if (taken > quota)
    table.mistake(table.line(), fmt::format("the rises on {} have {} attacks, but it has {} in victims", text.substr(0, 2), taken, quota));
  return rise;
}

}  // namespace

void read_darknet(ScenarioTable table, Scenario& scenario) {
  for (const TomlNode* node : table.tables("size", "darknet.size")) {
    ScenarioTable size(table.file(), *node, "[[darknet.size]]");
    SizeChange change;
    change.from = size.needed_time("from");
    if (change.from % kSecondsPerDay != 0) size.mistake(size.line(), "a size changes when a UTC day begins: from = \"2017-08-01T00:00Z\"");
    if (!scenario.sizes.empty() && change.from <= scenario.sizes.back().from) size.mistake(size.line(), "sizes must ascend in time");
    size.need("share", "share = 0.75");
    change.share = size.number("share", 1, kShareAboveNone);
    size.done();
    scenario.sizes.push_back(change);
  }
  table.done();
}

Outage read_outage(ScenarioTable table, const Scenario& scenario) {
  Outage outage;
  outage.sensor = table.needed_text("sensor", "sensor = \"darknet\"");
  std::vector<std::string> names = {"darknet"};
  if (scenario.honeypot.addresses > 0) names.emplace_back("honeypot");
  for (std::uint32_t pot = 1; pot <= scenario.reflectors.pots; ++pot) names.push_back(fmt::format("reflector-{}", pot));
  const TomlNode* sensor = table.find("sensor");
  if (sensor != nullptr && std::find(names.begin(), names.end(), outage.sensor) == names.end())
    table.mistake(sensor->line, unknown("sensor", outage.sensor, {names.begin(), names.end()}));
  outage.from = table.needed_time("from");
  outage.to = table.needed_time("to");
  check_span(table, "from", outage.from, "to", outage.to);
  table.done();
  return outage;
}

Reflectors read_reflectors(ScenarioTable table, const Scenario& scenario) {
  Reflectors reflectors;
  table.need("pots", "pots = 7");
  reflectors.pots = table.count("pots", 0, kMostPots);
  read_span(table, scenario, reflectors.from, reflectors.to);
  read_services(table, reflectors);
  read_durations(table, reflectors);
  read_victims(table, reflectors);
  for (const TomlNode* rise : table.tables("rise", "reflectors.rise"))
    reflectors.rises.push_back(read_rise(ScenarioTable(table.file(), *rise, "[[reflectors.rise]]"), reflectors, scenario));
  reflectors.multi_pot = table.number("multi_pot", reflectors.multi_pot, kShare);
  reflectors.multi_service = table.number("multi_service", reflectors.multi_service, kShare);
  reflectors.carpets = table.count("carpets", 0, kMany);
  reflectors.longest = table.truth("longest", false);
  reflectors.scanners_a_day = table.count("scanners_a_day", 0, kMany);
  reflectors.ntp_clients = table.count("ntp_clients", 0, kMany);
  reflectors.most_requests = table.count("most_requests", static_cast<std::uint32_t>(reflectors.most_requests), 1'000'000'000);
  table.done();
  return reflectors;
}

Honeypot read_honeypot(ScenarioTable table, const Scenario& scenario) {
  Honeypot honeypot;
  table.need("addresses", "addresses = 2");
  honeypot.addresses = table.count("addresses", 0, kMostHoneypots);
  read_span(table, scenario, honeypot.from, honeypot.to);
  honeypot.crawlers_a_day = table.number("crawlers_a_day", 0, {0, kMany, false});
  table.done();
  return honeypot;
}

}  // namespace nightjar::simulate
