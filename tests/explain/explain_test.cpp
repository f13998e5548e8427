// Shares in these tests are computed by hand from the hosts that they write down.
#include "explain/explain.hpp"

#include <gmock/gmock.h>

#include "explain/rise_lake.hpp"

namespace nightjar::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ExplainRise : public RiseLake {
 protected:
  /// 60 hosts of China and 40 of the United States on both usual days and on the peak day.
  void ordinary_noise() {
    for (const int day : {7, 8, 10}) {
      hosts(day, 1, 60, of("CN", 4134));
      hosts(day, 2, 40, of("US", 7922));
    }
  }
};

TEST_F(ExplainRise, ACountryAndAToolThatCarryTheSameRiseAreOnePart) {
  ordinary_noise();
  hosts(10, 3, 60, mirai("AR", 22927));
  hosts(10, 4, 40, mirai("AR", 7303));
  const Explanation explanation = explain(rise_of_hosts());
  EXPECT_THAT(texts(explanation), ElementsAre("country=AR fingerprint=mirai: 100 %, usually 0 %, 100 hosts, 100 packets",
                                              "asn=22927 fingerprint=mirai: 60 %, usually 0 %, 60 hosts, 60 packets",
                                              "asn=7303 fingerprint=mirai: 40 %, usually 0 %, 40 hosts, 40 packets"));
  EXPECT_EQ(explanation.country, "AR");
  EXPECT_EQ(explanation.tool, "mirai");
  EXPECT_DOUBLE_EQ(explanation.unexplained, 0);
  EXPECT_EQ(explanation.hosts, 200U);
  EXPECT_EQ(explanation.packets, 200U);
}

TEST_F(ExplainRise, ManyMarksOfOneRiseAreToldAsWhoAndHow) {
  ordinary_noise();
  hosts(10, 3, 50, [](Flow& flow) { flow.origin("JP", 9605).window(14600); });
  EXPECT_THAT(texts(explain(rise_of_hosts())),
              ElementsAre("country=JP asn=9605: 100 %, usually 0 %, 50 hosts, 50 packets",
                          "fingerprint=hajime-like window=14600: 100 %, usually 0 %, 50 hosts, 50 packets"));
}

TEST_F(ExplainRise, CountriesThatShareARiseAreEachToldWithTheCommonTool) {
  ordinary_noise();
  hosts(10, 3, 40, mirai("MX"));
  hosts(10, 4, 28, mirai("VN"));
  hosts(10, 5, 17, mirai("MY"));
  hosts(10, 6, 8, mirai("BR"));
  hosts(10, 7, 7, mirai("TH"));
  const Explanation explanation = explain(rise_of_hosts());
  EXPECT_THAT(texts(explanation), ElementsAre("fingerprint=mirai: 100 %, usually 0 %, 100 hosts, 100 packets",
                                              "country=MX fingerprint=mirai: 40 %, usually 0 %, 40 hosts, 40 packets",
                                              "country=VN fingerprint=mirai: 28 %, usually 0 %, 28 hosts, 28 packets",
                                              "country=MY fingerprint=mirai: 17 %, usually 0 %, 17 hosts, 17 packets"));
  EXPECT_EQ(explanation.country, "");
}

TEST_F(ExplainRise, WhatTheRiseSharesWithUsualTrafficIsNoExplanation) {
  // As many more of each as there always were: 60 to 40, and 100 hosts more.
  for (const int day : {7, 8}) {
    for (int block = 0; block < 10; ++block)
      hosts(day, block, 10, of(std::string(1, 'A').append(1, static_cast<char>('A' + block)).c_str()));
  }
  for (int block = 0; block < 10; ++block) hosts(10, block, 20, of(std::string(1, 'A').append(1, static_cast<char>('A' + block)).c_str()));
  const Explanation explanation = explain(rise_of_hosts());
  EXPECT_THAT(texts(explanation), IsEmpty());
  EXPECT_DOUBLE_EQ(explanation.unexplained, 1);
}

TEST_F(ExplainRise, WhatNoPartCarriesStaysUnexplained) {
  ordinary_noise();
  hosts(10, 3, 60, mirai("AR"));
  for (int n = 0; n < 40; ++n) {
    const std::string country = {static_cast<char>('A' + n % 20), static_cast<char>('A' + n / 20)};
    hosts(10, 4, 1, of(country.c_str()), n);
  }
  const Explanation explanation = explain(rise_of_hosts());
  EXPECT_THAT(texts(explanation), ElementsAre("country=AR fingerprint=mirai: 60 %, usually 0 %, 60 hosts, 60 packets"));
  EXPECT_NEAR(explanation.unexplained, 0.4, 1e-9);
}

