#include "detect/scanner_days.hpp"

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
using Lines = std::vector<std::string>;

const std::string kDay = "2017-03-01";

class ScannerDays : public testing::Test {
 protected:
  /// A source asks so many TCP ports from 1 on, with so many packets in all.
  void asks(const std::string& source, int ports, std::uint64_t packets, const std::string& sensor = "alpha",
            const std::string& day = kDay) {
    for (int port = 1; port <= ports; ++port)
      lake_.add(Flow(day, port % 24)
                    .from(source)
                    .at(sensor)
                    .tcp(static_cast<std::uint16_t>(port))
                    .packets(port == 1 ? packets - static_cast<std::uint64_t>(ports) + 1 : 1));
  }
  Lines made(const SurveyRule& rule = {}) {
    ScannerDaysOptions options;
    options.rule = rule;
    options.threads = 1;
    options.memory_bytes = 256 << 20;
    const auto days = ensure_scanner_days(lake_.lake(), *parse_day("2017-01-01"), *parse_day("2018-01-01"), options);
    EXPECT_TRUE(days) << (days ? "" : days.error().sentence);
    return rows();
  }
  Lines rows() { return lines_of_sql(lake_, "SELECT ip(src, src_low), ports, packets, survey FROM scanner_days ORDER BY day, src"); }
  SmallLake lake_;
};

TEST_F(ScannerDays, TenPortsAreFewElevenMakeARow) {
  lake_.sensor("alpha", 64);
  asks("198.51.100.1", 10, 1000);
  asks("198.51.100.2", 11, 11);
  lake_.write();
  EXPECT_EQ(made(), Lines{"198.51.100.2 11 11 0"});
}

TEST_F(ScannerDays, ASurveyScannerAsksThirtyPorts) {
  lake_.sensor("alpha", 64);
  asks("198.51.100.1", 29, 1000);
  asks("198.51.100.2", 30, 1000);
  lake_.write();
  EXPECT_EQ(made(), (Lines{"198.51.100.1 29 1000 0", "198.51.100.2 30 1000 1"}));
}

TEST_F(ScannerDays, ItsPacketsAreScaledToTheAddressesOfThatDay) {
  // 300,000 packets for 300,000 addresses are 256 for 256, whatever sensor saw them.
  lake_.sensor("alpha", 200);
  lake_.sensor("beta", 56);
  asks("198.51.100.1", 30, 255);
  asks("198.51.100.2", 30, 156);
  asks("198.51.100.2", 30, 100, "beta");
  lake_.write();
  EXPECT_EQ(made(), (Lines{"198.51.100.1 30 255 0", "198.51.100.2 30 256 1"}));
  // The next day the darknet is larger.
  lake_.sensor("alpha", 512);
  asks("198.51.100.2", 30, 256, "alpha", "2017-03-02");
  lake_.quiet_day("2017-03-02", "beta");
  lake_.write();
  EXPECT_EQ(made().back(), "198.51.100.2 30 256 0");
}

TEST_F(ScannerDays, WhereASizeIsUnknownNobodyIsOne) {
  lake_.sensor("alpha", 64);
  lake_.sensor("beta", 0);
  asks("198.51.100.1", 40, 100'000);
  asks("198.51.100.1", 40, 100'000, "beta");
  lake_.write();
  EXPECT_EQ(made(), Lines{"198.51.100.1 40 200000 0"});
}

TEST_F(ScannerDays, APortCountsOnceForEachProtocolAndOnlySynsAndAskingUdpCount) {
  lake_.sensor("alpha", 64);
  asks("198.51.100.1", 20, 40);
  for (std::uint16_t port = 1; port <= 10; ++port) {
    lake_.add(Flow(kDay, 3).from("198.51.100.1").udp(port).packets(4));
    lake_.add(Flow(kDay, 3).from("198.51.100.1").answer(6, static_cast<std::uint16_t>(100 + port)).packets(1000));
    lake_.add(Flow(kDay, 3).from("198.51.100.1").answer(17, static_cast<std::uint16_t>(100 + port)).packets(1000));
    lake_.add(Flow(kDay, 3).from("198.51.100.1").to(6, static_cast<std::uint16_t>(200 + port), TrafficClass::other).packets(1000));
  }
  lake_.add(Flow(kDay, 3).from("198.51.100.1").echo().packets(1000));
  lake_.write();
  EXPECT_EQ(made(), Lines{"198.51.100.1 30 80 1"});
}

TEST_F(ScannerDays, OtherSensorsThanDarknetsDoNotCount) {
  lake_.sensor("alpha", 64);
  lake_.sensor("pot", 0, SensorKind::honeypot);
  asks("198.51.100.1", 30, 63);
  asks("198.51.100.1", 60, 1000, "pot");
  lake_.write();
  EXPECT_EQ(made(), Lines{"198.51.100.1 30 63 0"});
}

TEST_F(ScannerDays, AnIPv6ScannerIsItsNetwork) {
  lake_.sensor("alpha", 64);
  for (std::uint16_t port = 1; port <= 30; ++port) lake_.add(Flow(kDay, 1).from("2001:db8::" + std::to_string(port)).tcp(port).packets(3));
  lake_.write();
  EXPECT_EQ(made(), Lines{"2001:db8:: 30 90 1"});
}

TEST_F(ScannerDays, TwoDaysDoNotAddUp) {
  lake_.sensor("alpha", 64);
  asks("198.51.100.1", 30, 63);
  asks("198.51.100.1", 30, 63, "alpha", "2017-03-02");
  lake_.write();
  EXPECT_EQ(made(), (Lines{"198.51.100.1 30 63 0", "198.51.100.1 30 63 0"}));
}

TEST_F(ScannerDays, OfADayThatChangedAreHiddenAndMadeAnew) {
  lake_.sensor("alpha", 64);
  asks("198.51.100.1", 30, 63);
  asks("198.51.100.2", 30, 64, "alpha", "2017-03-02");
  lake_.write();
  EXPECT_EQ(made(), (Lines{"198.51.100.1 30 63 0", "198.51.100.2 30 64 1"}));
  lake_.add(Flow(kDay, 1).from("198.51.100.1").tcp(1));
  lake_.write();
  EXPECT_EQ(rows(), Lines{"198.51.100.2 30 64 1"});
  const auto version = (*lake_.lake().snapshot())->version().number;
  EXPECT_EQ(made(), (Lines{"198.51.100.1 30 64 1", "198.51.100.2 30 64 1"}));
  EXPECT_EQ((*lake_.lake().snapshot())->version().number, version + 1);
  made();
  EXPECT_EQ((*lake_.lake().snapshot())->version().number, version + 1);
}

TEST_F(ScannerDays, AnotherRuleMakesThemAnewUnlessItIsToKeepThem) {
  lake_.sensor("alpha", 64);
  asks("198.51.100.1", 30, 64);
  lake_.write();
  EXPECT_EQ(made({.survey_ports = 31}), Lines{"198.51.100.1 30 64 0"});
  ScannerDaysOptions options;
  options.keep_other_rules = true;
  EXPECT_EQ(*ensure_scanner_days(lake_.lake(), 0, *parse_day("2018-01-01"), options), 0U);
  EXPECT_EQ(made({.survey_packets = 600'000}), Lines{"198.51.100.1 30 64 0"});
  EXPECT_EQ(made(), Lines{"198.51.100.1 30 64 1"});
}

}  // namespace
}  // namespace nightjar
