#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "base/time.hpp"
#include "simulate/scenario.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::simulate {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// Six lines that every scenario needs; what is added begins on line 7.
const std::string kTop = R"(title = { en = "T", ja = "題" }
sentence = "a test"
from = "2017-05-01"
to = "2017-06-01"
timezone = "+09:00"
reference_addresses = 1000
)";
const std::string kIncident = R"([[incident]]
id = "wave"
title = { en = "Wave", ja = "波" }
kind = "host-spike"
onset = "2017-05-10"
end = "2017-05-20"
)";
/// A population of eight lines but for what makes its size.
std::string population(const std::string& size) {
  return "[[population]]\nname = \"p\"\ntool = \"mirai\"\nports = { \"23/tcp\" = 1 }\norigins = { CN = 1 }\n" + size + "\n";
}
const std::string kHosts = "hosts = 10\nrates = 1\n";

Scenario read(const std::string& text) {
  auto scenario = parse_scenario(text, "test.toml");
  EXPECT_TRUE(scenario) << scenario.error().sentence;
  return scenario ? std::move(*scenario) : Scenario{};
}
/// The sentence without the file: "3: unknown key ...".
std::string mistake(const std::string& text) {
  const auto scenario = parse_scenario(text, "test.toml");
  if (scenario) return "read";
  EXPECT_THAT(scenario.error().sentence, StartsWith("test.toml:"));
  return scenario.error().sentence.substr(10);
}
std::string mistake_below(const std::string& text) { return mistake(kTop + text); }
std::string mistake_in_population(const std::string& lines) { return mistake_below(population(kHosts + lines)); }

TEST(ScenarioFile, ReadsTheTop) {
  const Scenario scenario = read(kTop);
  EXPECT_EQ(scenario.name, "test");
  EXPECT_EQ(scenario.title, "T");
  EXPECT_EQ(scenario.title_ja, "題");
  EXPECT_EQ(scenario.sentence, "a test");
  // Midnight in Japan is 15:00 UTC of the day before.
  EXPECT_EQ(format_second(scenario.from), "2017-04-30T15:00:00Z");
  EXPECT_EQ(format_second(scenario.to), "2017-05-31T15:00:00Z");
  EXPECT_EQ(scenario.utc_offset, 9 * 3600);
  EXPECT_EQ(scenario.reference_addresses, 1000);
  EXPECT_TRUE(scenario.populations.empty());
}

TEST(ScenarioFile, TimesAreOfTheScenariosZoneUnlessTheySayOtherwise) {
  const auto from = [](const std::string& time) {
    return format_second(
        read("from = " + time + "\nto = 2018-01-01\ntimezone = \"-03:30\"\nsentence = \"s\"\ntitle = {en = \"e\", ja = \"j\"}").from);
  };
  EXPECT_EQ(from("\"2017-05-12\""), "2017-05-12T03:30:00Z");
  EXPECT_EQ(from("2017-05-12"), "2017-05-12T03:30:00Z");
  EXPECT_EQ(from("\"2017-05-12T17:00\""), "2017-05-12T20:30:00Z");
  EXPECT_EQ(from("\"2017-05-12 17:00:30\""), "2017-05-12T20:30:30Z");
  EXPECT_EQ(from("2017-05-12T17:00:30"), "2017-05-12T20:30:30Z");
  EXPECT_EQ(from("\"2017-05-12T17:00Z\""), "2017-05-12T17:00:00Z");
  EXPECT_EQ(from("\"2017-05-12T17:00+09:00\""), "2017-05-12T08:00:00Z");
  EXPECT_EQ(from("2017-05-12T17:00:00+09:00"), "2017-05-12T08:00:00Z");
}

