// Who the hosts of a rise are: hosts that come back, bots behind one address, and what they ask besides.
#include "explain/hosts.hpp"

#include <gmock/gmock.h>

#include "explain/rise_lake.hpp"

namespace nightjar::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ExplainedHosts : public RiseLake {
 protected:
  ExplainedHosts() {
    // 40 days, so that there are 28 before the onset.
    for (int day = -40; day <= 30; ++day) exposures_[number(1) + day] = {.address_days = 64, .coverage = 1, .trouble = false};
  }
  /// 40 hosts of Brazil on the peak day, 20 of which are there on the next day too.
  void hosts_of_the_rise(int seen_again = 20) {
    hosts(10, 3, 40, mirai("BR"));
    hosts(11, 3, seen_again, mirai("BR"));
  }
  std::vector<std::string> asked_besides(const Rise& rise) {
    std::vector<std::string> lines;
    for (const RelatedPort& port : explain(rise).co_scanned) lines.push_back(text(port));
    return lines;
  }
  static Shape at(std::uint16_t port) {
    return [=](Flow& flow) { flow.origin("BR", 0).tcp(port); };
  }
};

TEST_F(ExplainedHosts, HostsReturnThatAnyPortSawInTheFourWeeksBefore) {
  hosts_of_the_rise();
  hosts(1, 3, 5, at(80));
  hosts(2, 3, 8, at(23));
  // 10 hosts of another block are none of the rise; the 9th is no day before the onset.
  hosts(2, 4, 10, at(23));
  hosts(9, 3, 30, at(80));
  EXPECT_DOUBLE_EQ(*explain(rise_of_hosts()).returning_hosts, 8.0 / 40);
}

TEST_F(ExplainedHosts, HostsThatHoneypotsSawAreNotReturning) {
  lake_.sensor("pot", 1, SensorKind::honeypot);
  hosts_of_the_rise();
  hosts(2, 3, 8, [](Flow& flow) { flow.at("pot"); });
  EXPECT_DOUBLE_EQ(*explain(rise_of_hosts()).returning_hosts, 0);
}

TEST_F(ExplainedHosts, WhetherHostsReturnIsNotKnownWhereFewAreSeenTwice) {
  hosts_of_the_rise(19);
  EXPECT_FALSE(explain(rise_of_hosts()).returning_hosts);
}

TEST_F(ExplainedHosts, WhetherHostsReturnIsNotKnownWhereOneInTenIsNotSeenTwice) {
  hosts(10, 3, 300, mirai("BR"));
  hosts(11, 3, 29, mirai("BR"));
  EXPECT_FALSE(explain(rise_of_hosts()).returning_hosts);
}

TEST_F(ExplainedHosts, AFewHostsOfWhichMostAreSeenTwiceAreKnown) {
  hosts(7, 3, 5, at(80));
  hosts(10, 3, 6, mirai("BR"));
  hosts(11, 3, 5, mirai("BR"));
  EXPECT_DOUBLE_EQ(*explain(rise_of_hosts()).returning_hosts, 5.0 / 6);
}

TEST_F(ExplainedHosts, AShortPastTellsOfReturningHostsOnlyWhereMostWereThere) {
  exposures_.clear();
  for (int day = 5; day <= 11; ++day) exposures_[number(day)] = {.address_days = 64, .coverage = 1, .trouble = false};
  hosts_of_the_rise();
  hosts(6, 3, 19, at(80));
  EXPECT_FALSE(explain(rise_of_hosts()).returning_hosts);
}

TEST_F(ExplainedHosts, AShortPastTellsThatMostWereThere) {
  exposures_.clear();
  for (int day = 5; day <= 11; ++day) exposures_[number(day)] = {.address_days = 64, .coverage = 1, .trouble = false};
  hosts_of_the_rise();
  hosts(6, 3, 20, at(80));
  EXPECT_DOUBLE_EQ(*explain(rise_of_hosts()).returning_hosts, 0.5);
}

/// A row of Mirai's, in an hour of the peak day.
Flow bot(const std::string& day, const std::string& address, int hour, std::uint16_t src_port, std::uint16_t window) {
  Flow flow(day, hour);
  flow.from(address).tcp(23).origin("BR", 0).facts(1).window(window).src_port(src_port);
  return flow;
}

TEST_F(ExplainedHosts, BotsBehindOneAddressAreToldBySourcePortAndWindow) {
  for (int n = 0; n < 30; ++n) {
    const auto port = static_cast<std::uint16_t>(1000 + n);
    lake_.add(bot(day(10), address(3, n), 1, port, 7));
    lake_.add(bot(day(10), address(3, n), 2, port, 7));
    // Six addresses have a second bot, of which one shares the source port with the first.
    if (n < 6) lake_.add(bot(day(10), address(3, n), 2, n == 0 ? port : 4000, 9));
  }
  EXPECT_EQ(explain(rise_of_hosts()).bots, 36U);
}

