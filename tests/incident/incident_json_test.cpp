#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "incident/incident_times.hpp"
#include "incident_examples.hpp"

namespace nightjar {
namespace {

using nlohmann::ordered_json;

/// Field by field: Incident has no == of its own.
void expect_same(const Incident& a, const Incident& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.rules, b.rules);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.protocol, b.protocol);
  EXPECT_EQ(a.port, b.port);
  EXPECT_EQ(a.country, b.country);
  EXPECT_EQ(a.sensor, b.sensor);
  EXPECT_EQ(a.onset_ms, b.onset_ms);
  EXPECT_EQ(a.peak_ms, b.peak_ms);
  EXPECT_EQ(a.end_ms, b.end_ms);
  EXPECT_EQ(a.judged_to_ms, b.judged_to_ms);
  EXPECT_EQ(a.metric, b.metric);
  EXPECT_EQ(a.expected, b.expected);
  EXPECT_EQ(a.observed, b.observed);
  EXPECT_EQ(a.level_now, b.level_now);
  EXPECT_EQ(a.score, b.score);
  EXPECT_EQ(a.trend, b.trend);
  EXPECT_EQ(a.since_new_usual, b.since_new_usual);
  EXPECT_EQ(a.cause, b.cause);
  EXPECT_EQ(a.confidence, b.confidence);
  EXPECT_EQ(a.alternatives, b.alternatives);
  EXPECT_EQ(a.cause_en, b.cause_en);
  EXPECT_EQ(a.cause_ja, b.cause_ja);
  EXPECT_EQ(a.explanation, b.explanation);
  EXPECT_EQ(a.unexplained, b.unexplained);
  EXPECT_EQ(a.tool, b.tool);
  EXPECT_EQ(a.hosts, b.hosts);
  EXPECT_EQ(a.packets, b.packets);
  EXPECT_EQ(a.total_hosts, b.total_hosts);
  EXPECT_EQ(a.total_packets, b.total_packets);
  EXPECT_EQ(a.effective_sources, b.effective_sources);
  EXPECT_EQ(a.returning_hosts, b.returning_hosts);
  EXPECT_EQ(a.bots, b.bots);
  EXPECT_EQ(a.related_ports, b.related_ports);
  EXPECT_EQ(a.not_seen, b.not_seen);
  EXPECT_EQ(a.payloads, b.payloads);
  EXPECT_EQ(a.victims, b.victims);
  EXPECT_EQ(a.attacks, b.attacks);
  EXPECT_EQ(a.merged_attacks, b.merged_attacks);
  EXPECT_EQ(a.other_totals, b.other_totals);
  EXPECT_EQ(a.evidence, b.evidence);
  EXPECT_EQ(a.evidence_more, b.evidence_more);
  EXPECT_EQ(a.surges_ms, b.surges_ms);
  EXPECT_EQ(a.days, b.days);
  EXPECT_EQ(a.population, b.population);
  EXPECT_EQ(a.query, b.query);
  EXPECT_EQ(a.basis, b.basis);
  EXPECT_EQ(a.modelled, b.modelled);
}