TEST(ScenarioFile, ReadsAPopulationThatComesAndGoes) {
  const Scenario scenario = read(kTop + R"(
[origins.routers]
JP = 30
"AR/22927" = 3
)" + kIncident + R"(
[[population]]
name = "bots"
sentence = "they come and go"
tool = "mirai"
incident = "wave"
hosts = [["2017-05-12T17:00", 1000], ["2017-05-20", 4000]]
rates = [[160, 0.1], [20, 0.9]]
life_hours = 12
address_days = 3
rhythm = 0.5
peak_hour = 13
origins = "routers"
conversation = "mirai-telnet"
[population.ports]
"2323/tcp" = 1
"23/tcp" = 9
"any/tcp" = 0.5
)");
  ASSERT_EQ(scenario.populations.size(), 1U);
  const Population& bots = scenario.populations[0];
  EXPECT_EQ(bots.name, "bots");
  EXPECT_EQ(bots.sentence, "they come and go");
  EXPECT_EQ(bots.tool, "mirai");
  EXPECT_EQ(bots.incident, "wave");
  EXPECT_EQ(bots.conversation, "mirai-telnet");
  ASSERT_EQ(bots.hosts.points.size(), 2U);
  EXPECT_EQ(format_second(bots.hosts.points[0].second), "2017-05-12T08:00:00Z");
  EXPECT_EQ(bots.hosts.points[0].value, 1000);
  EXPECT_TRUE(bots.packets_a_day.points.empty());
  ASSERT_EQ(bots.rates.size(), 2U);
  EXPECT_EQ(bots.rates[0].probes_per_second, 160);
  EXPECT_EQ(bots.rates[0].weight, 0.1);
  EXPECT_EQ(bots.life_hours, 12);
  EXPECT_EQ(bots.address_days, 3);
  EXPECT_EQ(bots.rhythm, 0.5);
  EXPECT_EQ(bots.peak_hour, 13);
  // In the order of the file.
  ASSERT_EQ(bots.ports.size(), 3U);
  EXPECT_EQ(bots.ports[0].port, 2323);
  EXPECT_EQ(bots.ports[1].port, 23);
  EXPECT_EQ(bots.ports[1].weight, 9);
  EXPECT_EQ(bots.ports[2].port, 0);
  EXPECT_EQ(bots.ports[2].protocol, 6);
  ASSERT_EQ(bots.origins.size(), 2U);
  EXPECT_EQ(bots.origins[0].country, country_code('J', 'P'));
  EXPECT_EQ(bots.origins[0].asn, 0U);
  EXPECT_EQ(bots.origins[1].country, country_code('A', 'R'));
  EXPECT_EQ(bots.origins[1].asn, 22927U);
  EXPECT_EQ(bots.origins[1].weight, 3);
}

TEST(ScenarioFile, ReadsFixedHosts) {
  const Scenario scenario = read(kTop + R"(
[ports.survey]
"22/tcp" = 1
"53/udp" = 2
[[population]]
name = "survey"
tool = "survey"
fixed_hosts = 3
packets_a_day = 5e6
ports = "survey"
origins = { US = 1 }
[[population]]
name = "pings"
tool = "ping"
packets_a_day = 100
rates = 1
ports = { icmp = 1 }
origins = { US = 1 }
)");
  ASSERT_EQ(scenario.populations.size(), 2U);
  EXPECT_EQ(scenario.populations[0].fixed_hosts, 3U);
  EXPECT_EQ(scenario.populations[0].packets_a_day.at(0), 5e6);
  EXPECT_TRUE(scenario.populations[0].hosts.points.empty());
  EXPECT_TRUE(scenario.populations[0].rates.empty());
  EXPECT_EQ(scenario.populations[0].ports[1].protocol, 17);
  EXPECT_EQ(scenario.populations[1].ports[0].protocol, 1);
  EXPECT_EQ(scenario.populations[1].ports[0].port, 0);
}

TEST(ScenarioFile, ReadsIncidents) {
  const Scenario scenario = read(kTop + R"(
[[incident]]
id = "wave"
title = { en = "Wave", ja = "波" }
kind = "new-payload"
port = "1900/udp"
onset = "2017-05-10"
peak = "2017-05-12"
end = "2017-05-20"
because = ["country=AR", "fingerprint=mirai"]
related_ports = [80, 8080]
payloads = ["goahead"]
[[incident]]
id = "other"
title = { en = "Other", ja = "他" }
kind = "none"
onset = "2017-05-10"
end = "2017-05-20"
)");
  ASSERT_EQ(scenario.incidents.size(), 2U);
  const Incident& wave = scenario.incidents[0];
  EXPECT_EQ(wave.id, "wave");
  EXPECT_EQ(wave.title_ja, "波");
  EXPECT_EQ(wave.kind, "new-payload");
  EXPECT_EQ(wave.protocol, 17);
  EXPECT_EQ(wave.port, 1900);
  EXPECT_EQ(format_second(wave.peak), "2017-05-11T15:00:00Z");
  EXPECT_THAT(wave.because, ElementsAre("country=AR", "fingerprint=mirai"));
  EXPECT_THAT(wave.related_ports, ElementsAre(80, 8080));
  EXPECT_THAT(wave.payloads, ElementsAre("goahead"));
  // Without a peak it is the onset.
  EXPECT_EQ(scenario.incidents[1].peak, scenario.incidents[1].onset);
}

const std::string kReflectors = R"([reflectors]
pots = 7
services = { dns = 90, ntp = 10 }
durations = [[60, 0.3], [600, 1]]
victims = { US = 60, JP = 30 }
other_countries = { FR = 1 }
)";

