#include "simulate/observatory_toml.hpp"

#include <gtest/gtest.h>

#include "sensor/sensors.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kBegin = 17'167 * 86'400LL;  // 2017-01-01

/// The darknet's addresses on a day, as ingest reads them out of the file.
std::uint64_t addresses_on(const SensorConfig& config, std::int64_t day) {
  std::uint64_t addresses = 0;
  for (const auto& prefix : config.sensors.front().prefixes) {
    if (prefix.from_day <= day && day < prefix.to_day) addresses += prefix.prefix.size();
  }
  return addresses;
}

SensorConfig read(const std::string& text) {
  auto config = parse_sensor_config(text, "nightjar.toml");
  EXPECT_TRUE(config) << (config ? "" : config.error().sentence) << "\n" << text;
  return config ? *config : SensorConfig{};
}

TEST(ObservatoryTomlTest, NamesEverySensorWithKindPrefixesAndCaptures) {
  Scenario scenario;
  scenario.name = "x";
  scenario.honeypot.addresses = 3;
  const SensorConfig config = read(observatory_toml(scenario, 100, 2, kBegin, kBegin + 86'400));
  ASSERT_EQ(config.sensors.size(), 4U);
  EXPECT_EQ(config.sensors[0].name, "darknet");
  EXPECT_EQ(config.sensors[1].name, "honeypot");
  EXPECT_EQ(config.sensors[1].kind, SensorKind::honeypot);
  EXPECT_EQ(config.sensors[3].name, "reflector-2");
  EXPECT_EQ(config.sensors[3].kind, SensorKind::reflector);
  ASSERT_EQ(config.sensors[3].prefixes.size(), 1U);
  EXPECT_EQ(format(config.sensors[3].prefixes[0].prefix), "100.127.254.2/32");
  EXPECT_EQ(addresses_on(config, kBegin / 86'400), 100U);
  EXPECT_TRUE(config.modelled);
}

TEST(ObservatoryTomlTest, SizesFollowTheScenarioDayByDay) {
  Scenario scenario;
  const auto day = [](int number) { return kBegin + number * 86'400LL; };
  scenario.sizes = {{day(0), 0.5}, {day(10), 1}, {day(20), 0.25}, {day(30), 0.75}};
  const SensorConfig config = read(observatory_toml(scenario, 1000, 0, day(0), day(40)));
  for (int number = 0; number < 40; ++number) {
    SCOPED_TRACE(number);
    const std::uint64_t expected = number < 10 ? 500 : number < 20 ? 1000 : number < 30 ? 250 : 750;
    EXPECT_EQ(addresses_on(config, kBegin / 86'400 + number), expected);
    EXPECT_EQ(observed_addresses(scenario, 1000, day(number)), expected);
  }
}

TEST(ObservatoryTomlTest, ASpanInTheMiddleBeginsWithItsOwnSize) {
  Scenario scenario;
  scenario.sizes = {{kBegin, 0.5}, {kBegin + 86'400, 1}};
  const SensorConfig config = read(observatory_toml(scenario, 64, 0, kBegin + 5 * 86'400LL, kBegin + 6 * 86'400LL));
  ASSERT_EQ(config.sensors.front().prefixes.size(), 1U);
  EXPECT_EQ(format(config.sensors.front().prefixes[0].prefix), "100.127.0.0/26");
}

}  // namespace
}  // namespace nightjar::simulate
