#include "incident/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <regex>

#include "incident/words_numbers.hpp"
#include "incident_examples.hpp"

namespace nightjar {
namespace {

using test::ms_of;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kLastCause = Cause::sensor_repeated;

std::string whole_story(const Incident& incident, Language language) {
  std::string text;
  for (const std::string& sentence : story_of(incident, language)) text += (text.empty() || language == Language::ja ? "" : " ") + sentence;
  return text;
}

// The model stories of the guide for pages; of the last sentence of each the guide does not speak.

TEST(Words, ArgentinaReadsAsTheGuideHasIt) {
  const Incident incident = test::argentina();
  EXPECT_EQ(title_of(incident, Language::en), "About 190,000 hosts, most of them in Argentina, scan 23/TCP the way Mirai does.");
  EXPECT_THAT(
      whole_story(incident, Language::en),
      StartsWith("On 23 November 2017 the hosts scanning 23/TCP rose to 1.8 times the usual. 86% of the rise comes from addresses in "
                 "Argentina; 97% of the rise carries the mark of Mirai (TCP sequence number = destination address). It is spread over "
                 "about 190,000 addresses, not a few loud ones. A device common in that country has probably been infected by Mirai or a "
                 "variant."));
  EXPECT_EQ(title_of(incident, Language::ja), "約19万ホスト（大半はアルゼンチン）が23/TCPへMirai型のスキャン");
  EXPECT_THAT(whole_story(incident, Language::ja),
              StartsWith("2017年11月23日、23/TCPを狙う攻撃ホストが普段の1.8倍に増えました。増加分の86%はアルゼンチンのIPアドレスから届き、"
                         "97%はMiraiの特徴（TCPシーケンス番号が宛先アドレスと同じ）を持ちます。少数の送信元への集中ではなく、約19万の"
                         "IPアドレスに広がっています。同国で広く使われている機器がMirai、またはその亜種に感染したとみられます。"));
}

TEST(Words, AnOnsetThatNobodyCouldSeeMayBeEarlier) {
  Incident incident = test::argentina();
  EXPECT_THAT(whole_story(incident, Language::en), Not(HasSubstr("earlier")));
  EXPECT_THAT(whole_story(incident, Language::ja), Not(HasSubstr("これより前")));
  incident.unwatched_from_ms = incident.onset_ms - 12 * 3'600'000;
  incident.unwatched_to_ms = incident.onset_ms;
  EXPECT_THAT(
      whole_story(incident, Language::en),
      HasSubstr("1.8 times the usual. The darknet had received nothing for 12 h when it was first seen, so it may have begun earlier."));
  EXPECT_THAT(
      whole_story(incident, Language::ja),
      HasSubstr("増えました。初めて観測されるまでの12時間はダークネットに何も届いておらず、始まりはこれより前だった可能性があります。"));
}

TEST(Words, ALevelOfOneCountrySaysSo) {
  Incident incident = test::argentina();
  incident.country = "AR";
  EXPECT_THAT(
      whole_story(incident, Language::en),
      StartsWith(
          "On 23 November 2017 the hosts in Argentina scanning 23/TCP rose to 1.8 times the usual. 86% of the whole rise comes from"));
  EXPECT_THAT(whole_story(incident, Language::ja), StartsWith("2017年11月23日、アルゼンチンから23/TCPを狙う攻撃ホストが"));
  incident.population += " and country = AR";
  EXPECT_THAT(
      whole_story(incident, Language::en),
      StartsWith("On 23 November 2017 the hosts in Argentina scanning 23/TCP rose to 1.8 times the usual. 97% of the rise carries"));
}

TEST(Words, JulyReadsAsTheGuideHasIt) {
  const Incident incident = test::july();
  EXPECT_EQ(title_of(incident, Language::en), "Backscatter of a DoS attack on Example Hosting (AS64500) in the United States (80/TCP).");
  EXPECT_THAT(
      whole_story(incident, Language::en),
      StartsWith("On 3 July 2017 TCP reached about 600 million packets a day, 1.5 times the usual. 98% of the rise are SYN-ACK packets "
                 "from source port 80 of only three addresses. This is no scan: it is probably the answer of servers under a DoS attack "
                 "with spoofed sources. The three addresses are victims, not attackers."));
  EXPECT_EQ(title_of(incident, Language::ja), "米国のExample Hosting (AS64500)へのDoS攻撃の跳ね返り（80/TCP）");
  EXPECT_THAT(
      whole_story(incident, Language::ja),
      StartsWith("2017年7月3日、TCPパケットが1日約6億パケット（普段の1.5倍）に達しました。増加分の98%は、わずか3個のIPアドレスから"
                 "届いたSYN-ACK（送信元ポート80）です。スキャンではなく、送信元を詐称したDoS攻撃を受けたサーバからの応答とみられます。"
                 "この3個のIPアドレスは攻撃者ではなく、攻撃を受けた側です。"));
}

TEST(Words, EachIncidentOfTheReportSaysWhatTheReportSays) {
  const auto says = [](const Incident& incident, std::initializer_list<const char*> words) {
    const std::string story = whole_story(incident, Language::en);
    for (const char* word : words) EXPECT_THAT(story, HasSubstr(word));
  };
  says(test::wannacry(), {"445/TCP", "window 8192", "Windows machines have probably been infected by a worm", "It was still rising"});
  says(test::goahead_one(), {"34% of the rise comes from addresses in Mexico, 27% in Vietnam, 18% in Malaysia", "possibly",
                             "The data leave open: malware that spreads by an exploit; new hosts without a known tool.",
                             "no payload was seen on this port", "80/TCP, 88/TCP, 8000/TCP and 8080/TCP"});
  says(test::goahead_two(), {"Honeypots on 81/TCP got the exploit CVE-2017-8225, which loads a.sh.", "(confirmed)"});
  says(test::hajime(), {"window 14600 without Mirai's mark", "Hajime or similar malware"});
  says(test::mobile_routers(),
       {"the hosts in Japan scanning 22/TCP", "96% of the rise comes from the network of Example Mobile (AS64510)",
        "95% of the rise has the TCP window 14600", "98% of the rising hosts had not been seen in the 28 days before",
        "It is over since 1 February 2018, back to 200 hosts a day."});
  says(test::realtek(),
       {"Since 29 October 2017, one address in the Netherlands sent about 320,000 packets to 52869/TCP.",
        "Honeypots on 52869/TCP got the exploit CVE-2014-8361, which loads okiru.sh.",
        "The rising hosts do not ask 52869/TCP themselves (about 16,000 hosts looked at).", "It rose again on 16 November 2017."});
  says(test::huawei(), {"scanned 37215/TCP, which was hardly ever asked before; on 5 December 2017 there were about 398,000.",
                        "CVE-2017-17215, which loads okiru.mips"});
  says(test::drdos_japan(), {"1,240 DRDoS attacks on Japan were seen, 7.4 times the usual", "is on the network of Example Net (AS64520)"});
  says(test::silent_sensor(), {"the sensor dark-1 received nothing for 3 h 20 min", "the traffic did not change"});
}

TEST(Words, DrdosSourcesAreVictimsNeverSenders) {
  EXPECT_THAT(whole_story(test::drdos_japan(), Language::en), Not(HasSubstr("comes from")));
  EXPECT_THAT(whole_story(test::drdos_japan(), Language::ja), Not(HasSubstr("から届")));
}

TEST(Words, DrdosAttacksAreToldByBothCounts) {
  Incident incident = test::drdos_japan();
  incident.merged_attacks = 530;
  EXPECT_THAT(whole_story(incident, Language::en),
              HasSubstr("530 DRDoS attacks on Japan were seen (1,240 counted at each sensor by itself), 7.4 times the usual."));
  EXPECT_THAT(whole_story(incident, Language::ja),
              HasSubstr("DRDoS攻撃の被攻撃件数が530件（センサごとに数えると1,240件）となり、普段の7.4倍に増えました。"));
}

TEST(Words, EachCauseHasASentenceOfEachCertaintyInBothLanguages) {
  for (int i = 0; i <= static_cast<int>(kLastCause); ++i) {
    for (const Confidence confidence : {Confidence::possible, Confidence::probable, Confidence::confirmed}) {
      for (Incident incident : {Incident(), test::argentina(), test::july(), test::realtek(), test::silent_sensor()}) {
        incident.cause = static_cast<Cause>(i);
        incident.confidence = confidence;
        put_into_words(incident);
        const std::string& en = incident.cause_en;
        const std::string& ja = incident.cause_ja;
        EXPECT_THAT(en, testing::EndsWith(".")) << name_of(incident.cause);
        EXPECT_THAT(ja, testing::EndsWith("。")) << name_of(incident.cause);
        EXPECT_THAT(en, Not(HasSubstr("{"))) << en;
        EXPECT_THAT(en, Not(HasSubstr("  "))) << en;
        EXPECT_EQ(std::count(en.begin(), en.end(), '\n'), 0);
        if (incident.cause == Cause::unknown) continue;
        EXPECT_EQ(en.find("probably") != std::string::npos, confidence == Confidence::probable) << en;
        EXPECT_EQ(en.find("possibly") != std::string::npos, confidence == Confidence::possible) << en;
        EXPECT_EQ(en.find("confirmed") != std::string::npos, confidence == Confidence::confirmed) << en;
        EXPECT_EQ(ja.find("とみられます") != std::string::npos, confidence == Confidence::probable) << ja;
        EXPECT_EQ(ja.find("可能性があります") != std::string::npos, confidence == Confidence::possible) << ja;
        EXPECT_EQ(ja.find("確認しました") != std::string::npos, confidence == Confidence::confirmed) << ja;
      }
    }
    for (const Language language : {Language::en, Language::ja}) EXPECT_FALSE(phrase_of(static_cast<Cause>(i), language).empty()) << i;
  }
}

TEST(Words, WhatTheDataDoNotSupportIsLeftOut) {
  Incident incident = test::argentina();
  incident.effective_sources.reset();
  incident.explanation.clear();
  incident.country.clear();
  incident.hosts = 0;
  const std::string bare = whole_story(incident, Language::en);
  for (const char* word : {"of the rise", "spread", "Argentina", "not been seen", "devices", "unexplained", "also scan", "Honeypots"})
    EXPECT_THAT(bare, Not(HasSubstr(word)));
  incident.hosts = 500;
  incident.returning_hosts = 0.25;
  incident.bots = 700;
  incident.explanation = test::argentina().explanation;
  incident.unexplained = 0.14;
  const std::string full = whole_story(incident, Language::en);
  for (const char* word : {"500 addresses took part", "75% of the rising hosts had not been seen in the 28 days before",
                           "700 devices at least", "14% of the rise is left unexplained"})
    EXPECT_THAT(full, HasSubstr(word));
}

TEST(Words, NumbersOfTheStoryAreThoseOfTheIncident) {
  const std::string story = whole_story(test::argentina(), Language::en);
  const std::regex number("[0-9][0-9,.]*[0-9]|[0-9]");
  std::vector<std::string> numbers;
  for (std::sregex_iterator at(story.begin(), story.end(), number), end; at != end; ++at) numbers.push_back(at->str());
  EXPECT_THAT(numbers, testing::ElementsAre("23", "2017", "23", "1.8", "86", "97", "190,000", "31", "2017", "350,000"));
}

TEST(Words, SpreadIsToldByWhoIsLoud) {
  Incident incident = test::argentina();
  const auto tells = [&](std::uint64_t hosts, double equal, const char* words) {
    incident.hosts = hosts;
    incident.effective_sources = equal;
    EXPECT_THAT(whole_story(incident, Language::en), HasSubstr(words)) << hosts << " " << equal;
  };
  tells(127, 1.08, "Of 127 addresses one sends nearly all of it.");
  tells(60, 58.1, "It is spread over 60 addresses, not a few loud ones.");
  tells(3, 2.9, "It comes from only three addresses, none much louder than the others.");
  tells(200, 12.4, "200 addresses took part on the busiest day, some louder than others: as concentrated as if 12 equally loud ones");
  incident.metric = Metric::packets;
  tells(21, 12.1, "21 addresses took part on the busiest day, some louder than others");
  incident.metric = Metric::hosts;
  incident.explanation.push_back(test::part({{"src", "192.0.2.7"}}, 0.2, 0, 1, 100));
  tells(200, 150, "some louder than others");
}

TEST(Words, AllKnownOrAllNewIsSaidWithoutAShare) {
  Incident incident = test::argentina();
  incident.returning_hosts = 1;
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("All of the rising hosts had been seen in the 28 days before."));
  EXPECT_THAT(whole_story(incident, Language::ja), HasSubstr("増えたホストは、すべて直前の28日間にも観測されています。"));
  incident.returning_hosts = 0;
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("None of the rising hosts had been seen in the 28 days before."));
}