TEST(ScenarioFile, ReadsSensors) {
  const Scenario scenario = read(kTop + kIncident + kReflectors + R"(multi_pot = 0.25
multi_service = 0.1
carpets = 2
longest = true
scanners_a_day = 4
ntp_clients = 5
most_requests = 600
[[reflectors.rise]]
incident = "wave"
origin = "JP/16509"
from = "2017-05-10"
to = "2017-05-11"
attacks = 20
[honeypot]
addresses = 2
from = "2017-05-10"
crawlers_a_day = 1.5
[[darknet.size]]
from = "2017-05-10T00:00Z"
share = 0.5
[[darknet.size]]
from = "2017-05-12T09:00"
share = 1
[[outage]]
sensor = "reflector-7"
from = "2017-05-10"
to = "2017-05-10T06:00"
)");
  const Reflectors& pots = scenario.reflectors;
  EXPECT_EQ(pots.pots, 7U);
  EXPECT_EQ(pots.from, scenario.from);
  EXPECT_EQ(pots.to, scenario.to);
  ASSERT_EQ(pots.services.size(), 2U);
  EXPECT_EQ(pots.services[0].name, "dns");
  EXPECT_EQ(pots.services[0].attacks, 90);
  ASSERT_EQ(pots.durations.size(), 2U);
  EXPECT_EQ(pots.durations[0].seconds, 60);
  EXPECT_EQ(pots.durations[0].share, 0.3);
  ASSERT_EQ(pots.victims.size(), 2U);
  EXPECT_EQ(pots.victims[1].country, country_code('J', 'P'));
  EXPECT_EQ(pots.victims[1].attacks, 30);
  EXPECT_EQ(pots.other_countries.size(), 1U);
  ASSERT_EQ(pots.rises.size(), 1U);
  EXPECT_EQ(pots.rises[0].incident, "wave");
  EXPECT_EQ(pots.rises[0].asn, 16509U);
  EXPECT_EQ(pots.rises[0].attacks, 20);
  EXPECT_EQ(pots.multi_pot, 0.25);
  EXPECT_EQ(pots.multi_service, 0.1);
  EXPECT_EQ(pots.carpets, 2U);
  EXPECT_TRUE(pots.longest);
  EXPECT_EQ(pots.scanners_a_day, 4U);
  EXPECT_EQ(pots.ntp_clients, 5U);
  EXPECT_EQ(pots.most_requests, 600U);
  EXPECT_EQ(scenario.honeypot.addresses, 2U);
  EXPECT_EQ(format_second(scenario.honeypot.from), "2017-05-09T15:00:00Z");
  EXPECT_EQ(scenario.honeypot.to, scenario.to);
  EXPECT_EQ(scenario.honeypot.crawlers_a_day, 1.5);
  ASSERT_EQ(scenario.sizes.size(), 2U);
  EXPECT_EQ(format_second(scenario.sizes[1].from), "2017-05-12T00:00:00Z");
  EXPECT_EQ(scenario.sizes[0].share, 0.5);
  ASSERT_EQ(scenario.outages.size(), 1U);
  EXPECT_EQ(scenario.outages[0].sensor, "reflector-7");
  EXPECT_EQ(scenario.outages[0].to - scenario.outages[0].from, 6 * 3600);
}

TEST(ScenarioFile, SaysWhatIsMissing) {
  EXPECT_EQ(mistake(""), "1: the file needs title: title = { en = \"...\", ja = \"...\" }");
  EXPECT_EQ(mistake("title = { en = \"T\", ja = \"J\" }\nsentence = \"s\"\nfrom = 2017-01-01"),
            "1: the file needs to: to = \"2017-05-12\"");
  EXPECT_EQ(mistake_below("[[population]]\ntool = \"mirai\""), "7: [[population]] needs name: name = \"mirai\"");
  EXPECT_EQ(mistake_below("[[incident]]\n"), "7: [[incident]] needs id: id = \"mirai-ar\"");
  EXPECT_EQ(mistake_below("[honeypot]\n"), "7: [honeypot] needs addresses: addresses = 2");
}

TEST(ScenarioFile, SaysWhichKeyIsUnknownAndWhichIsMeant) {
  EXPECT_THAT(mistake_below("reference_adresses = 3"),
              AllOf(StartsWith("7: unknown key in the file: \"reference_adresses\"; did you mean \"reference_addresses\"?"),
                    HasSubstr("timezone")));
  EXPECT_THAT(mistake_in_population("lifehours = 3"),
              AllOf(StartsWith("14: unknown key in [[population]]: \"lifehours\"; did you mean \"life_hours\"?")));
  EXPECT_THAT(mistake_below(kIncident + "when = 3"), StartsWith("13: unknown key in [[incident]]: \"when\""));
  EXPECT_THAT(mistake_below(kReflectors + "pot = 3"), StartsWith("13: unknown key in [reflectors]: \"pot\"; did you mean \"pots\"?"));
  EXPECT_THAT(mistake_below("[darknet]\nsizes = 3"), StartsWith("8: unknown key in [darknet]: \"sizes\"; did you mean \"size\"?"));
  EXPECT_THAT(mistake_below("[[darknet.size]]\nfrom = \"2017-05-10T00:00Z\"\nshare = 1\nshar = 3"),
              StartsWith("10: unknown key in [[darknet.size]]: \"shar\""));
  EXPECT_THAT(mistake_below("[honeypot]\naddresses = 1\nx = 3"), StartsWith("9: unknown key in [honeypot]: \"x\""));
  EXPECT_THAT(mistake("title = { en = \"T\", jp = \"J\" }\n" + kTop.substr(kTop.find("sentence"))), HasSubstr("1: title needs ja"));
}

