// A second wave on a port that the first still raises, and what is left of waves: through the whole of detection, and wave by wave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "exposure/darknet_lake.hpp"
#include "incident/incident_files.hpp"
#include "judge/detect_incidents.hpp"
#include "judge/judged_days.hpp"

namespace nightjar {
namespace {

using namespace test;
using ::testing::SizeIs;

constexpr std::int64_t kDays = 45;

/// 45 days of a darknet of 64 addresses: a hum, and the hosts that a test asks for.
class SecondWave : public ::testing::Test {
 protected:
  /// Hosts of a country, one packet each in Mirai's way, from the day on.
  void hosts(std::int64_t day, std::uint16_t port, const char* country, std::uint64_t first, const std::vector<std::uint64_t>& counts) {
    for (const std::uint64_t count : counts) {
      for (std::uint64_t n = 0; n < count; ++n) {
        FlowRow row;
        row.hour = (kDay + day) * 24 + static_cast<std::int64_t>(n % 24);
        row.src = 0x64400000 + first + n;
        row.ip_version = 4;
        row.packets = 1;
        row.bytes = 40;
        row.dst_bits = 1;
        row.protocol = 6;
        row.port = port;
        row.traffic_class = 1;
        row.facts = fact::kSeqIsDst;
        row.asn = 64'500;
        row.country = country_code(country[0], country[1]);
        flows_[kDay + day].push_back(row);
      }
      ++day;
    }
  }
  /// By port and the day of their onset, counted from the first.
  std::map<std::pair<std::uint16_t, std::int64_t>, Incident> detected() {
    lake_.hum_days(kDay, kDay + kDays, 0.5);
    lake_.write();
    const Writer writer = take(lake_.lake().begin_write());
    std::vector<LakeFile> files;
    for (auto& [day, rows] : flows_) files.push_back(lake_.write_rows(writer, Table::flows, day, rows, {"darknet"}));
    lake_.commit(writer, files);
    DetectIncidentsOptions options;
    options.threads = 1;
    Lake lake = lake_.lake();
    take(detect_incidents(lake, options));
    const auto session = lake_.session();
    std::map<std::pair<std::uint16_t, std::int64_t>, Incident> found;
    for (Incident& one : take(read_incidents(*session, {}))) {
      const std::pair key(one.port, one.onset_ms / 86'400'000 - kDay);
      found[key] = std::move(one);
    }
    return found;
  }