TEST(Words, IcmpIsNoPortThatListens) {
  Incident incident = test::argentina();
  incident.protocol = 1;
  incident.port = 0;
  incident.tool.clear();
  incident.explanation.clear();
  incident.cause = Cause::new_hosts;
  put_into_words(incident);
  EXPECT_EQ(incident.cause_en, "Hosts without the mark of a known tool probably look for addresses that answer ICMP.");
  EXPECT_EQ(incident.cause_ja, "ホストが、既知のツールの特徴を持たずにICMPに応答するアドレスを探しているとみられます。");
  EXPECT_EQ(title_of(incident, Language::en), "About 190,000 hosts ping addresses (ICMP).");
}

TEST(Words, HajimeIsNamedWhereItIsKnown) {
  Incident incident = test::hajime();
  incident.port = 22;
  incident.explanation = {test::part({{"fingerprint", "hajime-like"}}, 1, 0, 31, 40)};
  put_into_words(incident);
  for (const Language language : {Language::en, Language::ja})
    EXPECT_THAT(title_of(incident, language) + whole_story(incident, language), Not(HasSubstr("Hajime")));
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("100% of the rise has the TCP window 14600"));
}

TEST(Words, ACauseNamesTheNetworkThatCarriesIt) {
  Incident incident = test::argentina();
  incident.tool = "masscan";
  incident.cause = Cause::scanning_tool;
  incident.explanation = {test::part({{"country", "RO"}, {"asn", "9009"}}, 1, 0, 60, 1981)};
  put_into_words(incident);
  EXPECT_EQ(incident.cause_en, "Hosts of AS9009 in Romania probably survey the Internet or look for targets with masscan.");
  EXPECT_EQ(incident.cause_ja, "ルーマニアのAS9009のホストがmasscanでインターネットを調査している、または標的を探しているとみられます。");
  incident.cause = Cause::infected_devices;
  incident.tool = "mirai";
  incident.country = "BR";
  incident.explanation = {test::part({{"asn", "28573"}}, 0.78, 0, 60, 70)};
  put_into_words(incident);
  EXPECT_EQ(incident.cause_en,
            "Devices in Brazil, most of them in the network of AS28573, have probably been infected by Mirai or a variant.");
}