TEST(ScenarioFile, TheFirstMistakeOfTheFileIsSaid) {
  EXPECT_THAT(mistake_below("[[outage]]\nsensor = \"x\"\n" + population("hosts = -1\nrates = 1")), StartsWith("7: [[outage]] needs from"));
  EXPECT_THAT(mistake_below(population("hosts = -1\nrates = -1") + "[[outage]]\nsensor = 1"),
              StartsWith("12: hosts must be a number not below 0"));
}

TEST(ScenarioFile, SaysWhatTypeIsWanted) {
  EXPECT_EQ(mistake("sentence = 3\n" + kTop.substr(0, kTop.find("sentence")) + kTop.substr(kTop.find("from"))),
            "1: sentence must be text in quotes, not empty");
  EXPECT_EQ(mistake_below("population = 3"), "7: population is written with two brackets each: [[population]]");
  EXPECT_EQ(mistake_below("population = [3]"), "7: population is written with two brackets each: [[population]]");
  EXPECT_EQ(mistake_below("honeypot = 3"), "7: [honeypot] must be a table");
  EXPECT_THAT(mistake_below("[origins]\ntelnet = 3"), StartsWith("8: \"telnet\" must be a table of weights: [origins.NAME]"));
  EXPECT_EQ(mistake_in_population("life_hours = \"long\""), "14: life_hours must be a number above 0");
  EXPECT_EQ(mistake_in_population("life_hours = inf"), "14: life_hours must be a number above 0");
  EXPECT_EQ(mistake_in_population("life_hours = nan"), "14: life_hours must be a number above 0");
  EXPECT_EQ(mistake_below(kReflectors + "longest = 1"), "13: longest must be true or false");
  EXPECT_EQ(mistake_below(kReflectors + "carpets = 1.5"), "13: carpets must be a whole number from 0 to 1000000");
  EXPECT_EQ(mistake_below(kIncident + "because = \"country=AR\""), "13: because must be a list of texts: because = [\"...\"]");
  EXPECT_EQ(mistake_below(kIncident + "because = [\"Argentina\"]"),
            "13: because: \"Argentina\" must name an attribute and its value: \"country=AR\"");
  EXPECT_EQ(mistake_below(kIncident + "related_ports = [70000]"), "13: related_ports must be a list of TCP ports: [80, 8080]");
  EXPECT_EQ(mistake_below(kIncident + "related_ports = [\"80\"]"), "13: related_ports must be a list of TCP ports: [80, 8080]");
}

TEST(ScenarioFile, SaysWhichNumbersArePossible) {
  EXPECT_EQ(mistake_in_population("life_hours = 0"), "14: life_hours must be a number above 0");
  EXPECT_EQ(mistake_in_population("address_days = 1e-9"), "14: address_days must be 0, for never, or at least 0.01");
  EXPECT_EQ(mistake_in_population("address_days = -1"), "14: address_days must be a number not below 0");
  EXPECT_EQ(mistake_in_population("rhythm = 1"), "14: rhythm must be a number from 0 to 0.9");
  EXPECT_EQ(mistake_in_population("peak_hour = 25"), "14: peak_hour must be a number from 0 to 24");
  EXPECT_EQ(mistake_below(population("hosts = 1\nrates = 0")), "13: rates must be a number above 0 and at most 100000000");
  EXPECT_EQ(mistake_below(population("hosts = 1\nrates = [[1, -1]]")), "13: the weight in rates must be a number above 0");
  EXPECT_EQ(mistake_below(population("packets_a_day = [[\"2017-05-12\", -5]]\nrates = 1")),
            "12: packets_a_day must be a number not below 0");
  EXPECT_EQ(mistake_below("[honeypot]\naddresses = 257"), "8: addresses must be a whole number from 0 to 256");
  EXPECT_EQ(mistake_below("[[darknet.size]]\nfrom = \"2017-05-10T00:00Z\"\nshare = 0"), "9: share must be a number above 0 and at most 1");
}