/// Every field says something.
Incident full() {
  Incident incident = test::realtek();
  incident.onset_ms += 123;
  incident.end_ms = test::ms_of(2017, 12, 20, 5);
  incident.score = 12.345678901234567;
  incident.since_new_usual = true;
  incident.alternatives = {Cause::infected_devices, Cause::unknown};
  incident.explanation.push_back(test::part(
      {{"asn", "7303", "Telecom"}, {"window", "14600"}, {"src_port", "007"}, {"src", "192.0.2.7"}, {"sensor", "a"}}, 1.0 / 3, 0.1, 5, 6));
  incident.unexplained = 0.1;
  incident.packets = std::numeric_limits<std::uint64_t>::max();
  incident.total_hosts = 30'000;
  incident.total_packets = 90'000;
  incident.effective_sources = 1234.5;
  incident.returning_hosts = 0;
  incident.bots = 17;
  incident.victims = 2;
  incident.unwatched_from_ms = incident.onset_ms - 43'200'000;
  incident.unwatched_to_ms = incident.onset_ms - 123;
  incident.explanation.back().rows = "asn = 7303";
  incident.related_ports.back().table = "flows";
  incident.related_ports.back().rows = "port = 52869";
  incident.related_ports.back().equal_sources = true;
  incident.payloads.front().rows = "port = 52869";
  Basis& basis = incident.basis;
  basis.level_table = "port_days";
  basis.level = "port = 23";
  basis.level_days = {17'440, 17'441};
  basis.members_of_level = "port = 23 AND tool = 'mirai'";
  basis.table = "flows";
  basis.whole = "port = 23 ";
  basis.members = "country = 'JP'";
  basis.explained = "asn = 1";
  basis.risen = "asn = 2";
  basis.darknets = "TRUE";
  basis.usual_days = {17'450};
  basis.usual_factor = 1.0 / 3;
  basis.hosts_before_day = 17'460;
  basis.ports_from_day = 17'461;
  basis.from_ms = 1'500'000'000'123;
  basis.to_ms = 1'500'000'001'000;
  basis.now_day = 17'500;
  basis.window_from_day = 17'462;
  basis.window_to_day = 17'463;
  basis.nth_usual = 2;
  basis.nth_returning = 3;
  basis.nth_bots = 4;
  basis.nth_others = 5;
  incident.attacks = {"00000000000000aa", "00000000000000bb"};
  incident.merged_attacks = 23;
  incident.evidence_more = 325;
  incident.other_totals = {{17, 53, 17'500, 7000, 26'800, 1, 19'985, "protocol = 17", "protocol IN (17)", {17'498, 17'499}}};
  incident.evidence = {{"/data/a \"b\".pcap", test::ms_of(2017, 11, 1), test::ms_of(2017, 11, 2) + 1}};
  incident.days = {{17'400, 5, 2.5, 7, false}, {17'401, 0, 2.5, 7, true}};
  incident.modelled = true;
  incident.sensor = "dark-1";
  put_into_words(incident);
  return incident;
}

TEST(IncidentJson, HoldsEveryFieldAndComesBackExactly) {
  expect_same(incident_of(incident_json(full())).value_or(Incident()), full());
  for (const Incident& incident : test::all_examples()) expect_same(incident_of(incident_json(incident)).value_or(Incident()), incident);
}

TEST(IncidentJson, BeginsWithTheKeysOfTheContract) {
  std::vector<std::string> keys;
  const auto json = ordered_json::parse(incident_json(full()));
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  ASSERT_GE(keys.size(), test::contract_keys().size());
  keys.resize(test::contract_keys().size());
  EXPECT_EQ(keys, test::contract_keys());
  EXPECT_EQ(json["protocol"], "tcp");
  EXPECT_EQ(json["port"], 23);
  EXPECT_EQ(json["country"], "JP");
  EXPECT_EQ(json["onset"], "2017-10-31T00:00:00.123Z");
  EXPECT_EQ(json["end"], "2017-12-20T05:00:00Z");
  EXPECT_EQ(json["confidence"], "probable");
  EXPECT_EQ(json["alternatives"][0], "devices infected by a botnet");
  EXPECT_EQ(json["alternative_codes"][0], "infected-devices");
  const auto& part = json["explanation"][2];
  EXPECT_EQ(part["attributes"]["asn"], 7303);
  EXPECT_EQ(part["attributes"]["window"], 14600);
  EXPECT_EQ(part["attributes"]["src_port"], "007");
  EXPECT_EQ(part["labels"]["asn"], "Telecom");
  EXPECT_EQ(json["related_ports"][1]["relation"], "dropper");
  EXPECT_EQ(json["related_ports"][1]["lift"], nullptr);
  EXPECT_EQ(json["evidence"][0]["to"], "2017-11-02T00:00:00.001Z");
}

TEST(IncidentJson, HostsThatNobodyCountedAreNullAndNotNone) {
  Incident incident;
  incident.id = "0000000000000001";
  EXPECT_EQ(ordered_json::parse(incident_json(incident))["total_hosts"], nullptr);
  EXPECT_EQ(incident_of(incident_json(incident)).value_or(full()).total_hosts, 0u);
  incident.total_hosts = 1;
  EXPECT_EQ(ordered_json::parse(incident_json(incident))["total_hosts"], 1);
}

TEST(IncidentJson, WhatIsNotKnownIsNull) {
  Incident incident;
  incident.id = "0000000000000001";
  const auto json = ordered_json::parse(incident_json(incident));
  for (const char* key : {"protocol", "port", "country", "end", "effective_sources", "returning_hosts", "bots", "sensor", "fingerprint"})
    EXPECT_TRUE(json.at(key).is_null()) << key;
  incident.score = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(ordered_json::parse(incident_json(incident)).at("score").is_null());
  EXPECT_EQ(incident_of(incident_json(incident)).value_or(test::july()).score, 0);
}

TEST(IncidentJson, IsAsciiWhateverCameIn) {
  Incident incident = test::realtek();
  incident.payloads.front().urls = {"http://h/\x1b[31m\xff\xe2\x80\xae"};
  const std::string text = incident_json(incident);
  for (const char c : text) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  EXPECT_TRUE(incident_of(text).has_value());
}

TEST(IncidentJson, OtherProtocolsAreTheirNumbers) {
  for (const std::uint8_t protocol : {1, 6, 17, 47, 255}) {
    Incident incident = test::realtek();
    incident.protocol = protocol;
    EXPECT_EQ(incident_of(incident_json(incident)).value_or(Incident()).protocol, protocol);
  }
}

TEST(IncidentJson, ATextThatIsNoIncidentGivesNothing) {
  for (const char* text :
       {"", "null", "[]", "{}", "{", "\xff\xff", "17", "\"id\"", R"({"id":"0000000000000001"})", R"({"id":1,"kind":"drdos","onset":0})",
        R"({"id":"0000000000000001","kind":"earthquake","onset":"2017-01-01T00:00:00Z"})",
        R"({"id":"0000000000000001","kind":"drdos","onset":"yesterday"})",
        R"({"id":"short","kind":"drdos","onset":"2017-01-01T00:00:00Z"})"})
    EXPECT_FALSE(incident_of(text)) << text;
  EXPECT_FALSE(incident_of(std::string(100'000, '[')));
}

TEST(IncidentJson, MissingAndStrangeValuesAreDefaults) {
  const auto incident = incident_of(
      R"({"id":"0000000000000001","kind":"drdos","onset":"2017-01-01T00:00:00Z","port":70000,"protocol":7,"observed":"many","hosts":-3,
          "explanation":[17,{"attributes":[1],"share_of_rise":{}},{"attributes":{"asn":{}, "window":-1}}],"payloads":{"a":1},
          "days":[{"day":"never"}],"surges":["x",1],"alternative_codes":["no such cause","new-hosts"],"confidence":"certain","bots":"x",
          "cause_code":"gremlins","trend":3,"metric":null,"end":"2017-13-01T00:00:00Z","returning_hosts":"0.5"})");
  ASSERT_TRUE(incident);
  EXPECT_EQ(incident->port, 0);
  EXPECT_EQ(incident->protocol, 0);
  EXPECT_EQ(incident->observed, 0);
  EXPECT_EQ(incident->hosts, 0U);
  ASSERT_EQ(incident->explanation.size(), 3U);
  EXPECT_EQ(incident->explanation[2].attributes[0].value, "");
  EXPECT_TRUE(incident->payloads.empty());
  EXPECT_TRUE(incident->surges_ms.empty());
  EXPECT_EQ(incident->alternatives, std::vector{Cause::new_hosts});
  EXPECT_EQ(incident->confidence, Confidence::possible);
  EXPECT_EQ(incident->cause, Cause::unknown);
  EXPECT_EQ(incident->peak_ms, incident->onset_ms);
  EXPECT_FALSE(incident->end_ms || incident->bots || incident->returning_hosts);
}

TEST(IncidentTimes, ComeBackAndNothingElseIsOne) {
  for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'511'413'200'123}, test::ms_of(1969, 12, 31)})
    EXPECT_EQ(parse_milliseconds(format_milliseconds(ms)), ms);
  EXPECT_EQ(format_milliseconds(1'511'413'200'000), "2017-11-23T05:00:00Z");
  EXPECT_TRUE(parse_milliseconds(format_milliseconds(std::numeric_limits<std::int64_t>::max())));
  EXPECT_TRUE(parse_milliseconds(format_milliseconds(std::numeric_limits<std::int64_t>::min())));
  for (const char* text : {"", "2017-11-23", "2017-11-23T05:00:00", "2017-11-23T24:00:00Z", "2017-11-23T05:60:00Z", "2017-02-30T05:00:00Z",
                           "2017-11-23 05:00:00Z", "2017-11-23T05:00:00.1Z", "2017-11-23T05:00:00,123Z", "2017-11-23T0x:00:00Z"})
    EXPECT_FALSE(parse_milliseconds(text)) << text;
}

}  // namespace
}  // namespace nightjar