TEST_F(ExplainedHosts, BotsAreNotToldWhereEachPacketHasASourcePortOfItsOwn) {
  for (int n = 0; n < 30; ++n) {
    for (int hour = 0; hour < 3; ++hour) lake_.add(bot(day(10), address(3, n), hour, static_cast<std::uint16_t>(1000 + 3 * n + hour), 7));
  }
  EXPECT_FALSE(explain(rise_of_hosts()).bots);
}

TEST_F(ExplainedHosts, BotsAreNotToldWhereFewHostsHaveSeveralRows) {
  for (int n = 0; n < 30; ++n) {
    for (int hour = 0; hour < (n < 19 ? 3 : 1); ++hour) lake_.add(bot(day(10), address(3, n), hour, hour == 2 ? 1 : 2, 7));
  }
  EXPECT_FALSE(explain(rise_of_hosts()).bots);
}

TEST_F(ExplainedHosts, BotsAreNotToldWhereEachAddressIsOneBot) {
  for (int n = 0; n < 30; ++n) {
    for (int hour = 0; hour < 3; ++hour) lake_.add(bot(day(10), address(3, n), hour, 1000, 7));
  }
  EXPECT_FALSE(explain(rise_of_hosts()).bots);
}

TEST_F(ExplainedHosts, BotsAreNotToldOfHostsOfManyTools) {
  hosts(10, 5, 6, of("CN"));
  for (int n = 0; n < 30; ++n) {
    for (int hour = 0; hour < 3; ++hour) lake_.add(bot(day(10), address(3, n), hour, hour == 2 ? 1 : 2, 7));
  }
  EXPECT_FALSE(explain(rise_of_hosts()).bots);
}

TEST_F(ExplainedHosts, PortsThatTheHostsAskMoreOftenThanOthersAreRelated) {
  hosts_of_the_rise();
  hosts(10, 3, 8, at(2323));
  hosts(10, 3, 2, at(81));  // too few
  // 100 others ask 80, ten of them 2323 too, all of them 443 as five of the rise do: lift (8 / 40) / (10 / 100), (5 / 40) / (100 / 100).
  hosts(10, 6, 100, at(80));
  hosts(10, 6, 10, at(2323));
  hosts(10, 6, 100, at(443));
  hosts(10, 3, 5, at(443));
  EXPECT_THAT(asked_besides(rise_of_hosts()), ElementsAre("6/2323: 8 hosts, 8 packets, lift 2.0"));
}

TEST_F(ExplainedHosts, HostsThatAreKnownByOnePortOnlyDoNotMakeItUsual) {
  // 2323 is where the darknet sees most other hosts of the same botnet, and it sees each of them once.
  hosts_of_the_rise();
  hosts(10, 3, 8, at(2323));
  hosts(10, 6, 100, at(2323));
  EXPECT_THAT(asked_besides(rise_of_hosts()), ElementsAre("6/2323: 8 hosts, 8 packets, lift 20.0"));
}

TEST_F(ExplainedHosts, DaysOfTheRiseBeforeThePeakCountTogether) {
  hosts_of_the_rise();
  hosts(9, 3, 2, mirai("BR"), 38);
  hosts(9, 3, 2, at(2323), 38);
  hosts(10, 3, 1, at(2323));
  hosts(10, 6, 50, at(80));
  hosts(8, 3, 5, at(88));  // before the onset
  EXPECT_THAT(asked_besides(rise_of_hosts()), ElementsAre("6/2323: 3 hosts, 3 packets, lift 3.8"));
}

TEST_F(ExplainedHosts, HostsThatWereThereBeforeTheRiseDoNotSpeakForIt) {
  // Survey scanners ask every port every day; the rise is of others.
  for (const int day : {7, 8, 10}) {
    hosts(day, 1, 20, of("US"));
    for (const int port : {80, 443, 8080}) hosts(day, 1, 20, at(static_cast<std::uint16_t>(port)));
  }
  hosts_of_the_rise();
  hosts(10, 3, 8, at(2323));
  hosts(10, 6, 50, at(3389));
  EXPECT_THAT(asked_besides(rise_of_hosts()), ElementsAre("6/2323: 8 hosts, 8 packets, lift 14.0"));
}

TEST_F(ExplainedHosts, VictimsOfADenialOfServiceAskNothing) {
  hosts(10, 3, 10, [](Flow& flow) { flow.answer(6, 80).packets(50); });
  hosts(10, 3, 10, at(2323));
  hosts(10, 6, 50, at(3389));
  Rise rise = rise_of_packets();
  rise.port = 80;
  rise.backscatter = true;
  EXPECT_THAT(asked_besides(rise), IsEmpty());
}

}  // namespace
}  // namespace nightjar::test