TEST(ScenarioFile, SaysHowTimesAreWritten) {
  const auto mistake_in_time = [](const std::string& time) { return mistake_below("[honeypot]\naddresses = 1\nfrom = " + time); };
  EXPECT_EQ(mistake_in_time("\"May 12\""),
            "9: from: \"May 12\" is no time; a time is written \"2017-05-12\" or \"2017-05-12T17:00\", with \"Z\" or "
            "\"+09:00\" behind it for another zone");
  EXPECT_THAT(mistake_in_time("\"2017-05-12T25:00\""), StartsWith("9: from: \"2017-05-12T25:00\" is no time"));
  EXPECT_THAT(mistake_in_time("\"2017-05-12T17\""), StartsWith("9: from: \"2017-05-12T17\" is no time"));
  EXPECT_THAT(mistake_in_time("\"2017-05-12T\""), StartsWith("9: from: \"2017-05-12T\" is no time"));
  EXPECT_THAT(mistake_in_time("\"2017-05-12Z\""), StartsWith("9: from: \"2017-05-12Z\" is no time"));
  EXPECT_THAT(mistake_in_time("\"2017-05-12T17:00+9\""), StartsWith("9: from: \"2017-05-12T17:00+9\" is no time"));
  EXPECT_THAT(mistake_in_time("\"2017-02-30\""), AllOf(StartsWith("9: from: "), HasSubstr("2017-02-30")));
  EXPECT_THAT(mistake_in_time("\"1969-12-31\""), HasSubstr("is before 1970"));
  EXPECT_THAT(mistake_in_time("\"2300-01-01\""), HasSubstr("after 2199"));
  EXPECT_THAT(mistake_in_time("17:00:00"), StartsWith("9: from: \"17:00:00\" is no time"));
  EXPECT_THAT(mistake_in_time("12"), StartsWith("9: from: a time is written"));
  EXPECT_THAT(mistake("timezone = \"Asia/Tokyo\"\n" + kTop.substr(0, kTop.find("timezone"))),
              StartsWith("1: timezone: a zone is written \"+09:00\""));
  EXPECT_THAT(mistake("timezone = \"+15:00\"\n" + kTop.substr(0, kTop.find("timezone"))), StartsWith("1: timezone: a zone is written"));
}

TEST(ScenarioFile, TimesMustBeInOrder) {
  EXPECT_EQ(mistake("title = {en = \"e\", ja = \"j\"}\nsentence = \"s\"\nfrom = 2017-02-01\nto = 2017-02-01"),
            "1: to (2017-02-01T00:00:00Z) must be later than from (2017-02-01T00:00:00Z)");
  EXPECT_EQ(mistake_below(population("rates = 1\nhosts = [[\"2017-05-12\", 1],\n [\"2017-05-11\", 2]]")),
            "14: hosts goes back in time here; its times must ascend");
  EXPECT_THAT(mistake_below(
                  "[[incident]]\nid = \"w\"\ntitle = { en = \"W\", ja = \"波\" }\nkind = \"none\"\nonset = 2017-05-10\nend = 2017-05-09\n"),
              StartsWith("7: end (2017-05-08T15:00:00Z) must be later than onset (2017-05-09T15:00:00Z)"));
  EXPECT_THAT(mistake_below(kIncident + "peak = 2017-06-10"), HasSubstr("is not between its onset and its end"));
  EXPECT_THAT(mistake_below("[[outage]]\nsensor = \"darknet\"\nfrom = 2017-05-10\nto = 2017-05-09"), StartsWith("7: to ("));
  EXPECT_EQ(mistake_below("[[darknet.size]]\nfrom = 2017-05-10\nshare = 1"),
            "7: a size changes when a UTC day begins: from = \"2017-08-01T00:00Z\"");
  EXPECT_EQ(mistake_below(
                "[[darknet.size]]\nfrom = \"2017-05-10T00:00Z\"\nshare = 1\n[[darknet.size]]\nfrom = \"2017-05-10T00:00Z\"\nshare = 0.5"),
            "10: sizes must ascend in time");
}

TEST(ScenarioFile, NamesThatNobodyKnowsAreMistakes) {
  EXPECT_THAT(mistake_below("[[population]]\nname = \"p\"\ntool = \"mirei\"\nports = { \"23/tcp\" = 1 }\norigins = { CN = 1 }\n" + kHosts),
              AllOf(StartsWith("9: unknown tool \"mirei\"; did you mean \"mirai\"?"), HasSubstr("masscan-2023")));
  EXPECT_THAT(mistake_in_population("conversation = \"goahed\""),
              StartsWith("14: unknown conversation \"goahed\"; did you mean \"goahead\"?"));
  EXPECT_THAT(mistake_below(kIncident + "payloads = [\"x\"]"), StartsWith("13: unknown conversation \"x\""));
  EXPECT_THAT(mistake_in_population("incident = \"wave\""), StartsWith("14: unknown incident \"wave\""));
  EXPECT_THAT(mistake_below(kIncident + population(kHosts + "incident = \"waves\"")),
              StartsWith("20: unknown incident \"waves\"; did you mean \"wave\"?"));
  EXPECT_THAT(
      mistake_below(
          "[[incident]]\nid = \"w\"\ntitle = { en = \"W\", ja = \"波\" }\nkind = \"spike\"\nonset = 2017-05-10\nend = 2017-05-19\n"),
      AllOf(StartsWith("10: unknown kind \"spike\""), HasSubstr("carpet-bombing")));
  EXPECT_THAT(mistake_below("[[outage]]\nsensor = \"honeypot\"\nfrom = 2017-05-10\nto = 2017-05-11"),
              StartsWith("8: unknown sensor \"honeypot\""));
  EXPECT_THAT(mistake_below("[[population]]\nname = \"p\"\ntool = \"mirai\"\nports = \"telnet\"\norigins = { CN = 1 }\n" + kHosts),
              StartsWith("10: unknown table [ports.NAME] \"telnet\""));
  EXPECT_THAT(
      mistake_below(
          "[origins.all]\nCN = 1\n[[population]]\nname = \"p\"\ntool = \"mirai\"\nports = { \"23/tcp\" = 1 }\norigins = \"al\"\n" + kHosts),
      StartsWith("13: unknown table [origins.NAME] \"al\"; did you mean \"all\"?"));
}

