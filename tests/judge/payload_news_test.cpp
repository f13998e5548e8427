#include "explain/honeypot_evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "explain/signature_facts.hpp"
#include "figure/session_lake.hpp"
#include "judge/payload_news.hpp"

namespace nightjar {
namespace {

using test::SessionLake;
using test::Talk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr const char* kHuawei = "huawei-hg532 soap-command-injection";

/// Conversations with a honeypot. Days are counted from kDay.
class Talks : public ::testing::Test {
 protected:
  Talk talk(std::int64_t day, std::int64_t second, int client, std::uint16_t port, const std::string& tags, const std::string& urls = "") {
    Talk one;
    one.first = ((kDay + day) * 86'400 + second) * 1'000'000;
    one.src = "192.0.2." + std::to_string(client);
    one.port = port;
    one.tags = tags;
    one.urls = urls;
    one.payload = std::string(64, 'a');
    return one;
  }
  /// A login a day: the honeypot is there.
  void logins(std::int64_t from, std::int64_t to) {
    for (std::int64_t day = from; day < to; ++day) lake_.add(talk(day, 60, 1, 23, "mirai-telnet"));
  }
  std::vector<Incident> news(std::int64_t from, std::int64_t to, const Rules& rules = {}) {
    QueryOptions seen;
    seen.from_day = kDay + from - static_cast<std::int64_t>(rules.payload_days) - 7;
    const auto session = take(QuerySession::open(take(lake_.lake().snapshot()), seen));
    return take(new_payloads(*session, rules, kDay + from, kDay + to));
  }
  std::vector<IncidentPayload> at(std::uint16_t port, std::int64_t from, std::int64_t to, std::size_t most = 5) {
    const auto session = take(QuerySession::open(take(lake_.lake().snapshot()), {}));
    return take(payloads_at(*session, port, (kDay + from) * kMsPerDay, (kDay + to) * kMsPerDay, most));
  }
  SessionLake lake_;
};

TEST_F(Talks, ALakeWithoutHoneypotsHasNoNewsAndNoPayloads) {
  RowsLake empty;
  empty.add_rows<MinuteRow>(Table::minutes, kDay, {{kDay * 1440, 1, 40, 1, 0, 6, 1}}, {"darknet"});
  const auto session = empty.session();
  EXPECT_THAT(take(new_payloads(*session, {}, kDay, kDay + 1)), IsEmpty());
  EXPECT_THAT(take(payloads_at(*session, 23, 0, (kDay + 1) * kMsPerDay)), IsEmpty());
}

TEST_F(Talks, AnExploitThatNobodySentBeforeIsOneIncident) {
  logins(-30, 3);
  for (int i = 0; i < 6; ++i) {
    Talk one = talk(1, 50'000 + i * 100, 10 + i, 37'215, kHuawei, "http://203.0.113.7/okiru.mips");
    one.country = i < 5 ? "EG" : "TN";
    lake_.add(one);
  }
  lake_.write();
  const auto found = news(-30, 3);
  ASSERT_EQ(found.size(), 1u);
  const Incident& incident = found[0];
  EXPECT_EQ(incident.kind, IncidentKind::new_payload);
  EXPECT_EQ(incident.cause, Cause::new_exploit);
  EXPECT_EQ(incident.confidence, Confidence::confirmed);
  EXPECT_EQ(incident.metric, Metric::sessions);
  EXPECT_EQ(incident.protocol, 6);
  EXPECT_EQ(incident.port, 37'215);
  EXPECT_EQ(incident.country, "EG");
  EXPECT_EQ(incident.onset_ms, ((kDay + 1) * 86'400 + 50'000) * 1000);
  EXPECT_EQ(incident.observed, 6);
  EXPECT_EQ(incident.expected, 0);
  EXPECT_EQ(incident.hosts, 6u);
  EXPECT_FALSE(incident.end_ms);
  ASSERT_EQ(incident.payloads.size(), 1u);
  EXPECT_EQ(incident.payloads[0].sha256, std::string(64, 'a'));
  EXPECT_EQ(incident.payloads[0].sessions, 6u);
  EXPECT_THAT(incident.payloads[0].tags, ElementsAre("huawei-hg532", "soap-command-injection"));
  EXPECT_THAT(incident.payloads[0].urls, ElementsAre("http://203.0.113.7/okiru.mips"));
  EXPECT_THAT(incident.payloads[0].cves, ElementsAre("CVE-2017-17215"));
  ASSERT_FALSE(incident.explanation.empty());
  EXPECT_EQ(incident.explanation[0].attributes[0], (AttributeValue{"country", "EG"}));
  EXPECT_NEAR(incident.explanation[0].share_of_rise, 5.0 / 6, 1e-9);
}

TEST_F(Talks, WhatCameInTheLastFourWeeksIsNoNews) {
  logins(-30, 3);
  lake_.add(talk(-27, 100, 9, 37'215, kHuawei));
  for (int i = 0; i < 6; ++i) lake_.add(talk(1, 50'000 + i * 100, 10 + i, 37'215, kHuawei));
  lake_.write();
  EXPECT_THAT(news(-3, 3), IsEmpty());
}

TEST_F(Talks, WhatWasGoneForLongerIsNewsAgain) {
  logins(-60, 3);
  for (int i = 0; i < 6; ++i) lake_.add(talk(-40, 50'000 + i * 100, 10 + i, 37'215, kHuawei));
  for (int i = 0; i < 6; ++i) lake_.add(talk(1, 50'000 + i * 100, 10 + i, 37'215, kHuawei));
  lake_.write();
  EXPECT_EQ(news(-60, 3).size(), 2u);
}

TEST_F(Talks, OneHostOrTwoConversationsAreNotEnough) {
  logins(-30, 3);
  for (int i = 0; i < 6; ++i) lake_.add(talk(1, 50'000 + i * 100, 10, 37'215, kHuawei));
  for (int i = 0; i < 2; ++i) lake_.add(talk(1, 60'000 + i * 100, 10 + i, 52'869, "realtek-miniigd"));
  lake_.write();
  EXPECT_THAT(news(-30, 3), IsEmpty());
  Rules rules;
  rules.payload_hosts = 1;
  EXPECT_EQ(news(-30, 3, rules).size(), 1u);
}

TEST_F(Talks, ThreeWithinADayAreEnoughAfterFourWeeks) {
  logins(-30, 3);
  for (int i = 0; i < 3; ++i) lake_.add(talk(1, 50'000 + i * 100, 10 + i, 37'215, kHuawei));
  lake_.write();
  EXPECT_EQ(news(-30, 3).size(), 1u);
}

TEST_F(Talks, ThreeWithinADayAreNotEnoughAfterTwoDays) {
  logins(-1, 3);
  for (int i = 0; i < 3; ++i) lake_.add(talk(1, 50'000 + i * 100, 10 + i, 37'215, kHuawei));
  lake_.write();
  EXPECT_THAT(news(-1, 3), IsEmpty());
}

TEST_F(Talks, InTheFirstDayOfAHoneypotNothingIsNew) {
  logins(0, 2);
  for (int i = 0; i < 200; ++i) lake_.add(talk(0, 3000 + i * 100, 10 + i % 100, 37'215, kHuawei));
  lake_.write();
  EXPECT_THAT(news(0, 2), IsEmpty());
}

TEST_F(Talks, SeveralNewThingsAtOnePortAreOneAndAtTwoPortsTwo) {
  logins(-30, 3);
  for (int i = 0; i < 6; ++i) {
    lake_.add(talk(1, 50'000 + i * 100, 10 + i, 81, "goahead-system-ini"));
    lake_.add(talk(1, 50'010 + i * 100, 10 + i, 81, "goahead-set-ftp http-command-injection", "http://198.51.100.23/cam.sh"));
    lake_.add(talk(1, 50'020 + i * 100, 10 + i, 37'215, kHuawei));
  }
  lake_.write();
  const auto found = news(-30, 3);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].port, 81);
  EXPECT_EQ(found[0].payloads.size(), 2u);
  EXPECT_EQ(found[1].port, 37'215);
}

TEST_F(Talks, AKnownToolThatLoadsFromANewHostIsProbablyNew) {
  logins(-30, 3);
  for (std::int64_t day = -30; day < 3; ++day) lake_.add(talk(day, 100, 5, 23, "mirai-loader", "http://203.0.113.66:80/bins/mirai.mips"));
  for (int i = 0; i < 6; ++i) lake_.add(talk(1, 50'000 + i * 100, 10 + i, 23, "mirai-loader", "http://198.51.100.142:80/bins/okiru.mips"));
  lake_.write();
  const auto found = news(-1, 3);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].port, 23);
  EXPECT_EQ(found[0].confidence, Confidence::probable);
  EXPECT_EQ(found[0].observed, 6);
}

TEST_F(Talks, NewsThatAreEnoughOnlyTheNextDayAreToldThen) {
  logins(-30, 3);
  for (int i = 0; i < 6; ++i) lake_.add(talk(i < 2 ? 0 : 1, i < 2 ? 80'000 + i : 1000 + i, 10 + i, 37'215, kHuawei));
  lake_.write();
  EXPECT_THAT(news(0, 1), IsEmpty());
  const auto next = news(1, 2), all = news(-30, 3);
  ASSERT_EQ(next.size(), 1u);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(next[0].id, all[0].id);
  EXPECT_THAT(news(2, 3), IsEmpty());
}

TEST_F(Talks, NewsOfTheEveningAndOfTheNextMorningAreOneWhereverTheBorderLies) {
  logins(-40, 6);
  for (int i = 0; i < 6; ++i) {
    lake_.add(talk(0, 80'000 + i * 100, 10 + i, 81, "goahead-system-ini"));
    Talk next = talk(1, 20'000 + i * 100, 10 + i, 81, "goahead-set-ftp");
    next.payload = std::string(64, 'b');
    lake_.add(next);
  }
  lake_.write();
  const auto all = news(-40, 6);
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].payloads.size(), 2u);
  for (const std::int64_t from : {0, 1}) {
    const auto found = news(from, 6);
    ASSERT_EQ(found.size(), 1u) << from;
    EXPECT_EQ(found[0].id, all[0].id);
    EXPECT_EQ(found[0].onset_ms, all[0].onset_ms);
    EXPECT_EQ(found[0].payloads.size(), 2u);
  }
  EXPECT_THAT(news(2, 6), IsEmpty());
}

TEST_F(Talks, ANameOfAHostIsNoPattern) {
  logins(-30, 3);
  for (std::int64_t day = -30; day < 3; ++day)
    for (int i = 0; i < 5; ++i) lake_.add(talk(day, 100 + i, 50 + i, 23, "mirai-loader", "http://203.0.113.66:80/bins/mirai.mips"));
  for (int i = 0; i < 6; ++i) lake_.add(talk(1, 50'000 + i * 100, 10, 23, "mirai-loader", "http://%/x"));  // of one client alone
  for (int i = 0; i < 6; ++i) lake_.add(talk(1, 60'000 + i * 100, 10 + i, 23, "mirai-loader", "http://203.0.113.66/y http://_"));
  lake_.write();
  const auto found = news(-1, 3);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].onset_ms, ((kDay + 1) * 86'400 + 60'000) * 1000);
  EXPECT_EQ(found[0].observed, 6);
  EXPECT_EQ(found[0].hosts, 6u);
}

TEST_F(Talks, WhoeverIsGoneAgainHasAnEnd) {
  logins(-30, 6);
  for (int i = 0; i < 6; ++i) lake_.add(talk(1, 50'000 + i * 100, 10 + i, 37'215, kHuawei));
  lake_.write();
  const auto found = news(-30, 6);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].end_ms, (kDay + 2) * kMsPerDay);
  EXPECT_EQ(found[0].trend, Trend::over);
}

TEST_F(Talks, WhatComesForMoreThanAYearIsUsualThen) {
  logins(-30, 2);
  // A pause of less than four weeks is none.
  for (std::int64_t day = 1; day < 380; day += day < 361 ? 20 : 1)
    for (int i = 0; i < (day < 366 ? 6 : 60); ++i) lake_.add(talk(day, 50'000 + i * 100, 10 + i, 37'215, kHuawei));
  lake_.write();
  for (const std::int64_t to : {365, 366, 380}) {
    const auto found = news(-30, to);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].since_new_usual, to >= 366) << to;
    EXPECT_EQ(found[0].judged_to_ms, (kDay + std::min<std::int64_t>(to, 366)) * kMsPerDay);
    EXPECT_EQ(found[0].level_now, 6);
    EXPECT_EQ(found[0].observed, 6);
    EXPECT_FALSE(found[0].end_ms);
  }
}

TEST_F(Talks, OnlyWhatMayHaveChangedIsFollowed) {
  std::map<std::string, Incident> told;
  const auto add = [&](const char* id, std::int64_t onset, std::optional<std::int64_t> end, IncidentKind kind = IncidentKind::new_payload) {
    Incident& incident = told[id];
    incident.id = id;
    incident.kind = kind;
    incident.onset_ms = onset * kMsPerDay + 1;
    if (end) incident.end_ms = *end * kMsPerDay;
  };
  add("goes on", 500, {});
  add("just over", 500, 590);
  add("over", 500, 580);
  add("told by others", 575, {});
  add("a year old", 230, {});
  add("a wave", 500, {}, IncidentKind::host_spike);
  std::vector<std::string> ids;
  for (const Incident* one : payloads_to_follow(told, 597, 570)) ids.push_back(one->id);
  EXPECT_THAT(ids, ElementsAre("goes on", "just over"));
}

TEST_F(Talks, PayloadsAtAPortComeWithThoseFirstThatLoadOrExploit) {
  for (int i = 0; i < 5; ++i) lake_.add(talk(0, 100 + i, 10 + i, 81, ""));
  for (int i = 0; i < 2; ++i) lake_.add(talk(0, 200 + i, 10 + i, 81, "goahead-system-ini"));
  for (int i = 0; i < 3; ++i) lake_.add(talk(0, 300 + i, 10 + i, 81, "goahead-set-ftp", "http://198.51.100.23/cam.sh"));
  lake_.add(talk(0, 400, 10, 80, "goahead-set-ftp"));
  lake_.add(talk(2, 400, 10, 81, "goahead-set-ftp"));
  lake_.write();
  const auto found = at(81, 0, 1);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_THAT(found[0].tags, ElementsAre("goahead-set-ftp"));
  EXPECT_EQ(found[0].sessions, 3u);
  EXPECT_THAT(found[1].tags, ElementsAre("goahead-system-ini"));
  EXPECT_THAT(found[2].tags, IsEmpty());
  EXPECT_EQ(found[2].sessions, 5u);
  EXPECT_EQ(at(81, 0, 1, 1).size(), 1u);
  EXPECT_THAT(at(82, 0, 1), IsEmpty());
}

TEST_F(Talks, PayloadsThatDifferInEachConversationAreOneWhereTheSignatureKnowsThem) {
  for (int i = 0; i < 9; ++i) {
    Talk one = talk(0, 100 + i, 10 + i, 445, "smb-ms17-010-probe");
    one.payload = std::string(63, 'b') + std::to_string(i);
    lake_.add(one);
  }
  lake_.write();
  const auto found = at(445, 0, 1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].sessions, 9u);
}

TEST(HostOfUrl, IsWhatStandsBetweenSchemeAndPortOrPath) {
  EXPECT_EQ(host_of_url("http://203.0.113.7:80/okiru.mips"), "203.0.113.7");
  EXPECT_EQ(host_of_url("tftp://loader.example/x"), "loader.example");
  EXPECT_EQ(host_of_url("http://[2001:db8::1]:8080/x"), "[2001:db8::1]");
  EXPECT_EQ(host_of_url("http://203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(host_of_url("okiru.mips"), "");
  EXPECT_EQ(host_of_url("http://"), "");
  EXPECT_EQ(host_of_url("http://[2001:db8::1"), "");
}

TEST(SignatureFacts, TellExploitsAndTheirCves) {
  EXPECT_TRUE(is_exploit("realtek-miniigd"));
  EXPECT_THAT(cves_of_tag("realtek-miniigd"), ElementsAre("CVE-2014-8361"));
  EXPECT_FALSE(is_exploit("mirai-telnet"));
  EXPECT_THAT(cves_of_tag("somebody-elses"), IsEmpty());
}

}  // namespace
}  // namespace nightjar
