#pragma once
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "enrich/geolocation.hpp"
#include "simulate/drdos.hpp"

namespace nightjar::simulate {

/// Attacks by victim country with the shares of NICTER's observation report 2017, chapter 4: US a third, US and CN above a half, the top
/// five two thirds, JP 31,000 at rank 25. The other countries are chosen.
inline std::vector<VictimCountry> report_victims() {
  const std::vector<std::pair<const char*, double>> thousands = {
      {"US", 2680}, {"CN", 1480}, {"FR", 470}, {"GB", 370}, {"DE", 336}, {"CA", 262},  {"NL", 221}, {"RU", 189}, {"BR", 168}, {"KR", 149},
      {"AU", 132},  {"PL", 118},  {"IT", 106}, {"TR", 96},  {"HK", 87},  {"SE", 79},   {"ES", 71},  {"UA", 64},  {"SG", 58},  {"RO", 52},
      {"SA", 47},   {"IN", 43},   {"TH", 39},  {"VN", 35},  {"JP", 31},  {"MX", 29.5}, {"TW", 28},  {"AR", 26},  {"CZ", 24},  {"FI", 22}};
  std::vector<VictimCountry> victims;
  for (const auto& [code, attacks] : thousands) victims.push_back({country_code(code[0], code[1]), attacks * 1000});
  return victims;
}

/// 24 countries that no entry names share the rest.
inline std::vector<OriginWeight> report_other_countries() {
  std::vector<OriginWeight> others;
  for (char letter = 'A'; letter <= 'X'; ++letter) others.push_back({country_code('Z', letter), 0, 1});
  return others;
}

/// A world in which each of these countries has 2^18 addresses in two ASes: number 100 + 2i and 101 + 2i.
class ReportWorld : public Geolocation {
 public:
  static constexpr std::uint32_t kFirst = 0x10000000, kSize = 1 << 18;
  ReportWorld() {
    for (const VictimCountry& victim : report_victims()) countries_.push_back(victim.country);
    for (const OriginWeight& other : report_other_countries()) countries_.push_back(other.country);
  }
  Origin lookup(std::uint8_t, std::uint64_t src, std::uint64_t) const override {
    const std::uint64_t half = (src - kFirst) / (kSize / 2);
    if (src < kFirst || half / 2 >= countries_.size()) return {};
    return {static_cast<std::uint32_t>(100 + half), countries_[half / 2]};
  }
  std::string as_name(std::uint32_t) const override { return {}; }
  const std::vector<GeolocationSource>& sources() const override { return sources_; }
  void visit_ipv4(const Ipv4Visitor& visit) const override {
    for (std::uint32_t i = 0; i < 2 * countries_.size(); ++i) {
      const std::uint32_t first = kFirst + i * (kSize / 2);
      visit(first, first + kSize / 2 - 1, lookup(4, first, 0));
    }
  }
  /// The first AS of a country.
  std::uint32_t asn(CountryCode country) const {
    for (std::uint32_t i = 0; i < countries_.size(); ++i) {
      if (countries_[i] == country) return 100 + 2 * i;
    }
    throw std::out_of_range("no such country");
  }

 private:
  std::vector<CountryCode> countries_;
  std::vector<GeolocationSource> sources_ = {{"report-world", "test", "2017-01-01"}};
};

/// The report's half year: 2017-07-01 to 2017-12-31 JST.
inline Reflectors report_reflectors() {
  Reflectors reflectors;
  reflectors.pots = 7;
  reflectors.from = 1'498'834'800;  // 2017-06-30T15:00:00Z
  reflectors.to = 1'514'732'400;    // 2017-12-31T15:00:00Z
  reflectors.services = {{"dns", 5'260'000}, {"ntp", 2'550'000}, {"chargen", 120'000}, {"ssdp", 70'000}};
  reflectors.durations = {{60, 0.30}, {600, 0.80}, {3600, 0.985}, {86'400, 0.9995}, {604'800, 1}};
  reflectors.victims = report_victims();
  reflectors.other_countries = report_other_countries();
  const CountryCode japan = country_code('J', 'P');
  reflectors.rises = {{"drdos-jp", japan, ReportWorld().asn(japan), 1'509'462'000, reflectors.to, 12'000}};  // from 2017-11-01 JST
  reflectors.carpets = 3;
  reflectors.longest = true;
  reflectors.scanners_a_day = 12;
  reflectors.ntp_clients = 20;
  return reflectors;
}

/// Traffic with the origins that it needs.
struct DrawnReflectors {
  explicit DrawnReflectors(const Reflectors& reflectors = report_reflectors(), DrdosTraffic::Config config = {0.001, 2017})
      : origins(*Origins::build(ReportWorld())), traffic(DrdosTraffic::draw(reflectors, origins, config)) {
    if (!traffic) throw std::runtime_error(traffic.error().sentence);
  }
  const DrdosTraffic* operator->() const { return &*traffic; }

  Origins origins;
  Result<DrdosTraffic> traffic;
};

}  // namespace nightjar::simulate