TEST(ScenarioFile, NamesThatAreThereTwiceAreMistakes) {
  EXPECT_EQ(mistake_below(population(kHosts) + population(kHosts)), "15: there is a population \"p\" already");
  EXPECT_EQ(mistake_below(kIncident + kIncident), "13: there is an incident \"wave\" already");
}

TEST(ScenarioFile, PortsAndOriginsMustBeRight) {
  const auto with = [](const std::string& ports, const std::string& origins) {
    return mistake_below("[[population]]\nname = \"p\"\ntool = \"mirai\"\nports = { " + ports + " }\norigins = { " + origins + " }\n" +
                         kHosts);
  };
  EXPECT_EQ(with("\"23/tcp\" = 1", "CN = 1"), "read");
  EXPECT_EQ(with("", "CN = 1"), "10: ports must hold at least one weight: ports = { \"23/tcp\" = 9, \"2323/tcp\" = 1 }");
  EXPECT_EQ(with("\"23/tcp\" = 1", ""), "11: origins must hold at least one weight: origins = { CN = 30, \"AR/22927\" = 3 }");
  for (const std::string port : {"23", "\"23/sctp\"", "\"70000/tcp\"", "\"0/tcp\"", "\"x/tcp\"", "tcp", "\"/tcp\"", "\"23 /tcp\""})
    EXPECT_THAT(with(port + " = 1", "CN = 1"), HasSubstr("is no port; it is written \"23/tcp\", \"53/udp\", \"any/tcp\", or \"icmp\""))
        << port;
  for (const std::string origin : {"cn", "CHN", "C", "\"CN/\"", "\"CN/0\"", "\"CN/4294967296\"", "\"CN/AS5\"", "\"CN-5\""})
    EXPECT_THAT(with("\"23/tcp\" = 1", origin + " = 1"), HasSubstr("is no origin; it is a country of two capital letters (\"CN\")"))
        << origin;
  EXPECT_EQ(with("\"23/tcp\" = 0", "CN = 1"), "10: the weight of \"23/tcp\" must be a number above 0");
  EXPECT_EQ(with("\"23/tcp\" = 1", "CN = -1"), "11: the weight of \"CN\" must be a number above 0");
}

TEST(ScenarioFile, SourcesThatNobodyHasAreAnOriginButNoVictims) {
  const std::string bogons =
      "[[population]]\nname = \"p\"\ntool = \"mirai\"\nports = { \"23/tcp\" = 1 }\norigins = { bogon = 2 }\n" + kHosts;
  const Scenario scenario = read(kTop + bogons);
  ASSERT_EQ(scenario.populations.size(), 1U);
  EXPECT_EQ(scenario.populations[0].origins[0].country, kBogon);
  EXPECT_EQ(scenario.populations[0].origins[0].weight, 2);
  EXPECT_THAT(mistake_below("[reflectors]\npots = 1\nservices = { dns = 3 }\ndurations = [[60, 1]]\nvictims = { bogon = 3 }"),
              StartsWith("11: \"bogon\" is no country"));
}

TEST(ScenarioFile, AtMost255OriginsArePossible) {
  const auto with = [](int count) {
    std::string origins = "[origins.many]\n";
    for (int i = 1; i <= count; ++i) origins += "\"CN/" + std::to_string(i) + "\" = 1\n";
    return mistake_below(origins + "[[population]]\nname = \"p\"\ntool = \"mirai\"\nports = { \"23/tcp\" = 1 }\norigins = \"many\"\n" +
                         kHosts);
  };
  EXPECT_EQ(with(255), "read");
  EXPECT_THAT(with(256), HasSubstr("has 256 entries; at most 255 are possible"));
}