TEST_F(ExplainRise, TheUsualLevelIsThatOfTheWatchedDaysPerExposure) {
  // 7 June was watched by half the addresses, so its 30 hosts are as usual as the 60 of the 8th: 60 at 64 addresses.
  hosts(7, 1, 30, mirai("BR"));
  hosts(8, 1, 60, mirai("BR"));
  hosts(10, 1, 160, mirai("BR"));
  hosts(10, 2, 100, of("DE"));
  exposures_[number(7)].address_days = 32;
  // The rise is 260 - 60 = 200; Brazil carries 160 - 60 = 100 of it.
  const Explanation explanation = explain(rise_of_hosts());
  EXPECT_THAT(texts(explanation), ElementsAre("country=BR fingerprint=mirai: 50 %, usually 100 %, 160 hosts, 160 packets",
                                              "country=DE: 50 %, usually 0 %, 100 hosts, 100 packets"));
}

TEST_F(ExplainRise, DaysWithoutExposureAndDaysFromTheOnsetOnAreNotUsual) {
  hosts(6, 1, 50, of("CN"));
  hosts(7, 1, 500, of("CN"));  // not watched, says the ledger
  hosts(8, 1, 50, of("CN"));
  hosts(9, 1, 500, of("CN"));  // the rise has begun
  hosts(10, 1, 150, of("CN"));
  exposures_.erase(number(7));
  Rise rise = rise_of_hosts();
  rise.usual_days = {number(6), number(7), number(8), number(9), number(10)};
  EXPECT_THAT(texts(explain(rise)), ElementsAre("country=CN: 100 %, usually 100 %, 150 hosts, 150 packets"));
}

TEST_F(ExplainRise, AHostCountsOnceHoweverManyRowsSensorsAndHoursItHas) {
  lake_.sensor("alpha", 64);
  lake_.sensor("beta", 64);
  lake_.sensor("pot", 1, SensorKind::honeypot);
  ordinary_noise();
  hosts(10, 3, 50, mirai("AR"));
  hosts(10, 3, 50, [](Flow& flow) { flow.origin("AR", 0).facts(1).window(0).at("beta"); });
  hosts(10, 3, 500, [](Flow& flow) { flow.origin("AR", 0).facts(1).window(0).at("pot"); });
  const Explanation explanation = explain(rise_of_hosts());
  ASSERT_FALSE(explanation.parts.empty());
  EXPECT_EQ(text(explanation.parts.front()), "country=AR fingerprint=mirai: 100 %, usually 0 %, 50 hosts, 100 packets");
  EXPECT_EQ(explanation.hosts, 150U);
}

TEST_F(ExplainRise, TheUsualShareOfAPopulationIsThatOfTheWholePort) {
  for (const int day : {7, 8}) {
    hosts(day, 1, 90, mirai("CN"));
    hosts(day, 2, 10, mirai("JP"));
  }
  hosts(10, 1, 90, mirai("CN"));
  hosts(10, 2, 60, mirai("JP"));
  hosts(10, 3, 30, of("JP"));
  Rise rise = rise_of_hosts();
  rise.countries = {"JP"};
  rise.tools = {"mirai"};
  const Explanation explanation = explain(rise);
  EXPECT_THAT(texts(explanation), ElementsAre("country=JP fingerprint=mirai: 100 %, usually 10 %, 60 hosts, 60 packets"));
  EXPECT_EQ(explanation.hosts, 60U);
}

TEST_F(ExplainRise, APopulationWithoutAToolLeavesOutTheTools) {
  hosts(10, 1, 30, mirai("JP"));
  // No TCP options: irregular-syn, which port_days does not take for a tool.
  hosts(10, 2, 20, [](Flow& flow) { flow.origin("JP", 0).facts(1U << 4); });
  Rise rise = rise_of_hosts();
  rise.tools = {""};
  EXPECT_EQ(explain(rise).hosts, 20U);
}

TEST_F(ExplainRise, ValuesBehindWhichFourHostsStandAreLeftOut) {
  hosts(10, 1, 4, mirai("MX"));
  hosts(10, 2, 5, mirai("VN"));
  EXPECT_THAT(texts(explain(rise_of_hosts())), ElementsAre("fingerprint=mirai: 100 %, usually 0 %, 9 hosts, 9 packets",
                                                           "country=VN fingerprint=mirai: 56 %, usually 0 %, 5 hosts, 5 packets"));
}

