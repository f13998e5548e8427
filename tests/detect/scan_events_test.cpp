#include "detect/scan_events.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "figure/small_lake.hpp"
#include "scan_lake.hpp"

namespace nightjar {
namespace {

using test::Flow;
using test::lines_of_sql;
using test::SmallLake;

constexpr std::uint64_t kTenBits = 0x3FF, kNineBits = 0x1FF;

class ScanEvents : public testing::Test {
 protected:
  /// A source's packets at 23/TCP, with enough destinations, in one hour of a day.
  static Flow seen(const std::string& day, int hour, std::uint16_t first, std::uint16_t span) {
    return Flow(day, hour).from("198.51.100.1").tcp(23).packets(20).destinations(kTenBits).seconds(first, span);
  }
  void judge(const std::string& to, ScanRule rule = {}) {
    ScansOptions options;
    options.threads = 1;
    options.memory_bytes = 256 << 20;
    options.rule = rule;
    const auto made = ensure_scans(lake_.lake(), *parse_day(to), options);
    ASSERT_TRUE(made) << made.error().sentence;
  }
  std::vector<std::string> kept() {
    return lines_of_sql(lake_, "SELECT first, last, packets, open FROM scans WHERE kept = 1 ORDER BY first, src, port");
  }
  using Lines = std::vector<std::string>;
  SmallLake lake_;
};

TEST_F(ScanEvents, TimeoutIsMeritsScaledToTheSensorAndAtLeastAnHour) {
  const ScanRule rule;
  EXPECT_EQ(rule.timeout(64), 4'632'576U);   // 624 x 475136 / 64: 53.6 days
  EXPECT_EQ(rule.timeout(13'000), 22'807U);  // 22806.5...
  EXPECT_EQ(rule.timeout(82'356), 3600U);
  EXPECT_EQ(rule.timeout(82'334), 3601U);
  EXPECT_EQ(rule.timeout(475'136), 3600U);  // 624 by Merit
}

TEST_F(ScanEvents, APauseOfTheTimeoutContinuesOneSecondMoreEnds) {
  lake_.sensor("alpha", 300'000);
  lake_.add(seen("2017-03-01", 0, 0, 100));
  lake_.add(seen("2017-03-01", 1, 100, 100));  // 3600 s after 00:01:40
  lake_.add(seen("2017-03-01", 2, 201, 100));  // 3601 s after 01:03:20
  lake_.write();
  judge("2017-03-02");
  EXPECT_EQ(kept(), (Lines{"2017-03-01T00:00:00Z 2017-03-01T01:03:20Z 40 0", "2017-03-01T02:03:21Z 2017-03-01T02:05:01Z 20 0"}));
}

TEST_F(ScanEvents, PacketsOfOneHourAreOneEventAcrossMidnightToo) {
  lake_.sensor("alpha", 300'000);
  lake_.add(seen("2017-03-01", 22, 10, 0).facts(1));
  lake_.add(seen("2017-03-01", 22, 3500, 50).facts(2));
  lake_.add(seen("2017-03-01", 23, 3000, 500).facts(4));
  lake_.add(seen("2017-03-02", 0, 5, 10).facts(8));
  lake_.write();
  judge("2017-03-03");
  EXPECT_EQ(lines_of_sql(lake_, "SELECT first, last, packets, facts, timeout, addresses FROM scans"),
            (Lines{"2017-03-01T22:00:10Z 2017-03-02T00:00:15Z 80 15 3600 300000"}));
}

TEST_F(ScanEvents, NineDestinationsAreTooFewTenAreEnough) {
  lake_.sensor("alpha", 64);
  lake_.add(seen("2017-03-01", 0, 0, 100).destinations(kNineBits).tcp(23));
  lake_.add(seen("2017-03-01", 0, 0, 100).destinations(kTenBits).tcp(24));
  // Nine and one more half a day later.
  lake_.add(seen("2017-03-01", 0, 0, 100).destinations(kNineBits).tcp(25));
  lake_.add(seen("2017-03-01", 12, 0, 0).destinations(1ULL << 63).packets(1).tcp(25));
  lake_.write();
  judge("2017-03-02");
  EXPECT_EQ(lines_of_sql(lake_, "SELECT port, packets, open, timeout FROM scans WHERE kept = 1 ORDER BY port"),
            (Lines{"24 20 1 4632576", "25 21 1 4632576"}));
}

TEST_F(ScanEvents, OfMoreThan64AddressesTheEstimateCounts) {
  // -64 ln(1 - 8/64) = 8.5, -64 ln(1 - 9/64) = 9.7: about ten.
  lake_.sensor("alpha", 300'000);
  lake_.add(seen("2017-03-01", 0, 0, 100).destinations(0xFF).tcp(23));
  lake_.add(seen("2017-03-01", 0, 0, 100).destinations(kNineBits).tcp(24));
  lake_.write();
  judge("2017-03-02");
  EXPECT_EQ(lines_of_sql(lake_, "SELECT port FROM scans"), Lines{"24"});
}

TEST_F(ScanEvents, ASensorOfFewerAddressesThanDestinationsOrOfUnknownSizeHasNone) {
  lake_.sensor("alpha", 9);
  lake_.add(seen("2017-03-01", 0, 0, 100));
  lake_.sensor("beta", 0);
  lake_.add(seen("2017-03-01", 0, 0, 100).at("beta"));
  lake_.sensor("gamma", 10);
  lake_.add(seen("2017-03-01", 0, 0, 100).at("gamma"));
  lake_.sensor("pot", 256, SensorKind::honeypot);
  lake_.add(seen("2017-03-01", 0, 0, 100).at("pot"));
  lake_.write();
  judge("2017-03-02");
  EXPECT_EQ(lines_of_sql(lake_, "SELECT sensor FROM scans"), Lines{"gamma"});
  const auto said = scan_timeouts(lake_.lake());
  ASSERT_TRUE(said);
  EXPECT_EQ(*said, (Lines{"alpha: 9 addresses, fewer than the 10 destinations of a scan event: it cannot have any",
                          "beta: its size is unknown, so no scan event can be told; prefixes in nightjar.toml say it",
                          "gamma: 10 addresses, a scan event ends after 29,648,486 s of silence"}));
}

TEST_F(ScanEvents, TenPacketsASecondOverTheWholeSpaceAreEnoughLessAreNot) {
  // 2^32 / 2^28 = 16: 16 packets a second are seen as one. 20 packets in 32 s are 10 a second, in 33 s 9.7.
  lake_.sensor("alpha", 1 << 28);
  lake_.add(seen("2017-03-01", 0, 0, 32).tcp(23));
  lake_.add(seen("2017-03-01", 0, 0, 33).tcp(24));
  lake_.write();
  judge("2017-03-02");
  EXPECT_EQ(lines_of_sql(lake_, "SELECT port, rate FROM scans"), Lines{"23 10.0"});
}

TEST_F(ScanEvents, WithoutDurationThereIsNoRateAndNoEventUntilItLasts) {
  lake_.sensor("alpha", 300'000);
  lake_.add(seen("2017-03-01", 23, 3599, 0).packets(100'000).destinations(~0ULL));
  lake_.write();
  judge("2017-03-02");
  EXPECT_EQ(kept(), Lines{});
  lake_.add(seen("2017-03-02", 0, 0, 0).packets(1));
  lake_.write();
  judge("2017-03-03");
  EXPECT_EQ(kept(), Lines{"2017-03-01T23:59:59Z 2017-03-02T00:00:00Z 100001 0"});
}

TEST_F(ScanEvents, BackscatterAndIPv6AreNoScans) {
  lake_.sensor("alpha", 64);
  lake_.add(seen("2017-03-01", 0, 0, 100).answer(6, 80));
  lake_.add(seen("2017-03-01", 0, 0, 100).from("2001:db8::1").tcp(80));
  lake_.add(seen("2017-03-01", 0, 0, 100).udp(80));
  lake_.add(seen("2017-03-01", 0, 0, 100).echo());
  lake_.write();
  judge("2017-03-02");
  EXPECT_EQ(lines_of_sql(lake_, "SELECT protocol, port, class FROM scans ORDER BY protocol"), (Lines{"1 2048 4", "17 80 3"}));
}

TEST_F(ScanEvents, WhatGrowsOverManyDaysIsOneEventAndShownAsOpenUntilItsSilenceIsLongEnough) {
  lake_.sensor("alpha", 2'000);  // 148,242 s: 1.7 days
  for (int day = 1; day <= 8; ++day) {
    const std::string text = "2017-03-0" + std::to_string(day);
    // Two more destinations a day until the fifth; then only others keep the sensor busy.
    if (day <= 5) lake_.add(seen(text, 3, 0, 60).packets(2).destinations(3ULL << (2 * day)));
    lake_.add(Flow(text, 12).from("198.51.100.9").udp(9).destinations(1));
    lake_.write();
    judge(day == 8 ? "2017-03-09" : "2017-03-0" + std::to_string(day + 1));
    const Lines shown = kept();
    if (day < 5) {
      EXPECT_EQ(shown, Lines{}) << day;
    } else {
      // 2017-03-05T03:01 and 1.7 days are 2017-03-06T20:11.
      EXPECT_EQ(shown, Lines{"2017-03-01T03:00:00Z 2017-03-05T03:01:00Z 10 " + std::string(day < 6 ? "1" : "0")}) << day;
    }
  }
}

TEST_F(ScanEvents, JudgedAgainNothingIsWritten) {
  lake_.sensor("alpha", 300'000);
  lake_.add(seen("2017-03-01", 0, 0, 100));
  lake_.write();
  judge("2017-03-02");
  const auto before = (*lake_.lake().snapshot())->version().number;
  judge("2017-03-02");
  judge("2017-03-09");
  EXPECT_EQ((*lake_.lake().snapshot())->version().number, before);
  // By another rule they are replaced.
  judge("2017-03-02", {.destinations = 12});
  EXPECT_EQ(kept(), Lines{});
  EXPECT_GT((*lake_.lake().snapshot())->version().number, before);
}

TEST_F(ScanEvents, OfADayThatChangedSinceAreNotShown) {
  lake_.sensor("alpha", 300'000);
  lake_.add(seen("2017-03-01", 0, 0, 100));
  lake_.write();
  lake_.add(seen("2017-03-02", 0, 0, 100));
  lake_.write();
  judge("2017-03-03");
  EXPECT_EQ(kept().size(), 2U);
  lake_.add(seen("2017-03-02", 5, 0, 100));
  lake_.write();
  EXPECT_EQ(kept().size(), 1U);
  judge("2017-03-03");
  EXPECT_EQ(kept().size(), 3U);
}

}  // namespace
}  // namespace nightjar