TEST(ScenarioFile, AToolSendsOnlyToItsPorts) {
  const auto with = [](const std::string& tool, const std::string& port) {
    return mistake_below("[[population]]\nname = \"p\"\ntool = \"" + tool + "\"\nports = { " + port + " = 1 }\norigins = { CN = 1 }\n" +
                         kHosts);
  };
  EXPECT_EQ(with("ping", "icmp"), "read");
  EXPECT_EQ(with("gre", "gre"), "read");
  EXPECT_EQ(with("mirai", "\"53/udp\""), "9: the tool mirai sends only to PORT/tcp; the ports of the population are others");
  EXPECT_EQ(with("dns-query", "\"54/udp\""), "9: the tool dns-query sends only to 53/udp; the ports of the population are others");
  EXPECT_EQ(with("ping", "\"7/udp\""), "9: the tool ping sends only to icmp; the ports of the population are others");
}

TEST(ScenarioFile, TheSizeOfAPopulationIsSaidInOneWay) {
  EXPECT_EQ(mistake_below(population("rates = 1")),
            "7: a population needs hosts (alive in the world) or packets_a_day (in a darknet of reference_addresses)");
  EXPECT_EQ(mistake_below(population("rates = 1\nhosts = 1\npackets_a_day = 1")),
            "14: a population has hosts or packets_a_day, not both: the one follows from the other and the rates");
  EXPECT_EQ(mistake_below(population("fixed_hosts = 3")), "12: fixed_hosts needs packets_a_day, which the hosts share");
  EXPECT_EQ(mistake_below(population("fixed_hosts = 0\npackets_a_day = 1")),
            "12: fixed_hosts must be at least 1; leave the line out for hosts that come and go");
  EXPECT_EQ(mistake_below(population("fixed_hosts = -3\npackets_a_day = 1")), "12: fixed_hosts must be a whole number from 0 to 100000");
  for (const std::string key : {"rates", "life_hours", "address_days"}) {
    EXPECT_EQ(mistake_below(population("fixed_hosts = 3\npackets_a_day = 1\n" + key + " = 1")),
              "14: " + key + " does not go with fixed_hosts: these stay from the start to the end and share packets_a_day");
  }
  EXPECT_THAT(mistake_below(population("hosts = 1")), StartsWith("7: [[population]] needs rates: rates = 20, or"));
  EXPECT_THAT(mistake_below(population("hosts = []\nrates = 1")), StartsWith("12: hosts must be a list of pairs: hosts = [["));
  EXPECT_THAT(mistake_below(population("hosts = [[\"2017-05-12\"]]\nrates = 1")), StartsWith("12: hosts must be a list of pairs"));
  EXPECT_THAT(mistake_below(population("hosts = 1\nrates = [160, 0.1]")), StartsWith("13: rates must be a list of pairs"));
}

TEST(ScenarioFile, ReflectorsMustAddUp) {
  const auto with = [](const std::string& line, const std::string& instead) {
    std::string text = kReflectors;
    const std::size_t at = text.find(line + " =");
    EXPECT_NE(at, std::string::npos);
    return mistake_below(kIncident + text.replace(at, text.find('\n', at) - at, instead));
  };
  EXPECT_EQ(with("pots", "pots = 255"), "14: pots must be a whole number from 0 to 254");
  EXPECT_THAT(with("services", "services = { dnss = 3 }"), StartsWith("15: unknown service \"dnss\"; did you mean \"dns\"?"));
  EXPECT_EQ(with("services", "services = { dns = -3 }"), "15: attacks must be a number above 0");
  EXPECT_EQ(with("durations", "durations = [[600, 0.5], [60, 1]]"),
            "16: durations and their shares must ascend: a share counts the attacks that last at most so long");
  EXPECT_EQ(with("durations", "durations = [[60, 0.5], [600, 0.4], [6000, 1]]"),
            "16: durations and their shares must ascend: a share counts the attacks that last at most so long");
  EXPECT_EQ(with("durations", "durations = [[60, 0.5]]"), "16: the last share of durations must be 1: all attacks end some time");
  EXPECT_EQ(with("durations", "durations = [[60, 1.5]]"), "16: each share of durations must be a number above 0 and at most 1");
  EXPECT_EQ(with("victims", "victims = { US = 101 }"), "17: victims have 101 attacks, but services only 100");
  EXPECT_EQ(with("victims", "victims = { \"US/5\" = 10 }"), "17: \"US/5\" is no country of two capital letters, like \"US\"");
  EXPECT_THAT(with("other_countries", ""), StartsWith("13: [reflectors] needs other_countries"));
  const std::string rise = "[[reflectors.rise]]\nincident = \"wave\"\norigin = \"JP\"\nfrom = 2017-05-10\nto = 2017-05-11\nattacks = ";
  EXPECT_EQ(mistake_below(kIncident + kReflectors + rise + "31"), "19: the rises on JP have 31 attacks, but it has 30 in victims");
  EXPECT_EQ(mistake_below(kIncident + kReflectors + rise + "20\n" + rise + "20"),
            "25: the rises on JP have 40 attacks, but it has 30 in victims");
  EXPECT_THAT(mistake_below(kReflectors + rise + "3"), StartsWith("14: unknown incident \"wave\""));
}

