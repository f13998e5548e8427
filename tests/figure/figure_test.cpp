#include "figure/figure.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "small_lake.hpp"

namespace nightjar {
namespace {

using test::Flow;
using test::line_of;
using test::lines_of;
using test::SmallLake;
using Lines = std::vector<std::string>;

constexpr auto kOther = TrafficClass::other;

FigureRequest asked(const std::string& figure, const std::string& where = "") {
  FigureRequest request;
  request.figure = figure;
  request.where = where;
  return request;
}

BackscatterRow victim(const std::string& address, const std::string& day, int minute, std::uint16_t port, std::uint64_t packets,
                      std::uint64_t bits) {
  BackscatterRow row;
  const auto parsed = parse_address(address);
  row.minute = *parse_day(day) * 24 * 60 + minute;
  row.ip_version = parsed->version;
  row.src = parsed->high;
  row.src_low = parsed->low;
  row.protocol = 6;
  row.port = port;
  row.packets = packets;
  row.dst_bits = bits;
  row.first_ms = 500;
  row.last_ms = 1500;
  row.country = country_code('U', 'S');
  return row;
}

/// Three days of two darknets and a honeypot; the numbers of the tests are added up by hand from these lines.
void fill(SmallLake& lake) {
  lake.sensor("alpha", 16);
  lake.sensor("beta", 256);
  lake.sensor("pot", 1, SensorKind::honeypot);
  // Day 1
  lake.add(Flow("2017-11-20", 0).from("192.0.2.1").tcp(23).packets(5).facts(fact::kSeqIsDst).window(1000).origin("AR", 7303).ttl(50));
  lake.add(Flow("2017-11-20", 1).from("192.0.2.1").tcp(2323).packets(1).facts(fact::kSeqIsDst).window(1000).origin("AR", 7303).ttl(51));
  lake.add(Flow("2017-11-20", 5).from("192.0.2.2").tcp(23).packets(3).window(14600).origin("JP", 4713).seconds(60, 30));
  lake.add(Flow("2017-11-20", 23).from("2001:db8::1").tcp(445).packets(2).window(8192).origin("JP", 2500));
  lake.add(Flow("2017-11-20", 23).from("2001:db8::2").tcp(445).packets(2).window(8192).origin("JP", 2500).at("beta"));
  // Day 2
  lake.add(Flow("2017-11-21", 3).from("192.0.2.1").tcp(23).packets(4).facts(fact::kSeqIsDst).window(1000).origin("AR", 7303).at("beta"));
  lake.add(Flow("2017-11-21", 4).from("192.0.2.3").udp(53).packets(6).origin("", 0));
  lake.add(Flow("2017-11-21", 4).from("192.0.2.4").echo().packets(7).origin("US", 3356));
  lake.add(Flow("2017-11-21", 5).from("198.51.100.9").answer(6, 80).packets(40).origin("US", 3356).seconds(0, 600));
  lake.add(Flow("2017-11-21", 6).from("192.0.2.5").to(47, 0, kOther).packets(1).origin("US", 3356));
  lake.add(Flow("2017-11-21", 6).from("192.0.2.5").to(17, 0, kOther).packets(2).origin("US", 3356));
  lake.add(Flow("2017-11-21", 7).from("192.0.2.6").to(6, 22, kOther).packets(3).origin("US", 3356));
  lake.add(Flow("2017-11-21", 8).from("203.0.113.1").tcp(23).packets(100).at("pot").origin("CN", 4134));
  // Day 3 is quiet for both darknets; day 4 nobody was there; day 5:
  lake.quiet_day("2017-11-22", "alpha");
  lake.add(Flow("2017-11-24", 12).from("192.0.2.7").tcp(23).packets(9).facts(fact::kIpIdXor).window(1024).origin("CN", 4134));
  lake.add(victim("198.51.100.9", "2017-11-21", 300, 80, 30, 0b111), "alpha");
  lake.add(victim("198.51.100.9", "2017-11-21", 301, 80, 10, 0b1100), "alpha");
  lake.add(victim("2001:db8:9::1", "2017-11-21", 10, 443, 5, 1), "alpha");
  lake.write();
}

class FigureTest : public ::testing::Test {
 protected:
  virtual SmallLake& lake() = 0;