TEST_F(ExplainRise, OneAddressIsToldWithItsNetwork) {
  ordinary_noise();
  hosts(10, 3, 1, [](Flow& flow) { flow.origin("NL", 49981).packets(900); });
  const Explanation explanation = explain(rise_of_packets());
  EXPECT_THAT(texts(explanation), ElementsAre("country=NL asn=49981 src=100.3.0.0: 100 %, usually 0 %, 1 hosts, 900 packets"));
  // (100 x 1 + 900)^2 / (100 x 1 + 900^2)
  EXPECT_NEAR(*explanation.effective_sources, 1'000'000.0 / 810'100, 1e-9);
}

TEST_F(ExplainRise, TenLoudHostsAmongManyAreTenEffectiveSources) {
  // 10 hosts send 98 % of it: 490 packets each, and 100 others one.
  hosts(10, 1, 10, [](Flow& flow) { flow.origin("DE", 24940).packets(490); });
  hosts(10, 2, 100, of("US", 7922));
  // (10 x 490 + 100)^2 / (10 x 490^2 + 100)
  EXPECT_NEAR(*explain(rise_of_packets()).effective_sources, 25'000'000.0 / 2'401'100, 1e-9);
}

TEST_F(ExplainRise, OneNetworkOfAScannerIsToldWithItsCountryAndTool) {
  ordinary_noise();
  for (const int day : {7, 8, 10}) hosts(day, 5, 10, [](Flow& flow) { flow.origin("US", 7922).facts(4).window(1024); });
  // All but 4 of the network's 60 hosts are in one country.
  const auto masscan = [](const char* country) { return [=](Flow& flow) { flow.origin(country, 9009).facts(4).window(1025); }; };
  hosts(10, 3, 56, masscan("RO"));
  hosts(10, 4, 4, masscan("GB"));
  EXPECT_THAT(texts(explain(rise_of_hosts())), ElementsAre("fingerprint=masscan window=1025: 100 %, usually 0 %, 60 hosts, 60 packets",
                                                           "country=RO asn=9009: 93 %, usually 0 %, 56 hosts, 56 packets"));
}

TEST_F(ExplainRise, AToolIsNamedOnlyOnPortsThatItsRuleCovers) {
  // Window 14600 is Hajime's on ports of devices, and any old Linux machine's elsewhere (docs/definitions.md).
  for (const std::uint16_t port : {22, 80}) hosts(10, 3, 50, [=](Flow& flow) { flow.tcp(port).origin("JP", 9605).window(14600); });
  Rise rise = rise_of_hosts();
  rise.port = 80;
  EXPECT_EQ(explain(rise).tool, "");
  rise.port = 22;
  EXPECT_EQ(explain(rise).tool, "hajime-like");
}

TEST_F(ExplainRise, AToolNamesARiseThatItCarriesTo70Percent) {
  hosts(10, 3, 70, mirai("JP"));
  hosts(10, 4, 30, [](Flow& flow) { flow.origin("JP", 0).window(14600); });
  EXPECT_EQ(explain(rise_of_hosts()).tool, "mirai");
}

TEST_F(ExplainRise, ToolsThatShareARiseAreToldAndNoneNamesIt) {
  hosts(10, 3, 69, mirai("JP"));
  hosts(10, 4, 31, [](Flow& flow) { flow.origin("JP", 0).window(14600); });
  const Explanation explanation = explain(rise_of_hosts());
  EXPECT_EQ(explanation.tool, "");
  EXPECT_THAT(texts(explanation), ::testing::Contains("fingerprint=mirai: 69 %, usually 0 %, 69 hosts, 69 packets"));
}

TEST_F(ExplainRise, LouderHostsAreFoundInPackets) {
  for (const int day : {7, 8}) {
    hosts(day, 1, 100, of("US"));
    hosts(day, 2, 12, [](Flow& flow) { flow.origin("CN", 0).packets(5); });
  }
  hosts(10, 1, 100, of("US"));
  hosts(10, 2, 12, [](Flow& flow) { flow.origin("CN", 0).packets(105); });
  // 60 of 160 packets are China's as usual.
  EXPECT_THAT(texts(explain(rise_of_packets())), ElementsAre("country=CN: 100 %, usually 38 %, 12 hosts, 1260 packets"));
}

TEST_F(ExplainRise, BackscatterIsToldByItsService) {
  const auto answer = [](const char* country, std::uint32_t asn, std::uint64_t packets) {
    return [=](Flow& flow) { flow.answer(6, 80).origin(country, asn).window(0).facts(1U << 14).packets(packets); };
  };
  for (const int day : {7, 8, 10}) hosts(day, 1, 40, answer("CN", 4134, 2));
  for (const int day : {7, 8, 10})
    hosts(day, 2, 500, [](Flow& flow) { flow.tcp(80).origin("US", 1); });  // scans of the port are another matter
  hosts(10, 3, 2, answer("US", 36351, 400));
  Rise rise = rise_of_packets();
  rise.port = 80;
  rise.backscatter = true;
  EXPECT_THAT(
      texts(explain(rise)),
      ElementsAre("country=US asn=36351: 100 %, usually 0 %, 2 hosts, 800 packets",
                  "class=backscatter tcp_flags=SYN+ACK src_port=80: 100 %, usually 100 %, 42 hosts, 880 packets",
                  "src=100.3.0.0: 50 %, usually 0 %, 1 hosts, 400 packets", "src=100.3.0.1: 50 %, usually 0 %, 1 hosts, 400 packets"));
}

TEST_F(ExplainRise, ADailyTotalIsTakenApartByClass) {
  for (const int day : {7, 8, 10}) hosts(day, 1, 95, of("CN"));
  for (const int day : {7, 8, 10}) hosts(day, 2, 5, [](Flow& flow) { flow.answer(6, 443).origin("FR", 0).window(0).facts(1U << 15); });
  hosts(10, 3, 1, [](Flow& flow) { flow.answer(6, 443).origin("DE", 24940).window(0).facts(1U << 15).packets(500); });
  Rise rise = rise_of_packets();
  rise.whole_protocol = true;
  rise.port = 0;
  EXPECT_THAT(texts(explain(rise)), ElementsAre("country=DE asn=24940 src=100.3.0.0: 100 %, usually 0 %, 1 hosts, 500 packets",
                                                "class=backscatter tcp_flags=RST src_port=443: 100 %, usually 5 %, 6 hosts, 505 packets"));
}

TEST_F(ExplainRise, NothingIsSaidOfAPopulationThatDidNotRise) {
  for (const int day : {7, 8}) hosts(day, 1, 50, mirai("BR"));
  hosts(10, 1, 50, mirai("BR"));
  const Explanation explanation = explain(rise_of_hosts());
  EXPECT_THAT(texts(explanation), IsEmpty());
  EXPECT_DOUBLE_EQ(explanation.unexplained, 1);
  EXPECT_EQ(explanation.hosts, 50U);
}

TEST_F(ExplainRise, NothingIsSaidOfADayThatNobodyWatched) {
  ordinary_noise();
  exposures_.erase(number(10));
  const Explanation explanation = explain(rise_of_hosts());
  EXPECT_THAT(texts(explanation), IsEmpty());
  EXPECT_EQ(explanation.hosts, 0U);
}

TEST_F(ExplainRise, ANewPortHasNothingUsualAndIsToldByItsOrigins) {
  hosts(10, 3, 75, mirai("VN"));
  hosts(10, 4, 13, mirai("TH"));
  hosts(10, 5, 12, mirai("ID"));
  Rise rise = rise_of_hosts();
  rise.usual_days.clear();
  EXPECT_THAT(texts(explain(rise)), ElementsAre("fingerprint=mirai: 100 %, usually 0 %, 100 hosts, 100 packets",
                                                "country=VN fingerprint=mirai: 75 %, usually 0 %, 75 hosts, 75 packets",
                                                "country=TH fingerprint=mirai: 13 %, usually 0 %, 13 hosts, 13 packets",
                                                "country=ID fingerprint=mirai: 12 %, usually 0 %, 12 hosts, 12 packets"));
}

TEST_F(ExplainRise, ASourceOfIpv6IsToldByItsNetworkOf64) {
  ordinary_noise();
  Flow flow(day(10), 6);
  lake_.add(flow.from("2001:db8:1:2::7").tcp(23).origin("NL", 1103).packets(900));
  EXPECT_THAT(texts(explain(rise_of_packets())),
              ElementsAre("country=NL asn=1103 src=2001:db8:1:2::/64: 100 %, usually 0 %, 1 hosts, 900 packets"));
}

}  // namespace
}  // namespace nightjar::test