TEST(ScenarioFile, MalformedTextIsRefusedWithALine) {
  // toml++ ends a program on some of these instead of giving an error.
  for (const std::string text :
       {"a = [}", "[[[a]]]", "a = ", "\"", "a = \xe3\x80\x80 1", "=", "[a", "a.b.c = 1\na = 2", "a = 1\na = 2", "\xff\xfe"})
    EXPECT_TRUE(mistake(text)[0] == '1' || mistake(text)[0] == '2') << text;
}

TEST(ScenarioFile, IsReadFromADisk) {
  const TempFolder folder;
  const auto path = folder.path() / "my own.v2.toml";
  std::ofstream(path) << kTop;
  const auto scenario = read_scenario(path);
  ASSERT_TRUE(scenario) << scenario.error().sentence;
  EXPECT_EQ(scenario->name, "my own.v2");
  std::ofstream(path) << kTop << "x = 1";
  EXPECT_THAT(read_scenario(path).error().sentence, StartsWith(path.string() + ":7: unknown key"));
  EXPECT_THAT(read_scenario(folder.path() / "none.toml").error().sentence, HasSubstr("none.toml"));
}

Scenario built_in(std::string_view name) {
  const auto& all = built_in_scenarios();
  const auto found = std::find_if(all.begin(), all.end(), [&](const BuiltInScenario& each) { return each.name == name; });
  if (found == all.end()) {
    ADD_FAILURE() << name << " is not part of the program";
    return {};
  }
  auto scenario = parse_scenario(found->text, std::string(name));
  EXPECT_TRUE(scenario) << scenario.error().sentence;
  return scenario ? std::move(*scenario) : Scenario{};
}

TEST(BuiltInScenarios, AreTheFilesOfTheFolder) {
  std::vector<std::string> names;
  for (const BuiltInScenario& each : built_in_scenarios()) {
    names.emplace_back(each.name);
    std::stringstream text;
    text << std::ifstream(NIGHTJAR_SOURCE_DIR "/scenarios/" + names.back() + ".toml").rdbuf();
    EXPECT_EQ(each.text, text.str());
    EXPECT_EQ(built_in(each.name).name, each.name);
  }
  EXPECT_THAT(names, ElementsAre("nicter-2017", "one-of-each", "quiet-week"));
}

TEST(BuiltInScenarios, NicterIsTheReportsYearWithItsIncidents) {
  const Scenario year = built_in("nicter-2017");
  EXPECT_EQ(format_second(year.from), "2016-12-31T15:00:00Z");
  EXPECT_EQ(format_second(year.to), "2017-12-31T15:00:00Z");
  EXPECT_EQ(year.reference_addresses, 268'992);
  std::set<std::string> ids;
  for (const Incident& incident : year.incidents) ids.insert(incident.id);
  for (const char* id : {"dos-july", "mirai-argentina", "wannacry", "goahead-1", "goahead-2", "hajime-81", "mobile-routers", "realtek",
                         "realtek-scanner", "huawei", "petya", "drdos-japan"})
    EXPECT_TRUE(ids.contains(id)) << id;
  EXPECT_EQ(year.reflectors.pots, 7U);
  double attacks = 0;
  for (const ReflectorService& service : year.reflectors.services) attacks += service.attacks;
  EXPECT_NEAR(attacks, 8.0e6, 0.05e6);
  // Japan is 25th among the victims.
  const auto& victims = year.reflectors.victims;
  const auto is_japan = [](const VictimCountry& victim) { return victim.country == country_code('J', 'P'); };
  const auto japan = std::find_if(victims.begin(), victims.end(), is_japan);
  ASSERT_NE(japan, victims.end());
  EXPECT_EQ(japan->attacks, 31'000);
  EXPECT_EQ(std::count_if(victims.begin(), victims.end(), [&](const VictimCountry& victim) { return victim.attacks > japan->attacks; }),
            24);
}

TEST(BuiltInScenarios, AQuietWeekHasNoIncident) {
  const Scenario week = built_in("quiet-week");
  EXPECT_EQ(week.to - week.from, 7 * kSecondsPerDay);
  EXPECT_TRUE(week.incidents.empty());
  EXPECT_FALSE(week.populations.empty());
}

TEST(BuiltInScenarios, OneOfEachHasOneIncidentOfEachKind) {
  const Scenario demonstration = built_in("one-of-each");
  EXPECT_EQ(demonstration.to - demonstration.from, 10 * kSecondsPerDay);
  std::vector<std::string> kinds;
  for (const Incident& incident : demonstration.incidents) kinds.push_back(incident.kind);
  EXPECT_THAT(kinds, testing::UnorderedElementsAre("host-spike", "packet-spike", "new-port", "heavy-source", "scan-campaign", "dos-victim",
                                                   "carpet-bombing", "new-payload", "drdos", "sensor"));
}

}  // namespace
}  // namespace nightjar::simulate