  Lines rows(const FigureRequest& request) { return lines_of(lake().ask(request)); }
  Lines rows(const std::string& figure, const std::string& where = "") { return rows(asked(figure, where)); }
  std::string error(const FigureRequest& request) {
    const auto answer = lake().ask(request);
    return answer ? "" : answer.error().sentence;
  }
};

/// One lake for the tests that only read it.
class Figures : public FigureTest {
 protected:
  static void SetUpTestSuite() {
    lake_ = std::make_unique<SmallLake>();
    fill(*lake_);
  }
  static void TearDownTestSuite() { lake_.reset(); }
  SmallLake& lake() override { return *lake_; }

 private:
  static std::unique_ptr<SmallLake> lake_;
};
std::unique_ptr<SmallLake> Figures::lake_;

/// A lake of its own for each test that adds to it.
class GrowingLake : public FigureTest {
 protected:
  void SetUp() override { fill(lake_); }
  SmallLake& lake() override { return lake_; }

 private:
  SmallLake lake_;
};

TEST_F(Figures, PacketsPerDayHasARowForAQuietDayAndNoneForAMissingOne) {
  const auto answer = lake().ask(asked("packets-per-day"));
  EXPECT_EQ(lines_of(answer), (Lines{"2017-11-20 13 0 0 0 13", "2017-11-21 47 8 7 1 63", "2017-11-22 0 0 0 0 0", "2017-11-24 9 0 0 0 9"}));
  EXPECT_EQ(*answer->from, "2017-11-20");
  EXPECT_EQ(*answer->to, "2017-11-25");
  ASSERT_EQ(answer->remarks.size(), 1u);
  EXPECT_TRUE(answer->remarks[0].starts_with("1 day of the span has no row"));
}

TEST_F(Figures, PacketsPerDayIsTheSameFromMinutesAndFromFlows) {
  for (const char* where : {"", "class = scan", "protocol != udp", "sensor = beta", "class in (other, echo) or protocol = gre"}) {
    FigureRequest request = asked("packets-per-day", where);
    const auto fast = lake().ask(request);
    request.use_derived = false;
    const auto slow = lake().ask(request);
    EXPECT_EQ(lines_of(fast), lines_of(slow)) << where;
    EXPECT_NE(fast->queries, slow->queries) << where;
  }
}

TEST_F(Figures, HostsPerDayCountsScanAndRequestAndSaysSo) {
  const auto answer = lake().ask(asked("hosts-per-day"));
  // 2001:db8::1 and ::2 are one host: the same /64.
  EXPECT_EQ(lines_of(answer), (Lines{"2017-11-20 3 0 0 3", "2017-11-21 1 1 0 2", "2017-11-22 0 0 0 0", "2017-11-24 1 0 0 1"}));
  EXPECT_EQ(answer->denominator, "unique sources (classes scan and request)");
  EXPECT_EQ(rows("hosts-per-day", "class in (scan, request, echo, backscatter, other)")[1], "2017-11-21 3 2 1 6");
}

TEST_F(Figures, PortShareShowsEveryPacketOnce) {
  FigureRequest request = asked("port-share");
  request.top = 2;
  const auto answer = lake().ask(request);
  // 85 packets; of 23/TCP 5+3+4+9, from hosts .1 .2 .7; of 53/UDP 6.
  EXPECT_EQ(lines_of(answer), (Lines{"1 tcp 23 telnet 21 24.7 3", "2 udp 53 dns 6 7.1 1", "- - other - 58 68.2 -"}));
  EXPECT_EQ(*answer->total, 85u);
  ASSERT_EQ(answer->other_parts.size(), 4u);
  EXPECT_EQ(answer->other_parts[0].packets, 8u);   // 2323: 1, 445: 4, 22: 3
  EXPECT_EQ(answer->other_parts[1].packets, 40u);  // backscatter
  EXPECT_EQ(answer->other_parts[2].packets, 7u);   // icmp
  EXPECT_EQ(answer->other_parts[3].packets, 3u);   // GRE and a fragment
}

TEST_F(Figures, PortShareComparesWithAnotherSpan) {
  FigureRequest request = asked("port-share");
  request.top = 1;
  request.from_day = *parse_day("2017-11-20");
  request.to_day = *parse_day("2017-11-21");
  request.compare = {*parse_day("2017-11-21"), *parse_day("2017-11-22")};
  const auto answer = lake().ask(request);
  EXPECT_EQ(lines_of(answer), (Lines{"1 tcp 23 telnet 8 61.5 2 4 6.3 55.2", "- - other - 5 38.5 - 59 93.7 -55.2"}));
  EXPECT_EQ(answer->compare->first, "2017-11-21");
  EXPECT_EQ(answer->columns.back().name, "change");
}

TEST_F(Figures, OnlyPortShareCompares) {
  FigureRequest request = asked("windows");
  request.compare = {1, 2};
  EXPECT_EQ(error(request), "the figure windows cannot be compared with another span; port-share can");
}

TEST_F(Figures, TiesAreInTheOrderOfTheirKeys) {
  FigureRequest request = asked("port-share", "src in (192.0.2.3, 192.0.2.1, 192.0.2.6) and not port in (23, 53)");
  EXPECT_EQ(rows(request), (Lines{"1 tcp 22 ssh 3 75.0 0", "2 tcp 2323 telnet-2323 1 25.0 1", "- - other - 0 0.0 -"}));
}

TEST_F(Figures, PortGroupsAddUpToAllPackets) {
  FigureSurroundings around;
  around.port_groups =
      "[[group]]\nname = \"telnet\"\ntcp = [23, 2323]\n[[group]]\nname = \"low\"\ntcp = [\"1..22\"]\nudp = [\"1..1000\"]\n";
  const auto answer = lake().ask(asked("port-groups"), around);
  EXPECT_EQ(lines_of(answer), (Lines{"telnet 22 25.9", "low 9 10.6", "other 54 63.5"}));
  EXPECT_EQ(answer->other_parts[0].packets, 4u);
  EXPECT_EQ(rows("port-groups")[0], "iot 22 25.9");
}

TEST_F(Figures, PortHostsOfOnePort) {
  EXPECT_EQ(rows("port-hosts", "port = 23"), (Lines{"2017-11-20 2 8", "2017-11-21 1 4", "2017-11-22 0 0", "2017-11-24 1 9"}));
  EXPECT_EQ(rows("port-hosts", "port = 23 and country = JP"),
            (Lines{"2017-11-20 1 3", "2017-11-21 0 0", "2017-11-22 0 0", "2017-11-24 0 0"}));
}

TEST_F(Figures, PortHostsByFingerprintHasARowADayAndMark) {
  FigureRequest request = asked("port-hosts-by-fingerprint", "port = 23");
  request.to_day = *parse_day("2017-11-21");
  EXPECT_EQ(rows(request),
            (Lines{"2017-11-20 mirai 1 5", "2017-11-20 hajime-like 1 3", "2017-11-20 windows-7 0 0", "2017-11-20 masscan 0 0",
                   "2017-11-20 zmap-classic 0 0", "2017-11-20 zmap-4.1 0 0", "2017-11-20 irregular-syn 0 0", "2017-11-20 none 0 0"}));
}

TEST_F(GrowingLake, AHostIsNamedAfterA16BitMarkFromTwoPacketsOnly) {
  // One packet each: .10 with masscan's relation; .11 two of two; .12 two of three; .13 nine of ten.
  lake().add(Flow("2018-01-01", 0).from("192.0.2.10").tcp(80).packets(1).facts(fact::kIpIdXor));
  lake().add(Flow("2018-01-01", 0).from("192.0.2.11").tcp(80).packets(2).facts(fact::kIpIdXor));
  lake().add(Flow("2018-01-01", 0).from("192.0.2.12").tcp(80).packets(2).facts(fact::kIpIdXor));
  lake().add(Flow("2018-01-01", 1).from("192.0.2.12").tcp(80).packets(1));
  lake().add(Flow("2018-01-01", 0).from("192.0.2.13").tcp(80).packets(9).facts(fact::kIpIdXor));
  lake().add(Flow("2018-01-01", 1).from("192.0.2.13").tcp(80).packets(1));
  lake().write();
  FigureRequest request = asked("port-hosts-by-fingerprint");
  request.from_day = *parse_day("2018-01-01");
  const Lines found = rows(request);
  ASSERT_EQ(found.size(), 8u);
  EXPECT_EQ(found[3], "2018-01-01 masscan 2 14");  // .11 and .13; all 14 marked packets
  EXPECT_EQ(found[7], "2018-01-01 none 2 2");      // .10 and .12; 2 unmarked packets
}

TEST_F(Figures, CountriesAndNetworksShareThePacketsOfTheirClasses) {
  // Of scan and request: AR 10, JP 7, unknown 6, CN 9 of 32.
  EXPECT_EQ(rows("countries"), (Lines{"AR 1 10 31.2", "CN 1 9 28.1", "JP 2 7 21.9", "unknown 1 6 18.8"}));
  FigureSurroundings around;
  around.as_name = [](std::uint32_t asn) { return asn == 7303 ? std::string("Telecom Argentina") : std::string(); };
  FigureRequest request = asked("networks");
  request.top = 3;
  EXPECT_EQ(lines_of(lake().ask(request, around)), (Lines{"7303 Telecom Argentina 1 10 31.2", "4134 '' 1 9 28.1", "0 unknown 1 6 18.8"}));
  EXPECT_EQ(rows("countries", "class = backscatter"), (Lines{"US 1 40 100.0"}));
}

TEST_F(Figures, SourcesHoldTheirMainClassAndTimes) {
  FigureRequest request = asked("sources");
  request.top = 3;
  EXPECT_EQ(rows(request), (Lines{"198.51.100.9 US 3356 40 1 backscatter 2017-11-21T05:00:00Z 2017-11-21T05:10:00Z",
                                  "192.0.2.1 AR 7303 10 2 scan 2017-11-20T00:00:00Z 2017-11-21T03:00:00Z",
                                  "192.0.2.7 CN 4134 9 1 scan 2017-11-24T12:00:00Z 2017-11-24T12:00:00Z"}));
  EXPECT_EQ(rows("sources", "ip_version = 6"), (Lines{"2001:db8::/64 JP 2500 4 1 scan 2017-11-20T23:00:00Z 2017-11-20T23:00:00Z"}));
}

TEST_F(Figures, FingerprintsShareTheSynPackets) {
  const auto answer = lake().ask(asked("fingerprints"));
  const Lines found = lines_of(answer);
  EXPECT_EQ(*answer->total, 26u);
  EXPECT_EQ(found[0], "mirai 10 38.5 1 0.0");
  EXPECT_EQ(found[1], "masscan 9 34.6 1 0.0");
  EXPECT_EQ(found[2], "windows-7 4 15.4 1 -");
  EXPECT_EQ(found[3], "hajime-like 3 11.5 1 -");
  EXPECT_EQ(found.back(), "none 0 0.0 0 -");
}

TEST_F(Figures, WindowsOfSynPackets) {
  FigureRequest request = asked("windows");
  request.top = 2;
  EXPECT_EQ(rows(request), (Lines{"1000 10 38.5 1", "1024 9 34.6 1"}));
}

TEST_F(Figures, VictimsComeFromTheTableOfBackscatter) {
  // alpha has 16 addresses: 0b1111 are four destinations, exactly.
  EXPECT_EQ(rows("backscatter-victims"), (Lines{"198.51.100.9 tcp 80 US 40 4 2017-11-21T05:00:00.5Z 2017-11-21T05:01:01.5Z",
                                                "2001:db8:9::1 tcp 443 US 5 1 2017-11-21T00:10:00.5Z 2017-11-21T00:10:01.5Z"}));
  EXPECT_EQ(rows("backscatter-victims", "port = 443").size(), 1u);
  EXPECT_EQ(error(asked("backscatter-victims", "fingerprint = mirai")),
            "the figure backscatter-victims cannot apply the field fingerprint: the table backscatter that it reads does not keep it. "
            "Possible here: port, protocol, class, country, asn, src, sensor, ip_version");
}

TEST_F(Figures, YearlyDividesByTheSizeOfEachDay) {
  // Days: 20 Nov 13 packets over 272 addresses, 21 Nov 63/272, 22 Nov 0/16, 24 Nov 9/16.
  const auto answer = lake().ask(asked("yearly"));
  ASSERT_EQ(answer->rows.size(), 1u);
  EXPECT_EQ(line_of(answer->rows[0]), "2017 85 272 576 0.8 1.1 -");
  EXPECT_DOUBLE_EQ(std::get<double>(answer->rows[0][4]), 13.0 / 272 + 63.0 / 272 + 9.0 / 16);
  EXPECT_DOUBLE_EQ(std::get<double>(answer->rows[0][5]), 400.0 / 365);
  FigureRequest request = asked("yearly");
  request.from_day = *parse_day("2017-11-20");
  request.to_day = *parse_day("2017-11-25");
  EXPECT_EQ(rows(request), (Lines{"2017 85 272 576 0.8 80.0 -"}));
  request.tz = "Asia/Tokyo";
  EXPECT_EQ(lake().ask(request)->tz, "UTC");
}

TEST_F(GrowingLake, YearlySaysWhichSizeIsMissingInsteadOfGuessing) {
  lake().add(Flow("2016-05-01", 0).from("192.0.2.1").tcp(23).packets(5).at("gamma"));
  lake().write();
  EXPECT_EQ(rows("yearly")[0], "2016 5 - - - 0.3 the size of the sensor gamma is unknown on 1 day");
}

TEST_F(Figures, DaysOfTokyoAre24UtcHoursEach) {
  FigureRequest request = asked("port-hosts");
  request.tz = "Asia/Tokyo";
  // 15:00 UTC begins the next day: the two packets at 23:00 belong to 21 November.
  const Lines found = rows(request);
  EXPECT_EQ(found[0], "2017-11-20 2 9");
  EXPECT_EQ(found[1], "2017-11-21 3 14");
  request.from_day = *parse_day("2017-11-21");
  request.to_day = *parse_day("2017-11-22");
  EXPECT_EQ(rows(request), (Lines{"2017-11-21 3 14"}));
}

TEST_F(GrowingLake, ADayOfAClockChangeTakesItsOwnHours) {
  // New York, 5 November 2017: 04:00 UTC to 05:00 UTC of the next day.
  for (int hour = 0; hour < 48; ++hour)
    lake().add(Flow(hour < 24 ? "2017-11-05" : "2017-11-06", hour % 24).from("192.0.2.1").tcp(23).packets(1));
  lake().write();
  FigureRequest request = asked("packets-per-day");
  request.tz = "America/New_York";
  request.from_day = *parse_day("2017-11-05");
  request.to_day = *parse_day("2017-11-06");
  EXPECT_EQ(rows(request), (Lines{"2017-11-05 25 0 0 0 25"}));
}

TEST_F(Figures, ZonesOfHalfHoursAreRefused) {
  FigureRequest request = asked("packets-per-day");
  request.tz = "Asia/Kolkata";
  EXPECT_NE(error(request).find("begin 30 minutes away from a full UTC hour"), std::string::npos);
}

TEST_F(Figures, ReadDarknetsUnlessToldOtherwise) {
  EXPECT_EQ(lake().ask(asked("windows"))->sensors, (Lines{"alpha", "beta"}));
  FigureRequest request = asked("packets-per-day");
  request.kind = "honeypot";
  EXPECT_EQ(rows(request), (Lines{"2017-11-21 100 0 0 0 100"}));
  request.kind.reset();
  request.sensors = {"pot", "beta"};
  EXPECT_EQ(rows(request)[1], "2017-11-21 104 0 0 0 104");
  request.kind = "darknet";
  EXPECT_EQ(error(request), "the sensor pot is of kind honeypot, not of kind darknet");
  request.kind = "telescope";
  EXPECT_EQ(error(request), "there is no kind \"telescope\" of sensors: darknet, honeypot, reflector");
}

TEST_F(Figures, UnknownSensorsAreToldTheNearest) {
  FigureRequest request = asked("windows");
  request.sensors = {"alhpa"};
  EXPECT_EQ(error(request), "there is no sensor \"alhpa\" in the lake. Did you mean alpha? Sensors are alpha, beta, pot");
  EXPECT_EQ(error(asked("windows", "port = 1 or sensor = gamma")),
            "at 22: there is no sensor \"gamma\" in the lake. Sensors are alpha, beta, pot");
  EXPECT_EQ(lake().ask(asked("windows", "sensor = pot"))->remarks[0],
            "the sensor pot is of kind honeypot and was not read: add --kind honeypot");
}

TEST_F(Figures, WrongRequestsGetASentence) {
  EXPECT_TRUE(error(asked("windws")).starts_with("there is no figure \"windws\". Did you mean windows?"));
  EXPECT_TRUE(error(asked("windows", "contry = JP")).starts_with("at 1: there is no field \"contry\". Did you mean country?"));
  FigureRequest request = asked("windows");
  request.from_day = request.to_day = *parse_day("2017-11-20");
  EXPECT_EQ(error(request),
            "the span from 2017-11-20 to 2017-11-20 has no day: the end is not included, so it must be a later date than the start");
  request = asked("windows");
  request.top = 0;
  EXPECT_EQ(error(request), "the number of rows (top) is 1 to 100000");
  request.top = 10;
  request.tz = "Asia/Tokio";
  EXPECT_EQ(error(request), "there is no time zone \"Asia/Tokio\". Did you mean Asia/Tokyo?");
}

TEST_F(GrowingLake, ASharedTtlIsJudgedOverTheWholeRowHoweverItWasSplit) {
  // The same key in two batches with different TTLs: merged, the row has none.
  EXPECT_EQ(rows("port-hosts", "ttl = 50")[0], "2017-11-20 1 5");
  lake().add(Flow("2017-11-20", 0).from("192.0.2.1").tcp(23).packets(1).facts(fact::kSeqIsDst).window(1000).origin("AR", 7303).ttl(64));
  lake().write();
  EXPECT_EQ(rows("port-hosts", "ttl = 50")[0], "2017-11-20 0 0");
  EXPECT_EQ(rows("port-hosts", "ttl = 51")[0], "2017-11-20 1 1");
  EXPECT_EQ(rows("sources", "ttl = 51")[0], "192.0.2.1 AR 7303 1 1 scan 2017-11-20T01:00:00Z 2017-11-20T01:00:00Z");
}

TEST_F(GrowingLake, ModelledDataStayMarked) {
  EXPECT_FALSE(lake().ask(asked("windows"))->modelled);
  lake().add(Flow("2019-01-01", 0).from("192.0.2.1").tcp(23).packets(5));
  lake().write(true);
  EXPECT_TRUE(lake().ask(asked("windows"))->modelled);
  FigureRequest request = asked("windows");
  request.to_day = *parse_day("2019-01-01");
  EXPECT_FALSE(lake().ask(request)->modelled);
  request.figure = "port-share";
  EXPECT_FALSE(lake().ask(request)->modelled);
  request.compare = {*parse_day("2019-01-01"), *parse_day("2019-01-02")};
  EXPECT_TRUE(lake().ask(request)->modelled) << "the other span counts too";
}

TEST_F(Figures, EveryFigureAnswersEveryZoneAndAnEmptySpan) {
  const auto catalogue = FigureCatalogue::load();
  ASSERT_TRUE(catalogue);
  for (const FigureFile& figure : catalogue->figures()) {
    for (const char* zone : {"UTC", "Asia/Tokyo", "America/New_York"}) {
      FigureRequest request = asked(figure.name);
      request.tz = zone;
      const auto answer = lake().ask(request);
      if (figure.table == Table::scans || figure.table == Table::scanner_days) {
        EXPECT_FALSE(answer);
        EXPECT_NE(answer.error().sentence.find("nightjar detect"), std::string::npos) << "nobody has judged this lake";
        continue;
      }
      ASSERT_TRUE(answer) << figure.name << ": " << answer.error().sentence;
      const bool of_darknets = figure.table == Table::flows || figure.table == Table::backscatter || figure.table == Table::sensor_days;
      EXPECT_EQ(answer->rows.empty(), !of_darknets) << figure.name << ": this lake has darknets only";
      for (const auto& row : answer->rows) EXPECT_EQ(row.size(), answer->columns.size()) << figure.name;
      request.from_day = *parse_day("2030-01-01");
      const auto nothing = lake().ask(request);
      ASSERT_TRUE(nothing) << figure.name << ": " << nothing.error().sentence;
      EXPECT_TRUE(nothing->rows.empty()) << figure.name;
    }
  }
}

TEST(EmptyLake, AnswersWithoutRows) {
  TempFolder folder;
  const auto snapshot = Lake(folder / "lake").snapshot();
  ASSERT_TRUE(snapshot);
  auto session = QuerySession::open(*snapshot, {});
  ASSERT_TRUE(session) << session.error().sentence;
  const auto catalogue = FigureCatalogue::load();
  for (const FigureFile& figure : catalogue->figures()) {
    const auto answer = run_figure(**session, asked(figure.name));
    ASSERT_TRUE(answer) << figure.name << ": " << answer.error().sentence;
    EXPECT_TRUE(answer->rows.empty()) << figure.name;
    EXPECT_FALSE(answer->from);
    EXPECT_EQ(answer->remarks.front(), "the lake is empty");
  }
}

TEST_F(Figures, JsonHasTheShapeThatWasPromised) {
  FigureRequest request = asked("port-share", "PORT=23 or class=backscatter");
  request.top = 1;
  const auto json = nlohmann::json::parse(to_json(*lake().ask(request)));
  EXPECT_EQ(json["figure"], "port-share");
  EXPECT_EQ(json["filter"], "port = 23 or class = backscatter");
  EXPECT_EQ(json["from"], "2017-11-20");
  EXPECT_EQ(json["to"], "2017-11-25");
  EXPECT_EQ(json["tz"], "UTC");
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["modelled"], false);
  EXPECT_EQ(json["total"], 61);
  EXPECT_EQ(json["rows"][0]["port"], 23);
  EXPECT_EQ(json["rows"][0]["share"], 34.4262);
  EXPECT_EQ(json["rows"][1]["port"], "other");
  EXPECT_EQ(json["rows"][1]["rank"], nullptr);
  EXPECT_EQ(json["rows"][1]["parts"]["backscatter"]["packets"], 40);
}

}  // namespace
}  // namespace nightjar
