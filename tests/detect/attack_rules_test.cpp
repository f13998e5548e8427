// What is an attack: hand-made requests on both sides of every border.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/request_log.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kVictim = 0xC6336401;  // 198.51.100.1

class AttackRules : public ::testing::Test {
 protected:
  std::vector<std::string> found(const std::string& definition = "amppot") {
    AttackLake at;
    at.add_piece(log_);
    at.detect(definition);
    return at.attacks(definition);
  }
  RequestLog log_;
};

TEST_F(AttackRules, NinetyNineRequestsAreNoAttackAHundredAre) {
  log_.add({kMidnight, kVictim}, 99, kSecondMs);
  EXPECT_THAT(found(), IsEmpty());
  log_.add({kMidnight + 99 * kSecondMs, kVictim});
  EXPECT_THAT(found(), ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 0 99000 100"));
  log_.add({kMidnight + 100 * kSecondMs, kVictim});
  EXPECT_THAT(found(), ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 0 100000 101"));
}

TEST_F(AttackRules, APauseOfAnHourContinuesAndASecondMoreEnds) {
  const std::int64_t resumed = kMidnight + 49 * kSecondMs;
  for (const auto& [pause_s, expected] : {std::pair{3599, true}, {3600, true}, {3601, false}}) {
    log_ = RequestLog();
    log_.add({kMidnight, kVictim}, 50, kSecondMs);
    log_.add({resumed + pause_s * kSecondMs, kVictim}, 50, kSecondMs);
    EXPECT_EQ(found().size(), expected ? 1U : 0U) << pause_s;
  }
}

TEST_F(AttackRules, ThePauseIsJudgedByTheMillisecond) {
  log_.add({kMidnight, kVictim}, 50, kSecondMs);
  log_.add({kMidnight + 49 * kSecondMs + kHourMs + 1, kVictim}, 50, kSecondMs);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(AttackRules, AnAttackMayCrossHoursAndDaysAndLastTwentyOneDays) {
  constexpr std::int64_t step = kHourMs;  // the rarest requests that still are one stream
  constexpr int hours = 21 * 24;
  log_.add({kMidnight - kHourMs / 2, kVictim, 123, Service::ntp}, hours + 1, step);
  EXPECT_THAT(found(),
              ElementsAre("1 single 198.51.100.1/32 ntp 123 pot-1 -1800000 " + std::to_string(hours * step - kHourMs / 2) + " 505"));
}

TEST_F(AttackRules, TwoStreamsOfOneVictimAreTwoAttacks) {
  log_.add({kMidnight, kVictim}, 100, 10);
  log_.add({kMidnight + 2 * kHourMs, kVictim}, 120, 10);
  EXPECT_THAT(found(),
              ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 0 990 100", "1 single 198.51.100.1/32 dns 53 pot-1 7200000 7201190 120"));
}

TEST_F(AttackRules, RequestsToSeveralSensorsOrPortsAreNotAddedUpUntilEachIsLongEnough) {
  log_.add({kMidnight, kVictim, 53, Service::dns, 0}, 99, 10);
  log_.add({kMidnight, kVictim, 53, Service::dns, 1}, 99, 10);
  log_.add({kMidnight, kVictim, 123, Service::ntp, 0}, 99, 10);
  for (const char* definition : {"amppot", "per-sensor", "merged"}) EXPECT_THAT(found(definition), IsEmpty()) << definition;
}

TEST_F(AttackRules, WhatThreeSensorsSeeIsOneOrThree) {
  for (std::uint16_t sensor = 0; sensor < 3; ++sensor) log_.add({kMidnight + sensor, kVictim, 53, Service::dns, sensor}, 100, 10);
  EXPECT_THAT(found("amppot"), ElementsAre("1 single 198.51.100.1/32 dns 53  0 992 300"));
  EXPECT_THAT(found("merged"), ElementsAre("1 single 198.51.100.1/32 dns 53  0 992 300"));
  EXPECT_THAT(found("per-sensor"),
              ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 0 990 100", "1 single 198.51.100.1/32 dns 53 pot-2 1 991 100",
                          "1 single 198.51.100.1/32 dns 53 pot-3 2 992 100"));
}

TEST_F(AttackRules, WhatOtherSensorsGetOfItBelongsToAnAttackWhereSensorsAreCountedTogether) {
  log_.add({kMidnight, kVictim, 53, Service::dns, 0}, 100, 10);
  log_.add({kMidnight + 500, kVictim, 53, Service::dns, 1}, 20, kSecondMs);
  EXPECT_THAT(found("amppot"), ElementsAre("1 single 198.51.100.1/32 dns 53  0 19500 120"));
  EXPECT_THAT(found("per-sensor"), ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 0 990 100"));
}

TEST_F(AttackRules, SensorsThatSeeAVictimMoreThanTheGapApartSeeTwoAttacks) {
  log_.add({kMidnight, kVictim, 53, Service::dns, 0}, 100, 10);
  log_.add({kMidnight + 990 + kHourMs, kVictim, 53, Service::dns, 1}, 100, 10);
  EXPECT_EQ(found("amppot").size(), 1U);
  log_ = RequestLog();
  log_.add({kMidnight, kVictim, 53, Service::dns, 0}, 100, 10);
  log_.add({kMidnight + 991 + kHourMs, kVictim, 53, Service::dns, 1}, 100, 10);
  EXPECT_EQ(found("amppot").size(), 2U);
}

TEST_F(AttackRules, SeveralServicesOnOneVictimAreAnAttackOfLevelTwoWithItsPartsBelow) {
  log_.add({kMidnight, kVictim, 53, Service::dns}, 100, 10);
  log_.add({kMidnight + 500, kVictim, 123, Service::ntp}, 150, 10);
  EXPECT_THAT(found("amppot"),
              ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 0 990 100", "1 single 198.51.100.1/32 ntp 123 pot-1 500 1990 150",
                          "2 multi-service 198.51.100.1/32 dns ntp 0 pot-1 0 1990 250"));
  EXPECT_THAT(found("merged"), ElementsAre("1 multi-service 198.51.100.1/32 dns ntp 0 pot-1 0 1990 250")) << "there it is one that counts";
  AttackLake at;
  at.add_piece(log_);
  const DetectedAttacks done = at.detect();
  EXPECT_EQ(done.attacks, 2U);
  EXPECT_EQ(done.multi_service, 1U);
  EXPECT_THAT(
      at.ask("SELECT count(*) FROM attacks AS part, attacks AS whole WHERE part.parent = whole.id AND part.level = 1 AND whole.level = 2"),
      ElementsAre("2"));
}

TEST_F(AttackRules, UnknownServicesOnSeveralPortsAreSeveralServices) {
  log_.add({kMidnight, kVictim, 1111, Service::unknown}, 100, 10);
  log_.add({kMidnight, kVictim, 2222, Service::unknown}, 100, 10);
  EXPECT_EQ(found().back(), "2 multi-service 198.51.100.1/32 unknown 0 pot-1 0 990 200");
}

TEST_F(AttackRules, AnUnknownServiceOnAnotherPortIsAnotherServiceThanAKnownOne) {
  log_.add({kMidnight, kVictim, 53, Service::dns}, 100, 10);
  log_.add({kMidnight, kVictim, 1111, Service::unknown}, 100, 10);
  EXPECT_EQ(found().back(), "2 multi-service 198.51.100.1/32 unknown dns 0 pot-1 0 990 200");
  EXPECT_THAT(found("merged"), ElementsAre("1 multi-service 198.51.100.1/32 unknown dns 0 pot-1 0 990 200"));
}

TEST_F(AttackRules, WhatNobodyKnowsOnThePortOfAKnownServiceIsNotAnother) {
  log_.add({kMidnight, kVictim, 5300, Service::dns}, 100, 10);
  log_.add({kMidnight, kVictim, 5300, Service::unknown}, 3, 10);
  EXPECT_THAT(found(), ElementsAre("1 single 198.51.100.1/32 unknown dns 5300 pot-1 0 990 103"));
}

TEST_F(AttackRules, OneServiceOnTwoPortsIsOne) {
  log_.add({kMidnight, kVictim, 53, Service::dns}, 100, 10);
  log_.add({kMidnight, kVictim, 5300, Service::dns}, 100, 10);
  EXPECT_EQ(found().back(), "1 single 198.51.100.1/32 dns 5300 pot-1 0 990 100") << "and nothing of level 2";
}

TEST_F(AttackRules, HopscotchNeedsMoreThanFiveAtOneSensorAndJoinsSensors) {
  for (std::uint16_t sensor = 0; sensor < 3; ++sensor) log_.add({kMidnight, kVictim, 53, Service::dns, sensor}, 5, 10);
  EXPECT_THAT(found("hopscotch"), IsEmpty()) << "one probe more or less to many sensors is a scan";
  log_.add({kMidnight + 900 * kSecondMs + 40, kVictim, 53, Service::dns, 2});
  EXPECT_THAT(found("hopscotch"), ElementsAre("1 single 198.51.100.1/32 dns 53  0 900040 16"));
  log_.add({kMidnight + 1800 * kSecondMs + 41, kVictim, 53, Service::dns, 2}, 6, 10);
  EXPECT_EQ(found("hopscotch").size(), 2U) << "a pause of 900.001 s ends it";
}

TEST_F(AttackRules, AScanThatProbesManyPotsIsNoAttack) {
  RequestLog log(Names{"a", "b", "c", "d", "e", "f", "g", "h"});
  for (std::uint16_t port = 1; port < 200; ++port)
    for (std::uint16_t sensor = 0; sensor < 8; ++sensor) log.add({kMidnight + port, kVictim, port, Service::unknown, sensor});
  for (const char* definition : {"amppot", "per-sensor", "merged", "hopscotch"}) {
    AttackLake at;
    at.add_piece(log);
    EXPECT_EQ(at.detect(definition).attacks, 0U) << definition;
  }
}

TEST_F(AttackRules, RepliesNeitherBeginNorLengthenAnAttackButAddTheirBytes) {
  log_.add({kMidnight + 10 * kMinuteMs, kVictim}, 100, 10);
  AttackLake at;
  at.add_piece(log_);
  std::vector<RequestRow> replies;
  for (const std::int64_t minute : {0, 10, 11, 71, 72}) {
    RequestRow row{.minute = kDay * 1440 + minute, .src = kVictim, .bytes_out = 1000, .replies = 1};
    row.port = 53;
    row.service = static_cast<std::uint8_t>(Service::dns);
    row.ip_version = 4;
    replies.push_back(row);
  }
  at.add_requests(kDay, replies, {"pot-1"}, 2);
  at.detect();
  EXPECT_THAT(at.attacks(), ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 600000 600990 100"));
  // Within an hour of the last request, by the reply's minute: minutes 10, 11 and 70 at most.
  EXPECT_THAT(at.ask("SELECT bytes_in, bytes_out FROM attacks"), ElementsAre("6000 2000"));
}

// Acceptance vector 3 of the honeypot definitions.
TEST_F(AttackRules, ACarpetOverAPrefixIsOneAttackOfLevelTwoAndNoneByAmpPot) {
  for (std::uint64_t address = 0; address < 256; ++address) {
    log_.add({kMidnight + static_cast<std::int64_t>(address), 0xC6336400 + address, 53, Service::dns}, 50, kSecondMs);
    log_.add({kMidnight + static_cast<std::int64_t>(address), 0xC6336400 + address, 123, Service::ntp, 1}, 50, kSecondMs);
  }
  for (const char* definition : {"amppot", "per-sensor", "merged"}) {
    AttackLake at;
    at.add_piece(log_);
    const DetectedAttacks done = at.detect(definition);
    EXPECT_EQ(done.attacks, 0U) << definition;
    EXPECT_EQ(done.lone_carpets, 1U) << definition;
    EXPECT_THAT(at.attacks(definition), ElementsAre("2 carpet 198.51.100.0/24 dns ntp 0  0 49255 25600")) << definition;
    EXPECT_THAT(at.ask("SELECT victims, sensors, parent FROM attacks"), ElementsAre("256 2 "));
  }
}

TEST_F(AttackRules, ACarpetHasTenAddressesThatAreAskedForMoreThanFiveTimes) {
  for (std::uint64_t address = 0; address < 9; ++address) log_.add({kMidnight, kVictim + address}, 20, kSecondMs);
  log_.add({kMidnight, kVictim + 9}, 5, kSecondMs);
  EXPECT_THAT(found(), IsEmpty());
  log_.add({kMidnight + 5 * kSecondMs, kVictim + 9});
  EXPECT_THAT(found(), ElementsAre("2 carpet 198.51.100.0/24 dns 53 pot-1 0 19000 186"));
}

TEST_F(AttackRules, ACarpetsAddressesThatCountAloneAreItsParts) {
  for (std::uint64_t address = 0; address < 12; ++address) log_.add({kMidnight, kVictim + address}, 20, kSecondMs);
  log_.add({kMidnight, kVictim + 100}, 100, 10);
  log_.add({kMidnight, kVictim + 101, 123, Service::ntp}, 100, 10);
  AttackLake at;
  at.add_piece(log_);
  const DetectedAttacks done = at.detect();
  EXPECT_EQ(done.carpets, 1U);
  EXPECT_EQ(done.lone_carpets, 0U);
  EXPECT_THAT(
      at.ask("SELECT ip(src, src_low), parent = (SELECT id FROM attacks WHERE level = 2) FROM attacks WHERE level = 1 ORDER BY src"),
      ElementsAre("198.51.100.101 true", "198.51.100.102 false"))
      << "the other abuses a service that the carpet does not";
}

TEST_F(AttackRules, ACarpetOfIpv6IsASlash48) {
  constexpr std::uint64_t network = 0x20010DB800010000;
  for (std::uint64_t address = 0; address < 10; ++address) log_.add({kMidnight, network + address * 0x101}, 10, kSecondMs);
  log_.add({kMidnight, network + 0x10000}, 10, kSecondMs);  // next door
  EXPECT_THAT(found(), ElementsAre("2 carpet 2001:db8:1::/48 dns 53 pot-1 0 9000 100"));
}

TEST_F(AttackRules, OriginsOfTheVictimAreKept) {
  log_.country(kVictim, "JP", 64500);
  log_.add({kMidnight, kVictim}, 100, 10);
  AttackLake at;
  at.add_piece(log_);
  at.detect();
  EXPECT_THAT(at.ask("SELECT country, asn, victims, sensors, definition, parameters FROM attacks"),
              ElementsAre("JP 64500 1 1 amppot key=victim+port+sensor min=100 gap=3600 count=sensors carpet=10 carpet-requests=6"));
}

}  // namespace
}  // namespace nightjar
