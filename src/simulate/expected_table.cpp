#include "simulate/expected_table.hpp"

#include <cmath>
#include <map>
#include <set>

#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"

namespace nightjar::simulate {
namespace {

std::string text_of(CountryCode country) { return {static_cast<char>(country & 0xff), static_cast<char>(country >> 8)}; }

/// Everything that the scenario names.
struct Names {
  std::set<std::pair<std::uint8_t, std::uint16_t>> ports;
  std::map<std::string, CountryCode> countries;  ///< by their letters, in that order
};

Names names_of(const Scenario& scenario) {
  Names names;
  for (const Population& population : scenario.populations) {
    for (const PortWeight& port : population.ports) {
      if (port.port != 0 && port.protocol != protocol::kIcmp) names.ports.insert({port.protocol, port.port});
    }
    for (const OriginWeight& origin : population.origins) {
      if (origin.country != kBogon) names.countries.emplace(text_of(origin.country), origin.country);
    }
  }
  return names;
}

}  // namespace

std::vector<ExpectedRow> expected_table(const Model& model, double addresses, std::int64_t from, std::int64_t to,
                                        const ExpectedQuestion& question) {
  const Expectation expectation(model, addresses);
  const Names names = names_of(model.scenario());
  const std::int64_t offset = model.scenario().utc_offset;
  std::vector<ExpectedRow> rows;
  for (std::int64_t day = floor_div(from + offset, kSecondsPerDay); day * kSecondsPerDay - offset < to; ++day) {
    const std::int64_t hour = floor_div(day * kSecondsPerDay - offset, kSecondsPerHour);
    const auto add = [&](Part part) {
      ExpectedRow row;
      const Expected asking = expectation.day(hour, part);
      row.hosts = asking.hosts;
      // Only where neither port nor country nor fingerprint is asked for, packets of all classes count.
      const bool all_classes = !part.port && !part.country && !part.fingerprint;
      part.asking = !all_classes;
      const Expected packets = all_classes ? expectation.day(hour, part) : asking;
      if (packets.packets <= 0) return;
      row.day = format_day(day);
      row.packets = packets.packets;
      row.packets_deviation = std::sqrt(packets.packets_variance);
      if (part.protocol) row.protocol = protocol_name(*part.protocol);
      row.port = part.port;
      if (part.country) row.country = text_of(*part.country);
      if (part.fingerprint) row.fingerprint = fingerprint_catalogue()[*part.fingerprint].name;
      rows.push_back(std::move(row));
    };
    Part asked;
    asked.protocol = question.protocol;
    asked.port = question.port;
    asked.country = question.country;
    add(asked);
    if (!question.protocol) {
      for (const std::uint8_t number : {protocol::kTcp, protocol::kUdp, protocol::kIcmp}) {
        Part part = asked;
        part.protocol = number;
        add(part);
      }
    }
    if (!question.port) {
      for (const auto& [number, port] : names.ports) {
        if (question.protocol && *question.protocol != number) continue;
        Part part = asked;
        part.protocol = number;
        part.port = port;
        add(part);
      }
    }
    for (std::uint32_t index = 0; index < fingerprint_catalogue().size(); ++index) {
      Part part = asked;
      part.fingerprint = index;
      add(part);
    }
    if (!question.country) {
      for (const auto& [letters, country] : names.countries) {
        Part part = asked;
        part.country = country;
        add(part);
      }
    }
  }
  return rows;
}

}  // namespace nightjar::simulate
