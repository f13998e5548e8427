#include "incident/score.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "payload/signature_file.hpp"
#include "simulate/conversation.hpp"

// Hand-made truths and incidents: what counts as found, what as found again, what as wrong.
namespace nightjar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;
constexpr std::int64_t kFirst = 17'000 * kDay;  // of the truth's span

TrueIncident wave(const std::string& id, std::uint16_t port, std::int64_t onset_day, std::int64_t end_day) {
  TrueIncident one;
  one.id = id;
  one.kind = IncidentKind::host_spike;
  one.port = port;
  one.onset_ms = kFirst + onset_day * kDay;
  one.peak_ms = one.onset_ms + 3 * kDay;
  one.end_ms = kFirst + end_day * kDay;
  one.packets = 1'000;
  return one;
}

IncidentTruth year_with(std::vector<TrueIncident> incidents) {
  IncidentTruth truth;
  truth.scenario = "made";
  truth.from_ms = kFirst;
  truth.to_ms = kFirst + 365 * kDay;
  truth.incidents = std::move(incidents);
  return truth;
}

Incident seen(std::uint16_t port, double onset_day, std::int64_t days, IncidentKind kind = IncidentKind::host_spike) {
  Incident one;
  one.kind = kind;
  one.protocol = 6;
  one.port = port;
  one.onset_ms = kFirst + static_cast<std::int64_t>(onset_day * static_cast<double>(kDay));
  one.end_ms = one.onset_ms + days * kDay;
  return one;
}

Incident because(Incident incident, std::vector<AttributeValue> values) {
  incident.explanation.push_back({std::move(values), 0.9, 0.1, 100, 200});
  return incident;
}

std::vector<std::string> verdicts(const Score& score) {
  std::vector<std::string> names;
  for (const Verdict verdict : score.verdicts) names.emplace_back(name_of(verdict));
  return names;
}

TEST(Score, OfAWaveThatIsFoundOnceIsFull) {
  const Score score = score_incidents(year_with({wave("telnet", 23, 100, 130)}), {seen(23, 100.5, 20)});
  EXPECT_THAT(verdicts(score), ElementsAre("found"));
  EXPECT_EQ(score.truths.at(0).delay_hours, 12);
  EXPECT_TRUE(score.truths.at(0).in_time());
  EXPECT_EQ(score.recall(), 1);
  EXPECT_EQ(score.precision(), 1);
  EXPECT_EQ(score.median_delay_hours, 12);
}

TEST(Score, ADayIsAllowedForAWaveAndAnHourForAFlood) {
  TrueIncident flood = wave("flood", 80, 200, 203);
  flood.kind = IncidentKind::dos_victim;
  const IncidentTruth truth = year_with({wave("telnet", 23, 100, 130), flood});
  const auto in_time = [&](double hours) {
    const Score score =
        score_incidents(truth, {seen(23, 100 + hours / 24, 9), seen(80, 200 + hours / 24, 2, IncidentKind::carpet_bombing)});
    EXPECT_EQ(score.found, 2U);
    return std::pair(score.truths.at(0).in_time(), score.truths.at(1).in_time());
  };
  EXPECT_EQ(in_time(1), std::pair(true, true));
  EXPECT_EQ(in_time(-1), std::pair(true, true));
  EXPECT_EQ(in_time(1.5), std::pair(true, false));
  EXPECT_EQ(in_time(-1.5), std::pair(true, false));
  EXPECT_EQ(in_time(24), std::pair(true, false));
  EXPECT_EQ(in_time(24.5), std::pair(false, false));
}

TEST(Score, WhatTheDarknetDidNotGetYetIsNoDelay) {
  TrueIncident scanner = wave("one-host", 52869, 100, 130);
  scanner.kind = IncidentKind::heavy_source;
  scanner.first_ms = scanner.onset_ms + 10 * kHour;
  const auto delay = [&](double hours) {
    const Score score = score_incidents(year_with({scanner}), {seen(52869, 100 + hours / 24, 9, IncidentKind::heavy_source)});
    return score.truths.at(0).delay_hours.value();
  };
  EXPECT_EQ(delay(-2), -2);
  EXPECT_EQ(delay(0), 0);
  EXPECT_EQ(delay(6), 0);
  EXPECT_EQ(delay(10), 0);
  EXPECT_EQ(delay(10.5), 0.5);
  scanner.first_ms = scanner.onset_ms - kHour;  // clocks of captures may be set back
  EXPECT_EQ(delay(6), 6);
  scanner.first_ms = 0;
  EXPECT_EQ(delay(6), 6);
}

