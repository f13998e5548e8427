#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "explain/explain.hpp"
#include "figure/small_lake.hpp"

namespace nightjar::test {

/// A darknet whose rows are written down host by host, and what explain_rise says of it. Days are those of June 2017: 1 to 30.
class RiseLake : public ::testing::Test {
 protected:
  static std::string day(int of_june) { return "2017-06-" + std::string(of_june < 10 ? "0" : "") + std::to_string(of_june); }
  static std::int64_t number(int of_june) { return *parse_day(day(of_june)); }
  /// The nth host of a block of 65,536.
  static std::string address(int block, int n) {
    return "100." + std::to_string(block) + "." + std::to_string(n / 256) + "." + std::to_string(n % 256);
  }

  using Shape = std::function<void(Flow&)>;
  /// One row each of `count` hosts, from the host `first` of the block on; 23/TCP unless `shape` says otherwise.
  void hosts(int of_june, int block, int count, const Shape& shape, int first = 0) {
    for (int n = first; n < first + count; ++n) {
      Flow flow(day(of_june), 6);
      flow.from(address(block, n)).tcp(23).window(5840);
      shape(flow);
      lake_.add(flow);
    }
  }
  static Shape of(const char* country, std::uint32_t asn = 0) {
    return [=](Flow& flow) { flow.origin(country, asn); };
  }
  static Shape mirai(const char* country, std::uint32_t asn = 0) {
    return [=](Flow& flow) { flow.origin(country, asn).facts(1).window(0); };
  }

  /// A rise of hosts on 23/TCP that peaks on 10 June, against the two days before its onset on the 9th.
  static Rise rise_of_hosts() {
    Rise rise;
    rise.port = 23;
    rise.peak_day = number(10);
    rise.onset_day = number(9);
    rise.usual_days = {number(7), number(8)};
    return rise;
  }
  static Rise rise_of_packets() {
    Rise rise = rise_of_hosts();
    rise.metric = Metric::packets;
    return rise;
  }
  /// All days watched by 64 addresses; change it for others.
  std::map<std::int64_t, Exposure> exposures_ = [] {
    std::map<std::int64_t, Exposure> days;
    for (int day = 1; day <= 30; ++day) days[number(day)] = {.address_days = 64, .coverage = 1, .trouble = false};
    return days;
  }();

  Explanation explain(const Rise& rise) {
    if (!written_) lake_.write();
    written_ = true;
    const auto session = lake_.session();
    auto explanation = explain_rise(*session, rise, exposures_);
    EXPECT_TRUE(explanation) << (explanation ? "" : explanation.error().sentence);
    return explanation ? *explanation : Explanation{};
  }

  /// "country=AR fingerprint=mirai: 97 %, usually 2 %, 100 hosts, 120 packets"
  static std::string text(const RisePart& part) {
    std::string line;
    for (const AttributeValue& value : part.attributes) line += (line.empty() ? "" : " ") + value.attribute + "=" + value.value;
    char numbers[128];
    std::snprintf(numbers, sizeof numbers, ": %.0f %%, usually %.0f %%, %llu hosts, %llu packets", 100 * part.share_of_rise,
                  100 * part.usual_share, static_cast<unsigned long long>(part.hosts), static_cast<unsigned long long>(part.packets));
    return line + numbers;
  }
  static std::vector<std::string> texts(const Explanation& explanation) {
    std::vector<std::string> lines;
    for (const RisePart& part : explanation.parts) lines.push_back(text(part));
    return lines;
  }
  static std::string text(const RelatedPort& port) {
    char line[96];
    std::snprintf(line, sizeof line, "%d/%d: %llu hosts, %llu packets, lift %.1f", port.protocol, port.port,
                  static_cast<unsigned long long>(port.hosts), static_cast<unsigned long long>(port.packets), port.lift);
    return line;
  }

  SmallLake lake_;

 private:
  bool written_ = false;
};

}  // namespace nightjar::test