TEST(Words, OneVictimIsAServer) {
  Incident incident = test::july();
  incident.victims = 1;
  for (RisePart& part : incident.explanation) part.hosts = 1;
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("the answer of a server under a DoS attack"));
  put_into_words(incident);
  EXPECT_THAT(incident.cause_en, StartsWith("A server of Example Hosting (AS64500) in the United States is probably under a DoS attack"));
}

TEST(Words, HostsOfTwoCountriesAreToldOfBoth) {
  Incident incident = test::base_incident("f4f33691", 445, ms_of(2025, 6, 3, 6), ms_of(2025, 6, 4, 6));
  incident.cause = Cause::new_hosts;
  incident.population = "protocol=tcp and port=445 and class in (scan, request, echo) and country in (ID, VN)";
  incident.explanation = {test::part({{"window", "65535"}}, 0.739, 0, 1867, 5652), test::part({{"country", "VN"}}, 0.62, 0, 1565, 4746),
                          test::part({{"country", "ID"}}, 0.38, 0.05, 960, 2901)};
  incident.hosts = 2525;
  EXPECT_EQ(title_of(incident, Language::en), "2,525 hosts in Vietnam and Indonesia scan 445/TCP.");
  EXPECT_EQ(title_of(incident, Language::ja), "ベトナム、インドネシアの2,525ホストが445/TCPへスキャン");
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("Hosts in Vietnam and Indonesia without the mark of a known tool"));
  EXPECT_THAT(whole_story(incident, Language::ja), Not(HasSubstr("同国")));
  incident.explanation = {test::part({{"country", "JO"}}, 0.508, 0, 774, 793), test::part({{"country", "PS"}}, 0.492, 0, 749, 764)};
  incident.hosts = 1523;
  EXPECT_EQ(title_of(incident, Language::en), "1,523 hosts in Jordan and the Palestinian Territories scan 445/TCP.");
  EXPECT_THAT(whole_story(incident, Language::en), Not(HasSubstr("that country")));
}