TEST(Score, TwentyAlarmsForOneWaveAreOneFoundAndNineteenAgain) {
  std::vector<Incident> alarms;
  for (int i = 0; i < 20; ++i) alarms.push_back(seen(23, 100 + i, 1));
  const Score score = score_incidents(year_with({wave("telnet", 23, 100, 130)}), alarms);
  EXPECT_EQ(score.found, 1U);
  EXPECT_EQ(score.duplicates, 19U);
  EXPECT_EQ(score.truths.at(0).found, 0U) << "the one with the nearest onset";
  EXPECT_EQ(score.truths.at(0).duplicates.size(), 19U);
  EXPECT_DOUBLE_EQ(score.precision().value_or(0), 1.0 / 20);
  EXPECT_EQ(score.unknown_a_month(), 0);
}

TEST(Score, WhatTheTruthDoesNotKnowIsCountedByTheMonth) {
  std::vector<Incident> alarms;
  for (int i = 0; i < 24; ++i) alarms.push_back(seen(8'080, i * 15, 1));
  const Score score = score_incidents(year_with({wave("telnet", 23, 100, 130)}), alarms);
  EXPECT_EQ(score.unknown, 24U);
  EXPECT_EQ(score.recall(), 0);
  EXPECT_EQ(score.precision(), 0);
  EXPECT_NEAR(score.unknown_a_month(), 2, 0.01);
}

TEST(Score, OfTheSamePortOtherFamiliesAndOtherTimesAreNotIt) {
  const IncidentTruth truth = year_with({wave("telnet", 23, 100, 130)});
  for (const Incident& other : {seen(23, 100, 9, IncidentKind::dos_victim), seen(23, 100, 9, IncidentKind::sensor), seen(23, 96.9, 60),
                                seen(23, 97.5, 1), seen(23, 130.1, 9), seen(22, 100, 9)}) {
    EXPECT_THAT(verdicts(score_incidents(truth, {other})), ElementsAre("unknown")) << (other.onset_ms - kFirst) / kHour;
  }
  Incident udp = seen(23, 100, 9);
  udp.protocol = 17;
  EXPECT_THAT(verdicts(score_incidents(truth, {udp})), ElementsAre("unknown"));
  for (const IncidentKind kind : {IncidentKind::packet_spike, IncidentKind::new_port, IncidentKind::heavy_source,
                                  IncidentKind::scan_campaign, IncidentKind::new_payload})
    EXPECT_THAT(verdicts(score_incidents(truth, {seen(23, 100, 9, kind)})), ElementsAre("found"));
}

TEST(Score, AnIncidentThatGoesOnLastsUntilWhatWasJudged) {
  Incident going_on = seen(23, 99, 1);
  going_on.end_ms.reset();
  going_on.judged_to_ms = kFirst + 140 * kDay;
  const Score score = score_incidents(year_with({wave("telnet", 23, 101.5, 130)}), {going_on});
  EXPECT_EQ(score.found, 1U);
}

TEST(Score, NeighboursByRelatedPortsAreFoundOnlyIfNothingElseIsThere) {
  TrueIncident telnet = wave("telnet", 23, 100, 130);
  telnet.related_ports = {2323, 52869};
  TrueIncident dropper = wave("dropper", 52869, 98, 130);
  dropper.kind = IncidentKind::heavy_source;
  dropper.related_ports = {23};
  const IncidentTruth truth = year_with({telnet, dropper});

  const Score both = score_incidents(truth, {seen(52869, 98, 9, IncidentKind::heavy_source), seen(2323, 100, 9)});
  EXPECT_EQ(both.truths.at(1).found, 0U);
  EXPECT_EQ(both.truths.at(0).found, 1U);
  EXPECT_THAT(both.truths.at(0).because, ElementsAre(ScoreHit{"port=23", false}));
  EXPECT_THAT(both.truths.at(0).related, ElementsAre(ScoreHit{"related=2323", true}, ScoreHit{"related=52869", false}));

  // An incident about 52869 is the dropper's, never the telnet wave's.
  const Score twice = score_incidents(truth, {seen(52869, 98, 9), seen(52869, 100, 9)});
  EXPECT_EQ(twice.found, 1U);
  EXPECT_EQ(twice.duplicates, 1U);

  Incident elsewhere = seen(8'080, 100, 9);
  elsewhere.related_ports.push_back({6, 23, Relation::co_scanned, 50, 60, 3});
  EXPECT_EQ(score_incidents(truth, {elsewhere}).truths.at(0).found, 0U);
}

TEST(Score, ARiseOfAWholeProtocolBelongsToTheWaveThatBeginsThen) {
  const IncidentTruth truth = year_with({wave("telnet", 23, 100, 130)});
  Incident total = seen(0, 101, 2, IncidentKind::packet_spike);
  EXPECT_THAT(verdicts(score_incidents(truth, {seen(23, 100, 9), total})), ElementsAre("found", "duplicate"));
  total = seen(0, 110, 2, IncidentKind::packet_spike);
  EXPECT_THAT(verdicts(score_incidents(truth, {seen(23, 100, 9), total})), ElementsAre("found", "unknown"));
}

TEST(Score, OfTwoAtOnceOnOnePortTheCausesTellWhichIsWhich) {
  TrueIncident brazil = wave("brazil", 23, 100, 110), egypt = wave("egypt", 23, 100, 110);
  brazil.because = {{"country", "BR"}, {"fingerprint", "mirai"}};
  egypt.because = {{"country", "EG"}};
  Incident first = because(seen(23, 100.1, 5), {{"country", "EG"}});
  Incident second = because(seen(23, 100.3, 5), {{"fingerprint", "mirai"}});
  second.country = "BR";
  const Score score = score_incidents(year_with({brazil, egypt}), {first, second});
  EXPECT_EQ(score.truths.at(0).found, 1U);
  EXPECT_EQ(score.truths.at(1).found, 0U);
  EXPECT_THAT(score.truths.at(0).because,
              ElementsAre(ScoreHit{"port=23", true}, ScoreHit{"country=BR", true}, ScoreHit{"fingerprint=mirai", true}));
  EXPECT_EQ(score.because.hits, 5U);
  EXPECT_EQ(score.because.asked, 5U);
}

TEST(Score, ExplanationsAreHeldAgainstEveryPart) {
  TrueIncident router = wave("router", 22, 100, 110);
  router.because = {{"country", "JP"}, {"asn", "9605"}, {"window", "14600"}};
  router.payloads = {"realtek-soap", "huawei-soap"};
  Incident found = because(because(seen(22, 100, 5), {{"country", "JP"}, {"window", "14600"}}), {{"asn", "2516"}});
  found.payloads.push_back({"00", {"soap-command-injection", "huawei-hg532"}, {}, {}, 3});
  const Score score = score_incidents(year_with({router}), {found});
  EXPECT_THAT(score.truths.at(0).because, ElementsAre(ScoreHit{"port=22", true}, ScoreHit{"country=JP", true}, ScoreHit{"asn=9605", false},
                                                      ScoreHit{"window=14600", true}));
  EXPECT_THAT(score.truths.at(0).payloads, ElementsAre(ScoreHit{"payload=realtek-soap", false}, ScoreHit{"payload=huawei-soap", true}));
}

TEST(Score, WhereNothingHappenedNothingMayBegin) {
  TrueIncident petya = wave("petya", 445, 178, 185);
  petya.kind.reset();
  const IncidentTruth truth = year_with({wave("wannacry", 445, 130, 365), petya});
  const Score score = score_incidents(truth, {seen(445, 130, 200), seen(445, 179, 2)});
  EXPECT_THAT(verdicts(score), ElementsAre("found", "forbidden"));
  EXPECT_THAT(score.truths.at(1).forbidden, ElementsAre(1U));
  EXPECT_EQ(score.expected, 1U) << "what did not happen is nothing to be found";
  EXPECT_DOUBLE_EQ(score.precision().value_or(0), 0.5);
  EXPECT_GT(score.unknown_a_month(), 0);
  EXPECT_THAT(score_incidents(truth, {seen(445, 130, 200)}).truths.at(1).forbidden, IsEmpty());
}

TEST(Score, AttacksThroughReflectorsAreTheirCountrys) {
  TrueIncident japan = wave("japan", 0, 300, 360);
  japan.kind = IncidentKind::drdos;
  japan.protocol = 17;
  japan.because = {{"country", "JP"}};
  japan.attacks = 50;
  Incident other = seen(0, 300, 9, IncidentKind::drdos), right = other;
  other.country = "US";
  right.country = "JP";
  const Score score = score_incidents(year_with({japan}), {other, right});
  EXPECT_THAT(verdicts(score), ElementsAre("unknown", "found"));
}

TEST(Score, SensorsAreMatchedByTimeAndTheirSizesAreRemarks) {
  TrueIncident outage = wave("outage", 0, 90, 91);
  outage.kind = IncidentKind::sensor;
  Incident silent = seen(0, 90.1, 0, IncidentKind::sensor), size = seen(0, 212, 0, IncidentKind::sensor);
  silent.protocol = size.protocol = 0;
  size.cause = Cause::sensor_size;
  const Score score = score_incidents(year_with({outage}), {silent, size});
  EXPECT_THAT(verdicts(score), ElementsAre("found", "remark"));
  EXPECT_EQ(score.precision(), 1);
}

TEST(Score, WhatTheSensorsHardlySawIsToldApart) {
  TrueIncident faint = wave("faint", 23, 100, 110), faint_attacks = wave("attacks", 0, 100, 110), plain = wave("plain", 22, 100, 110);
  faint.packets = 9;
  plain.packets = 10;
  faint_attacks.kind = IncidentKind::drdos;
  faint_attacks.attacks = 13;
  const Score score = score_incidents(year_with({faint, faint_attacks, plain}), {seen(22, 100, 9)});
  EXPECT_DOUBLE_EQ(score.recall().value_or(0), 1.0 / 3);
  EXPECT_EQ(score.recall_visible(), 1);
  EXPECT_TRUE(score.truths.at(0).hardly_visible);
  EXPECT_TRUE(score.truths.at(1).hardly_visible);
  EXPECT_FALSE(score.truths.at(2).hardly_visible);
}

TEST(Score, OnlyWhatBeginsInTheSpanIsExpected) {
  IncidentTruth truth = year_with({wave("before", 23, -5, 20), wave("within", 22, 100, 110), wave("behind", 80, 365, 380)});
  const Score score = score_incidents(truth, {});
  EXPECT_EQ(score.expected, 1U);
  EXPECT_FALSE(score.precision());
  EXPECT_EQ(score.recall(), 0);
  truth.incidents.clear();
  EXPECT_FALSE(score_incidents(truth, {}).recall());
}

TEST(Score, TheReportsTableIsOfItsOwnScenarioOnly) {
  IncidentTruth truth = year_with({wave("wannacry", 445, 130, 365), wave("drdos-japan", 0, 300, 365)});
  EXPECT_EQ(score_incidents(truth, {}).expected_report, 0U);
  truth.scenario = "nicter-2017";
  EXPECT_EQ(score_incidents(truth, {}).expected_report, 1U);
}

TEST(Score, KnowsTheSignaturesOfEveryConversation) {
  std::set<std::string> ids;
  for (const BuiltInSignatureFile& file : built_in_signature_files()) {
    const auto signatures = parse_signatures(file.text, std::string(file.name));
    ASSERT_TRUE(signatures);
    for (const Signature& signature : *signatures) ids.insert(signature.id);
  }
  for (const simulate::Conversation& conversation : simulate::conversations()) {
    const auto names = signatures_of_conversation(conversation.name);
    for (const std::string_view name : names) EXPECT_TRUE(ids.contains(std::string(name))) << name;
    const bool silent = conversation.name == "ssh" || conversation.name == "crawler" || conversation.name == "http-proxy-check";
    EXPECT_EQ(names.empty(), silent) << conversation.name;
  }
}

// The truth's file.

constexpr const char* kTruth =
    R"({"scenario": "made", "seed": 7, "addresses": 64, "from": "2017-01-01T00:00:00Z", "to": "2018-01-01T00:00:00Z",
 "incidents": [
  {"id": "a", "kind": "host-spike", "title": {"en": "A wave", "ja": "波"}, "protocol": "tcp", "port": 23, "onset": "2017-11-22T11:00:00Z",
   "peak": "2017-11-23T03:00:00Z", "end": "2017-12-19T15:00:00Z", "because": ["country=AR", "fingerprint=mirai"], "related_ports": [2323],
   "payloads": ["mirai-telnet"], "hosts_true": 3, "hosts_seen": 2, "packets": 5, "first": "2017-11-22T12:30:00Z",
   "last": null},
  {"id": "b", "kind": "drdos", "title": {"en": "B", "ja": "B"}, "protocol": "udp", "port": 0, "onset": "2017-11-22T11:00:00Z",
   "peak": "2017-11-23T03:00:00Z", "end": "2017-12-19T15:00:00Z", "because": [], "related_ports": [], "payloads": [], "hosts_seen": 0,
   "packets": 0, "first": null}],
 "attacks": [{"incident": "b", "counts_as": 2, "requests": 300}, {"incident": null, "counts_as": 1, "requests": 100},
  {"incident": "b", "counts_as": 1, "requests": 200}]})";

TEST(IncidentTruth, IsReadFromWhatSimulateWrites) {
  const auto truth = incident_truth(kTruth, "truth.json");
  ASSERT_TRUE(truth) << truth.error().sentence;
  EXPECT_EQ(truth->seed, 7U);
  EXPECT_EQ(truth->from_ms, 1'483'228'800'000);  // date -u -d 2017-01-01 +%s
  ASSERT_EQ(truth->incidents.size(), 2U);
  const TrueIncident& wave = truth->incidents[0];
  EXPECT_EQ(wave.kind, IncidentKind::host_spike);
  EXPECT_EQ(wave.onset_ms, 1'511'348'400'000);  // date -u -d 2017-11-22T11:00Z +%s
  EXPECT_THAT(wave.because, ElementsAre(AttributeValue{"country", "AR"}, AttributeValue{"fingerprint", "mirai"}));
  EXPECT_THAT(wave.related_ports, ElementsAre(2323));
  EXPECT_EQ(wave.packets, 5U);
  EXPECT_EQ(wave.first_ms, wave.onset_ms + 90 * 60'000);
  EXPECT_EQ(truth->incidents[1].first_ms, 0);
  EXPECT_EQ(truth->incidents[1].attacks, 3U);
  EXPECT_EQ(truth->incidents[1].packets, 500U);
}

TEST(IncidentTruth, SaysWhatIsMissingInIt) {
  const auto sentence = [](std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    const auto truth = incident_truth(text.replace(at, from.size(), to), "truth.json");
    return truth ? "" : truth.error().sentence;
  };
  EXPECT_THAT(sentence(kTruth, "{\"scenario\"", "scenario"), HasSubstr("truth.json is no truth"));
  EXPECT_THAT(sentence(kTruth, "\"seed\"", "\"sead\""), HasSubstr("\"seed\""));
  EXPECT_THAT(sentence(kTruth, "host-spike", "earthquake"), HasSubstr("incident 1 is of kind \"earthquake\""));
  EXPECT_THAT(sentence(kTruth, "2017-11-22T11:00:00Z", "yesterday"), HasSubstr("incident 1 has no \"onset\""));
  EXPECT_THAT(sentence(kTruth, "\"port\": 23", "\"port\": 70000"), HasSubstr("incident 1 has no \"port\""));
  EXPECT_THAT(sentence(kTruth, "country=AR", "Argentina"), HasSubstr("\"because\""));
  EXPECT_THAT(sentence(kTruth, "[2323]", "[-1]"), HasSubstr("\"related_ports\""));
  EXPECT_THAT(sentence(kTruth, "\"packets\": 5", "\"packets\": \"5\""), HasSubstr("\"packets\""));
  EXPECT_THAT(sentence(kTruth, "\"requests\": 300", "\"requests\": []"), HasSubstr("\"requests\""));
}

}  // namespace
}  // namespace nightjar