  DarknetLake lake_;
  std::map<std::int64_t, std::vector<FlowRow>> flows_;
};

TEST_F(SecondWave, OnAPortThatTheFirstStillRaisesIsComparedWithWhatThePortHadComeTo) {
  for (std::int64_t day = 0; day < kDays; ++day) hosts(day, 23, "BR", 0, {15});
  hosts(30, 37'777, "AR", 1'000, {100, 120, 110, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 5});
  hosts(35, 37'777, "VN", 2'000, {80, 90, 80, 70, 60, 50, 40, 30, 20, 10});
  hosts(35, 37'777, "TH", 3'000, {70, 70, 70, 70, 60, 50, 40, 30, 20, 10});
  const auto found = detected();
  ASSERT_THAT(found, SizeIs(2));
  const Incident& first = found.at({37'777, 30});
  EXPECT_EQ(first.kind, IncidentKind::new_port);
  EXPECT_LT(first.expected, 1);
  const Incident& second = found.at({37'777, 35});
  EXPECT_EQ(second.kind, IncidentKind::host_spike);
  // The middle of 110, 100 and 90; at its peak the port has 160 of the second and 70 of the first.
  EXPECT_EQ(second.expected, 100);
  EXPECT_EQ(second.observed, 230);
  EXPECT_EQ(second.basis.level_days, (std::vector<std::int64_t>{kDay + 32, kDay + 33, kDay + 34}));
}

TEST_F(SecondWave, OfACountryThatTheFirstHadNotIsComparedWithItsOwnLevel) {
  for (std::int64_t day = 0; day < kDays; ++day) hosts(day, 37'777, "VN", 0, {15});
  hosts(30, 37'777, "AR", 1'000, {300, 320, 310, 300, 290, 280, 270, 260, 250, 240, 230, 220, 210, 200, 200});
  hosts(35, 37'777, "VN", 2'000, {150, 160, 150, 140, 120, 100, 80, 60, 40, 20});
  const auto found = detected();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found.at({37'777, 35}).expected, 15);
  EXPECT_EQ(found.at({37'777, 35}).basis.level_days.back(), kDay + 29);
}

TEST_F(SecondWave, AfterTheFirstIsOverIsComparedWithTheLevelBeforeIt) {
  for (std::int64_t day = 0; day < kDays; ++day) hosts(day, 23, "BR", 0, {15});
  hosts(25, 37'777, "AR", 1'000, {100, 120, 60, 20, 5});
  hosts(36, 37'777, "VN", 2'000, {150, 160, 150, 140, 120, 100});
  const auto found = detected();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found.at({37'777, 36}).kind, IncidentKind::new_port);
  EXPECT_LT(found.at({37'777, 36}).expected, 1);
}

// ------------------------------------------------------------------------------------------------------- what waves leave

TEST_F(JudgedDays, WhatOneCountryOfAClosedWaveLeavesIsNoWave) {
  ask_always(0, 80, 5555, code("GB"), kMirai, 60);
  ask_days(28, 5555, code("GB"), kMirai, {60, 60, 50, 40, 20, 10, 5});
  ask_days(28, 5555, code("DE"), kMirai, {200, 220, 180, 130, 80, 50, 25});
  // In both countries together 25 are lost in what is usual; in Germany there was nobody before.
  for (std::int64_t day = 35; day < 80; ++day) ask(day, 5555, code("DE"), kMirai, day % 5 == 0 ? 32 : 18);
  const auto waves = judged(80);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].first_day, kFirst + 28);
  EXPECT_TRUE(waves[0].closed);
}

TEST_F(JudgedDays, WhatRisesAboveTheRemainderOfAClosedWaveIsAnother) {
  ask_always(0, 80, 5555, code("GB"), kMirai, 60);
  ask_days(28, 5555, code("GB"), kMirai, {60, 60, 50, 40, 20, 10, 5});
  ask_days(28, 5555, code("DE"), kMirai, {200, 220, 180, 130, 80, 50, 25});
  for (std::int64_t day = 35; day < 80; ++day) ask(day, 5555, code("DE"), kMirai, day % 5 == 0 ? 32 : 18);
  ask_days(55, 5555, code("DE"), kMirai, {120, 140, 100, 60, 20});
  const auto waves = judged(80);
  ASSERT_THAT(waves, SizeIs(2));
  EXPECT_EQ(waves[1].first_day, kFirst + 55);
  EXPECT_EQ(waves[1].population, population({code("DE")}, {kMirai}));
}

// ------------------------------------------------------------------------------------------------- ports of a campaign

/// Sixty hosts of four countries with one tool, on ports that hardly anybody asks and on one that the same tool asks always.
class Campaign : public JudgedDays {
 protected:
  static constexpr std::uint16_t kQuiet = 2222, kQuieter = 5985, kBusy = 8443;

  void SetUp() override {
    ask_always(0, 40, kBusy, code("RU"), kNoTool, 60);
    ask_always(0, 40, kBusy, code("NL"), kNoTool, 60);
    ask_always(0, 40, kBusy, code("US"), kZmap, 60);
  }
  void campaign(std::int64_t day) {
    for (std::int64_t one = day; one < day + 3; ++one) {
      for (const std::uint16_t port : {kQuiet, kQuieter, kBusy}) {
        ask(one, port, code("RU"), kZmap, 22, 20);
        ask(one, port, code("NL"), kZmap, 15, 20);
        ask(one, port, code("US"), kZmap, 15, 20);
        ask(one, port, code("SC"), kZmap, 8, 20);
      }
    }
  }
};

TEST_F(Campaign, PacketsOfOneOfItsCountriesAtABusyPortAreOfIt) {
  campaign(30);
  const auto waves = judged(40);
  bool packets = false;
  for (const Wave& wave : waves) {
    EXPECT_EQ(wave.group, waves[0].group) << wave.port;
    packets = packets || wave.metric == Metric::packets;
  }
  EXPECT_TRUE(packets);
}

TEST_F(Campaign, PacketsOfAnotherToolOnThatDayAreNot) {
  campaign(30);
  for (std::int64_t day = 30; day < 33; ++day) ask(day, 3389, code("NL"), kNoTool, 5, 200);
  std::size_t others = 0;
  const auto waves = judged(40);
  for (const Wave& wave : waves) others += wave.port == 3389 && wave.group != waves[0].group;
  EXPECT_EQ(others, 1U);
}

}  // namespace
}  // namespace nightjar