TEST(Words, HostsOfACountryWithMostOfThemAreMostNotAll) {
  Incident incident = test::base_incident("f4f33691", 445, ms_of(2025, 6, 3, 6), ms_of(2025, 6, 4, 6));
  incident.cause = Cause::new_hosts;
  incident.hosts = 2525;
  incident.explanation = {test::part({{"country", "VN"}}, 0.62, 0, 1565, 4746)};
  EXPECT_EQ(title_of(incident, Language::en), "2,525 hosts, most of them in Vietnam, scan 445/TCP.");
  EXPECT_EQ(title_of(incident, Language::ja), "2,525ホスト（大半はベトナム）が445/TCPへスキャン");
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("Hosts, most of them in Vietnam, without the mark"));
  EXPECT_THAT(whole_story(incident, Language::ja), HasSubstr("主にベトナムのホストが"));
  incident.explanation.front() = test::part({{"country", "VN"}}, 0.97, 0, 1000, 4746);
  EXPECT_EQ(title_of(incident, Language::en), "1,000 hosts in Vietnam scan 445/TCP.") << "the others were there before";
  EXPECT_EQ(title_of(incident, Language::ja), "ベトナムの1,000ホストが445/TCPへスキャン");
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("Hosts in that country without the mark"));
  incident.explanation.front() = test::part({{"country", "VN"}}, 0.45, 0, 1200, 4746);
  EXPECT_EQ(title_of(incident, Language::en), "2,525 hosts scan 445/TCP.");
}

TEST(Words, ARiseOfTwoCountriesIsNotThatOfTheLevelsCountry) {
  Incident incident = test::base_incident("2d384938", 8443, ms_of(2025, 10, 15, 6), ms_of(2025, 10, 16, 8));
  incident.country = "GB";
  incident.tool = "mirai";
  incident.cause = Cause::infected_devices;
  incident.population = "protocol=tcp and port=8443 and class in (scan, request, echo) and country in (GB, IE) and fingerprint=mirai";
  incident.expected = 47.1;
  incident.observed = 1629;
  incident.hosts = 1873;
  incident.explanation = {test::part({{"fingerprint", "mirai"}}, 1, 0, 1873, 1921),
                          test::part({{"country", "GB"}, {"fingerprint", "mirai"}}, 0.8404, 0, 1574, 1618),
                          test::part({{"country", "IE"}, {"fingerprint", "mirai"}}, 0.1596, 0, 299, 303)};
  EXPECT_EQ(title_of(incident, Language::en), "1,873 hosts in the United Kingdom and Ireland scan 8443/TCP the way Mirai does.");
  const std::string story = whole_story(incident, Language::en);
  EXPECT_THAT(story, HasSubstr("84% of the whole rise comes from addresses in the United Kingdom, 16% in Ireland; 100% of the rise"));
  EXPECT_THAT(story, HasSubstr("Devices in the United Kingdom and Ireland have possibly been infected"));
  EXPECT_THAT(whole_story(incident, Language::ja), HasSubstr("全体の増加分の84%は英国、16%はアイルランドのIPアドレスから届き"));
  EXPECT_THAT(whole_story(incident, Language::ja), HasSubstr("英国、アイルランドの機器が"));
}

/// One of two floods of a day, as both are in the total of TCP.
Incident one_flood_of_two() {
  Incident incident = test::base_incident("77f83350", 80, ms_of(2025, 4, 22, 1), ms_of(2025, 4, 22, 3));
  incident.kind = IncidentKind::dos_victim;
  incident.metric = Metric::packets;
  incident.cause = Cause::dos_backscatter;
  incident.country = "BR";
  incident.expected = 107'645;
  incident.observed = 217'375;
  incident.hosts = 4;
  incident.packets = 54'350;
  incident.victims = 1;
  incident.population = "protocol=tcp and class=backscatter and port=80 and asn=28573";
  incident.explanation = {
      test::part({{"class", "backscatter"}}, 0.99208, 0.02, 0, 111'260), test::part({{"src_port", "80"}}, 0.49531, 0, 4, 54'350),
      test::part({{"tcp_flags", "SYN+ACK"}}, 0.49529, 0, 4, 54'348), test::part({{"src", "192.0.2.125"}}, 0.49526, 0, 1, 54'345),
      test::part({{"country", "BR"}, {"asn", "28573"}}, 0.49524, 0, 4, 54'350)};
  return incident;
}

TEST(Words, AFloodIsToldWithItsOwnShareNotThatOfTheDaysAnswers) {
  Incident incident = one_flood_of_two();
  EXPECT_EQ(story_of(incident, Language::en).at(1),
            "50% of the rise are SYN-ACK packets from source port 80 of only four addresses; 50% come from the address 192.0.2.125.");
  EXPECT_EQ(story_of(incident, Language::ja).at(1),
            "増加分の50%は、わずか4個のIPアドレスから届いたSYN-ACK（送信元ポート80）で、50%はIPアドレス192.0.2.125から届いています。");
  incident.explanation = {test::part({{"country", "PL"}, {"asn", "5617"}}, 0.99944, 0, 2, 125'181),
                          test::part({{"tcp_flags", "SYN+ACK"}}, 0.99944, 0, 2, 125'181),
                          test::part({{"class", "backscatter"}}, 0.99859, 0.02, 0, 127'471),
                          test::part({{"src", "192.0.2.155"}}, 0.50139, 0, 1, 62'799)};
  EXPECT_EQ(story_of(incident, Language::en).at(1),
            ">99% of the rise are SYN-ACK packets from source port 80 of only two addresses; 50% come from the address 192.0.2.155.");
}

TEST(Words, AnswersOfADayTellNoAddressesAndNoPortOfOneFlood) {
  Incident incident = one_flood_of_two();
  incident.explanation.resize(1);
  EXPECT_EQ(story_of(incident, Language::en).at(1), "99% of the rise are answers.");
  EXPECT_EQ(story_of(incident, Language::ja).at(1), "増加分の99%は、応答パケットです。");
}

TEST(Words, AFloodFromSeveralPortsTellsThePortWithItsOwnShare) {
  Incident incident = one_flood_of_two();
  incident.population = "protocol=tcp and class=backscatter and asn=28573";
  incident.explanation = {test::part({{"tcp_flags", "SYN+ACK"}}, 0.9, 0, 12, 98'000), test::part({{"src_port", "80"}}, 0.6, 0, 5, 66'000)};
  EXPECT_EQ(story_of(incident, Language::en).at(1), "90% of the rise are SYN-ACK packets of 12 addresses; 60% come from source port 80.");
  EXPECT_EQ(story_of(incident, Language::ja).at(1),
            "増加分の90%は、12個のIPアドレスから届いたSYN-ACKで、60%は送信元ポート80から届いています。");
}

TEST(Words, TheAddressesThatAnswerAreTheVictimsThatAreCounted) {
  Incident incident = one_flood_of_two();
  incident.explanation = {test::part({{"tcp_flags", "SYN+ACK"}}, 0.99, 0, 4, 109'000)};
  EXPECT_THAT(whole_story(incident, Language::en),
              HasSubstr("of only four addresses. This is no scan: it is possibly the answer of servers under a DoS attack with spoofed "
                        "sources. The four addresses are victims"));
  EXPECT_THAT(whole_story(incident, Language::ja), HasSubstr("この4個のIPアドレスは攻撃者ではなく"));
  // Where the sentence is about some of them, no number is that of all.
  incident.explanation = {test::part({{"tcp_flags", "RST"}}, 0.57, 0, 2, 49'000)};
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("RST packets from source port 80 of only two addresses."));
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("The addresses are victims, not attackers."));
}

TEST(Words, AFloodTellsWhatItBroughtAndWhatAllPacketsCameTo) {
  Incident incident = one_flood_of_two();
  incident.end_ms = test::ms_of(2025, 4, 22, 9);
  incident.trend = Trend::over;
  incident.level_now = 104'000;
  EXPECT_EQ(
      story_of(incident, Language::en).front(),
      "On 22 April 2025 this attack brought about 54,400 packets; all TCP together reached about 217,000 packets a day, 2.0 times the "
      "usual.");
  EXPECT_EQ(story_of(incident, Language::en).back(), "It is over since 22 April 2025, all TCP back to about 104,000 packets a day.");
  EXPECT_EQ(story_of(incident, Language::ja).front(),
            "2025年4月22日、この攻撃により約5.44万パケットが届き、TCP全体では1日約21.7万パケット（普段の2.0倍）に達しました。");
  EXPECT_EQ(story_of(incident, Language::ja).back(), "2025年4月22日までに収まり、TCP全体で1日約10.4万パケットに戻りました。");
}

TEST(Words, AFloodThatMovedAnotherTotalTooSaysSo) {
  Incident incident = one_flood_of_two();
  incident.other_totals = {{17, 53, days_from_date(2025, 4, 22), 7000, 26'800, 1, 9985, "", "", {}}};
  EXPECT_EQ(story_of(incident, Language::en).at(2),
            "The same attacks moved UDP, to about 26,800 packets on 22 April 2025, 3.8 times the usual: 9,985 answers, most of them from "
            "source port 53.");
  EXPECT_EQ(
      story_of(incident, Language::ja).at(2),
      "同じ攻撃により、UDPも2025年4月22日に約2.68万パケット（普段の3.8倍）に達しました。応答は9,985パケット（主に送信元ポート53）です。");
}

TEST(Words, AServerStandsInACountryAndIsOfANetwork) {
  Incident incident = one_flood_of_two();
  incident.explanation.pop_back();
  put_into_words(incident);
  EXPECT_THAT(incident.cause_en, StartsWith("A server in Brazil is possibly under a DoS attack"));
}

TEST(Words, NothingLeftIsNoFalling) {
  Incident incident = test::argentina();
  incident.level_now = 0;
  EXPECT_EQ(story_of(incident, Language::en).back(), "It had fallen to 0 hosts a day on 31 December 2017.");
  EXPECT_EQ(story_of(incident, Language::ja).back(), "2017年12月31日の時点で1日0ホストまで減りました。");
}

TEST(Words, PacketsOfPingsAreEchoRequestsNotAllOfIcmp) {
  Incident incident = test::argentina();
  incident.kind = IncidentKind::packet_spike;
  incident.metric = Metric::packets;
  incident.protocol = 1;
  incident.port = 0;
  EXPECT_THAT(whole_story(incident, Language::en), StartsWith("On 23 November 2017 the echo requests by ICMP rose to 1.8 times the usual"));
  EXPECT_THAT(whole_story(incident, Language::ja), StartsWith("2017年11月23日、ICMPエコー要求が普段の1.8倍"));
}

TEST(Words, NetworksInARowAreOneList) {
  Incident incident = test::argentina();
  incident.explanation = {test::part({{"asn", "22927"}}, 0.76, 0, 2, 3), test::part({{"asn", "7303"}}, 0.22, 0, 2, 3)};
  EXPECT_THAT(whole_story(incident, Language::en), HasSubstr("76% of the rise comes from the network of AS22927, 22% of AS7303."));
}

TEST(WordsNumbers, OneIsNoPlural) {
  EXPECT_EQ(counted(1, "address", "addresses"), "1 address");
  EXPECT_EQ(counted(0, "host", "hosts"), "0 hosts");
  EXPECT_EQ(counted(12'345, "stretch", "stretches"), "12,345 stretches");
}

TEST(Words, FewSourcesAreCalledFew) {
  Incident incident = test::argentina();
  incident.hosts = 40;
  incident.effective_sources = 1.6;
  EXPECT_THAT(whole_story(incident, Language::en),
              HasSubstr("Of 40 addresses a few send most of it: as concentrated as if 1.6 equally loud ones sent it all."));
  EXPECT_THAT(whole_story(incident, Language::ja), HasSubstr("ごく少数の送信元に集中"));
}

TEST(Words, APairIsToldWhereItsHalvesAreNot) {
  Incident incident = test::argentina();
  incident.country.clear();
  incident.explanation = {test::part({{"country", "BR"}, {"ttl_band", "up to 64"}}, 0.7, 0.1, 10, 20)};
  EXPECT_THAT(whole_story(incident, Language::en),
              HasSubstr("70% of the rise comes from addresses in Brazil and arrives with a TTL of up to 64."));
  EXPECT_THAT(whole_story(incident, Language::ja), HasSubstr("増加分の70%はブラジルのIPアドレスから届き、TTLが64以下です。"));
}

TEST(Words, PairsWithTheMarkOfAllAreToldByWhatIsTheirOwn) {
  Incident incident = test::goahead_one();
  incident.explanation = {test::part({{"fingerprint", "mirai"}}, 1, 0, 522, 529),
                          test::part({{"country", "MX"}, {"fingerprint", "mirai"}}, 0.404, 0, 211, 214),
                          test::part({{"country", "VN"}, {"fingerprint", "mirai"}}, 0.299, 0, 156, 158)};
  EXPECT_THAT(whole_story(incident, Language::en),
              HasSubstr("40% of the rise comes from addresses in Mexico, 30% in Vietnam; 100% of the rise carries the mark of Mirai"));
  put_into_words(incident);
  EXPECT_EQ(incident.cause_en, "Devices, most of them in Mexico and Vietnam, have possibly been infected by Mirai or a variant.");
  incident = test::argentina();
  incident.explanation = {test::part({{"country", "AR"}, {"fingerprint", "mirai"}}, 1, 0, 50'000, 54'000),
                          test::part({{"asn", "22927"}, {"fingerprint", "mirai"}}, 0.76, 0, 38'000, 41'000)};
  EXPECT_THAT(
      whole_story(incident, Language::en),
      HasSubstr("100% of the rise comes from addresses in Argentina and carries the mark of Mirai (TCP sequence number = destination "
                "address); 76% of the rise comes from the network of AS22927."));
}

TEST(Words, OneAddressIsNamed) {
  Incident incident = test::argentina();
  incident.cause = Cause::one_source;
  incident.hosts = 1;
  incident.effective_sources = 1;
  incident.explanation = {test::part({{"country", "NL"}, {"asn", "64500"}, {"src", "192.0.2.4"}}, 1, 0, 1, 148)};
  EXPECT_THAT(whole_story(incident, Language::en),
              HasSubstr("100% of the rise comes from the address 192.0.2.4. One address, 192.0.2.4, is probably the cause by itself."));
  EXPECT_THAT(whole_story(incident, Language::ja), HasSubstr("1個のIPアドレス（192.0.2.4）だけが原因であるとみられます。"));
}

TEST(Words, TrendSaysWhatBecameOfIt) {
  Incident incident = test::argentina();
  const auto last = [&] { return story_of(incident, Language::en).back(); };
  incident.level_now = 1;
  EXPECT_EQ(last(), "It was falling on 31 December 2017: 1 host a day.");
  incident.trend = Trend::steady;
  EXPECT_EQ(last(), "It goes on: 1 host a day on 31 December 2017.");
  incident.since_new_usual = true;
  EXPECT_THAT(last(), HasSubstr("counts as the usual one now"));
  incident.since_new_usual = false;
  incident.end_ms = ms_of(2017, 12, 3);
  EXPECT_EQ(last(), "It is over since 3 December 2017, back to 1 host a day.");
  incident.level_now = incident.observed;
  EXPECT_EQ(last(), "It is over since 3 December 2017.") << "the next one is there already";
}

TEST(Words, OutsideTextsAreInert) {
  Incident incident = test::mobile_routers();
  incident.explanation.front().attributes.front().label = "Evil\x1b[31m\nNet\xff";
  incident.payloads = {{"00", {"tag\x1b]0;x\x07"}, {"http://h/\x1b[2Jx.sh"}, {}, 3}};
  incident.sensor = "s\x1b[0m";
  for (const Cause cause : {incident.cause, Cause::exploit_wave, Cause::sensor_silent, Cause::new_exploit}) {
    incident.cause = cause;
    put_into_words(incident);
    for (const Language language : {Language::en, Language::ja}) {
      const std::string text = title_of(incident, language) + whole_story(incident, language) + incident.cause_en + incident.cause_ja;
      for (const char c : text) EXPECT_FALSE((c >= 0 && c < 0x20) || c == 0x7f) << text;
      EXPECT_EQ(text.find('\xff'), std::string::npos);
    }
  }
}

TEST(Words, HostileNumbersBreakNothing) {
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -5.0, 1e300}) {
    Incident incident = test::argentina();
    incident.expected = incident.observed = incident.level_now = number;
    incident.effective_sources = number;
    incident.explanation.front().share_of_rise = number;
    incident.onset_ms = std::numeric_limits<std::int64_t>::min();
    incident.judged_to_ms = std::numeric_limits<std::int64_t>::max();
    for (const Language language : {Language::en, Language::ja})
      EXPECT_THAT(whole_story(incident, language), Not(testing::AnyOf(HasSubstr("nan"), HasSubstr("inf "), HasSubstr("-5"))));
  }
}

TEST(Words, CountriesHaveTheirNames) {
  EXPECT_EQ(country_name("AR", Language::en), "Argentina");
  EXPECT_EQ(country_name("AR", Language::ja), "アルゼンチン");
  EXPECT_EQ(country_name("US", Language::ja), "米国");
  EXPECT_EQ(country_name("JP", Language::ja), "日本");
  EXPECT_EQ(country_name("NL", Language::en), "Netherlands");
  EXPECT_EQ(country_name("QZ", Language::en), "QZ");
  EXPECT_EQ(country_name("", Language::ja), "");
  EXPECT_EQ(country_name("jp", Language::ja), "jp");
}

TEST(Words, NetworksGetTheirNames) {
  Incident incident = test::july();
  incident.explanation.back().attributes.front().label.clear();
  label_networks(incident, [](std::uint32_t asn) { return asn == 64500 ? std::string_view("Named AS") : std::string_view(); });
  EXPECT_EQ(incident.explanation.back().attributes.front().label, "Named AS");
  EXPECT_EQ(incident.explanation.front().attributes.front().label, "");
}

TEST(WordsNumbers, AreWrittenForPeople) {
  using enum Language;
  EXPECT_EQ(number_in_words(9999, en), "9,999");
  EXPECT_EQ(number_in_words(9999.6, en), "10,000");
  EXPECT_EQ(number_in_words(187'432, en), "187,000");
  EXPECT_EQ(number_in_words(612'345'678, en), "612 million");
  EXPECT_EQ(number_in_words(150.4e9, en), "150 billion");
  EXPECT_EQ(number_in_words(187'432, ja), "18.7万");
  EXPECT_EQ(number_in_words(412e6, ja), "4.12億");
  EXPECT_EQ(number_in_words(999'900, en), "1 million");
  EXPECT_EQ(short_number(559'125, en), "559 k");
  EXPECT_EQ(short_number(559'125, ja), "55.9万");
  EXPECT_EQ(short_number(24'000, en), "24 k");
  EXPECT_EQ(short_number(412e6, en), "412 M");
  EXPECT_EQ(share_in_words(0.862), "86%");
  EXPECT_EQ(share_in_words(0.002), "<1%");
  EXPECT_EQ(share_in_words(0.998), ">99%");
  EXPECT_EQ(share_in_words(1), "100%");
  EXPECT_EQ(share_in_words(0), "0%");
  EXPECT_EQ(times_in_words(1.84), "1.8");
  EXPECT_EQ(times_in_words(9.96), "10");
  EXPECT_EQ(day_in_words(ms_of(2017, 7, 3, 23), en), "3 July 2017");
  EXPECT_EQ(day_in_words(ms_of(2017, 7, 3), ja), "2017年7月3日");
  EXPECT_EQ(duration_in_words(0, en), "1 min");
  EXPECT_EQ(duration_in_words(3 * 3'600'000, ja), "3時間");
  EXPECT_EQ(duration_in_words(21 * test::kDayMs, en), "21 d");
}

}  // namespace
}  // namespace nightjar
