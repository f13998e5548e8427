#include "explain/relations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "figure/small_lake.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMsPerDay = 86'400'000;

IncidentPayload exploit(const std::string& sha256 = std::string(64, 'e')) { return {sha256, {"huawei-hg532"}, {}, {"CVE-2017-17215"}, 9}; }
IncidentPayload login() { return {std::string(64, 'a'), {"mirai-telnet"}, {}, {}, 90}; }

/// On day 0 is kDay.
std::int64_t at(double day) { return static_cast<std::int64_t>((static_cast<double>(kDay) + day) * kMsPerDay); }

Incident rise(IncidentKind kind, std::uint16_t port, double onset = 0, const std::string& tool = "") {
  Incident incident;
  incident.id = std::to_string(port);
  incident.kind = kind;
  incident.protocol = 6;
  incident.port = port;
  incident.onset_ms = at(onset);
  incident.peak_ms = at(onset + 1);
  incident.tool = tool;
  incident.hosts = 100;
  incident.packets = 300;
  incident.population = "protocol=tcp and port=" + std::to_string(port) + " and class in (scan, request, echo)";
  return incident;
}

// ------------------------------------------------------------------------------------------------------------ causes

struct CauseCase {
  const char* name;
  IncidentKind kind;
  std::uint16_t port;
  const char* tool;
  bool exploit, dropper;
  Cause cause;
  Confidence confidence;
  std::vector<Cause> alternatives;
};

class Causes : public ::testing::TestWithParam<CauseCase> {};

TEST_P(Causes, FollowFromWhatWasFound) {
  const CauseCase& one = GetParam();
  Incident incident = rise(one.kind, one.port, 0, one.tool);
  // A login is no exploit.
  incident.payloads = {login()};
  if (one.exploit) incident.payloads.push_back(exploit());
  if (one.dropper) {
    incident.related_ports.emplace_back();
    incident.related_ports.back().relation = Relation::dropper;
  }
  incident.related_ports.emplace_back().port = 2323;
  judge_cause(incident);
  EXPECT_EQ(incident.cause, one.cause);
  EXPECT_EQ(incident.confidence, one.confidence);
  EXPECT_EQ(incident.alternatives, one.alternatives);
}

constexpr auto kSpike = IncidentKind::host_spike, kNewPort = IncidentKind::new_port;
constexpr auto kPossible = Confidence::possible, kProbable = Confidence::probable, kConfirmed = Confidence::confirmed;

INSTANTIATE_TEST_SUITE_P(
    Table, Causes,
    ::testing::Values(
        CauseCase{
            "Campaign", IncidentKind::scan_campaign, 2375, "masscan", false, false, Cause::campaign, kProbable, {Cause::scanning_tool}},
        CauseCase{"Windows", kSpike, 445, "windows-7", false, false, Cause::infected_windows, kProbable, {}},
        CauseCase{"WindowsWithExploit", kSpike, 445, "windows-7", true, false, Cause::infected_windows, kConfirmed, {}},
        CauseCase{"ADropperBefore", kSpike, 23, "mirai", false, true, Cause::dropper_wave, kPossible, {Cause::infected_devices}},
        CauseCase{"TelnetBots", kSpike, 23, "mirai", false, false, Cause::infected_devices, kProbable, {}},
        CauseCase{"TelnetBotsBesideAnExploit", kSpike, 23, "mirai", true, false, Cause::infected_devices, kProbable, {}},
        CauseCase{"OtherTelnetBots", kSpike, 2323, "hajime-like", false, false, Cause::infected_devices, kProbable, {}},
        // No payload was seen: the report does not judge wave 1 of 81/TCP either.
        CauseCase{"BotsWithoutPayload",
                  kNewPort,
                  81,
                  "mirai",
                  false,
                  false,
                  Cause::infected_devices,
                  kPossible,
                  {Cause::exploit_wave, Cause::dropper_wave}},
        CauseCase{"BotsWithExploit", kNewPort, 37215, "mirai", true, false, Cause::exploit_wave, kConfirmed, {}},
        CauseCase{"HostsWithExploit", kSpike, 8080, "", true, false, Cause::exploit_wave, kProbable, {}},
        CauseCase{"ATool", kSpike, 8080, "zmap-classic", false, false, Cause::scanning_tool, kProbable, {Cause::campaign}},
        CauseCase{"Nothing", kSpike, 8080, "", false, false, Cause::new_hosts, kPossible, {Cause::exploit_wave, Cause::scanning_tool}}),
    [](const auto& of) { return std::string(of.param.name); });

/// A part of the rise that this value alone makes.
RisePart part(const char* attribute, const char* value, double share, std::uint64_t hosts = 1) {
  RisePart one;
  one.attributes = {{attribute, value}};
  one.share_of_rise = share;
  one.hosts = hosts;
  return one;
}

TEST(Causes, OneSourceIsTheCauseByItselfOnlyWhereItSendsNearlyAll) {
  Incident incident = rise(IncidentKind::heavy_source, 1433);
  incident.metric = Metric::packets;
  incident.expected = 1656;
  // With its network, and by itself: the same packets.
  incident.explanation = {part("src", "198.51.100.7", 0.9), part("src", "198.51.100.7", 0.9)};
  incident.explanation[0].attributes.push_back({"country", "BG"});
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::one_source);
  EXPECT_EQ(incident.confidence, kConfirmed);
  EXPECT_THAT(incident.alternatives, IsEmpty());

  incident.explanation = {part("src", "198.51.100.7", 0.89)};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::one_source);
  EXPECT_EQ(incident.confidence, kPossible);
  EXPECT_THAT(incident.alternatives, ElementsAre(Cause::louder_hosts));
}

TEST(Causes, TwoSourcesAreNotOne) {
  Incident incident = rise(IncidentKind::heavy_source, 1433);
  incident.metric = Metric::packets;
  incident.expected = 1656;
  for (const bool turned : {false, true}) {
    incident.explanation = {part("src", turned ? "178.97.9.94" : "85.130.72.167", 0.58),
                            part("src", turned ? "85.130.72.167" : "178.97.9.94", 0.42)};
    judge_cause(incident);
    EXPECT_EQ(incident.cause, Cause::louder_hosts);
    EXPECT_EQ(incident.confidence, kPossible);
  }
}

/// 862 hosts in Thailand with 3,512 packets, where 8 packets a day were usual.
Incident risen_packets() {
  Incident incident = rise(IncidentKind::packet_spike, 8080);
  incident.metric = Metric::packets;
  incident.country = "TH";
  incident.population += " and country=TH";
  incident.expected = 8;
  incident.observed = 3512;
  incident.hosts = 862;
  return incident;
}

TEST(Causes, HostsAreLouderOnlyWhereNotMoreOfThemCame) {
  Incident incident = risen_packets();
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::new_hosts);
  EXPECT_EQ(incident.confidence, kPossible);
  // They came before, to other ports.
  incident.returning_hosts = 0.9;
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::new_hosts);
  // As many hosts as packets usually: they may have been there.
  incident.expected = 862;
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::louder_hosts);
  EXPECT_EQ(incident.confidence, kProbable);
  EXPECT_THAT(incident.alternatives, ElementsAre(Cause::scanning_tool));
  incident.returning_hosts.reset();
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::louder_hosts);
  EXPECT_EQ(incident.confidence, kPossible);
  EXPECT_THAT(incident.alternatives, ElementsAre(Cause::new_hosts, Cause::scanning_tool));
}

TEST(Causes, HostsOfTheWorldAreNotHeldAgainstTheLevelOfOneCountry) {
  Incident incident = risen_packets();
  incident.population = "protocol=tcp and port=8080 and class in (scan, request, echo)";
  incident.returning_hosts = 0.9;
  incident.explanation = {part("country", "TH", 0.95, 8)};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::louder_hosts);
  incident.explanation = {part("country", "TH", 0.95, 860)};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::new_hosts);
}

TEST(Causes, TwoToolsOfDevicesThatShareARiseAreInfectedDevicesWithoutAName) {
  Incident incident = rise(kSpike, 23);
  incident.explanation = {part("fingerprint", "mirai", 0.55), part("fingerprint", "hajime-like", 0.45)};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::infected_devices);
  EXPECT_EQ(incident.confidence, kProbable);
}

TEST(Causes, WhereHalfOfTheHostsBearAMarkTheRestIsNotAllOfIt) {
  Incident incident = rise(kSpike, 23);
  incident.explanation = {part("fingerprint", "mirai", 0.6)};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::unknown);
  EXPECT_THAT(incident.alternatives, ElementsAre(Cause::infected_devices, Cause::new_hosts));
  incident.explanation = {part("fingerprint", "masscan", 0.6)};
  judge_cause(incident);
  EXPECT_THAT(incident.alternatives, ElementsAre(Cause::scanning_tool, Cause::new_hosts));
  incident.explanation = {part("fingerprint", "mirai", 0.4)};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::new_hosts);
}

IncidentPayload at_port(std::uint16_t port, IncidentPayload payload) {
  payload.rows = "port = " + std::to_string(port) + " AND payload <> ''";
  return payload;
}

TEST(Causes, APayloadThatLoadsAProgramIsTheWayInThoughItHasNoCve) {
  Incident incident = rise(kSpike, 5555);
  incident.payloads = {at_port(5555, {std::string(64, 'b'), {"adb-shell", "adb-connect"}, {"http://198.51.100.77/adb.sh"}, {}, 106})};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::exploit_wave);
  EXPECT_EQ(incident.confidence, kPossible);
  EXPECT_THAT(incident.alternatives, ElementsAre(Cause::scanning_tool));
  incident.tool = "mirai";
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::exploit_wave);
  EXPECT_EQ(incident.confidence, kProbable);
  // Whoever surveys with a scanner does not infect.
  incident.tool = "masscan";
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::scanning_tool);
}

TEST(Causes, APayloadOfAnotherPortOrAfterALoginIsNoWayIn) {
  Incident incident = rise(kSpike, 5555);
  incident.payloads = {at_port(81, {std::string(64, 'b'), {}, {"http://198.51.100.77/x.sh"}, {}, 9})};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::new_hosts);
  incident = rise(kSpike, 22);
  incident.payloads = {at_port(22, {std::string(64, 'b'), {}, {"http://198.51.100.77/x.sh"}, {}, 9})};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::new_hosts);
}

TEST(Causes, ADropperIsProbableWhereTheWaveLoadsFromTheSameServer) {
  Incident incident = rise(kSpike, 23, 0, "mirai");
  incident.related_ports.emplace_back().relation = Relation::dropper;
  IncidentPayload before = at_port(52'869, exploit()), after = at_port(23, login());
  before.urls = {"http://198.51.100.7/okiru.sh"};
  after.urls = {"http://203.0.113.66:80/bins/mirai.mips"};
  incident.payloads = {before, after};
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::dropper_wave);
  EXPECT_EQ(incident.confidence, kPossible);
  incident.payloads[1].urls.emplace_back("http://198.51.100.7/okiru.mips");
  judge_cause(incident);
  EXPECT_EQ(incident.cause, Cause::dropper_wave);
  EXPECT_EQ(incident.confidence, kProbable);
}

TEST(Causes, OfWhatOthersFoundAreLeftAlone) {
  for (const IncidentKind kind :
       {IncidentKind::sensor, IncidentKind::drdos, IncidentKind::dos_victim, IncidentKind::carpet_bombing, IncidentKind::new_payload}) {
    Incident incident = rise(kind, 80, 0, "mirai");
    incident.cause = Cause::sensor_drops;
    incident.confidence = Confidence::confirmed;
    judge_cause(incident);
    EXPECT_EQ(incident.cause, Cause::sensor_drops);
    EXPECT_EQ(incident.confidence, Confidence::confirmed);
    EXPECT_THAT(incident.alternatives, IsEmpty());
  }
}

// ------------------------------------------------------------------------------------------------------------ droppers

/// A rise of Mirai's hosts on 23/TCP on day 0 and one source that sends an exploit to 52869/TCP.
class Droppers : public ::testing::Test {
 protected:
  Droppers() {
    dropper_.payloads = {exploit(), login()};
    dropper_.country = "NL";
    dropper_.packets = 5000;
  }
  /// 100 hosts ask 23/TCP on the peak's day; `also` of them 52869/TCP too.
  void hosts(int also) {
    for (int n = 0; n < 100; ++n) {
      const std::string address = "100.64.0." + std::to_string(n);
      lake_.add(test::Flow("2017-11-24", 3).from(address).tcp(23).facts(1).origin("JP", 1));
      if (n < also) lake_.add(test::Flow("2017-11-24", 4).from(address).tcp(52'869).origin("JP", 1));
    }
    lake_.write();
  }
  /// The wave after linking; the dropper is incidents_[1].
  Incident linked() {
    const DaySessions days(take(lake_.lake().snapshot()), 1);
    incidents_ = {wave_, dropper_};
    take(link_droppers(days, rules_, incidents_));
    return incidents_[0];
  }
  static std::vector<std::uint16_t> droppers(const Incident& incident) {
    std::vector<std::uint16_t> ports;
    for (const RelatedPort& port : incident.related_ports)
      if (port.relation == Relation::dropper) ports.push_back(port.port);
    return ports;
  }

  Rules rules_;
  test::SmallLake lake_;
  Incident wave_ = rise(IncidentKind::host_spike, 23, 0, "mirai"), dropper_ = rise(IncidentKind::heavy_source, 52'869, -1);
  std::vector<Incident> incidents_;
};

TEST_F(Droppers, AWaveIsTiedToTheExploitThatOneSourceSentBefore) {
  hosts(0);
  const Incident wave = linked();
  ASSERT_THAT(wave.related_ports, SizeIs(1));
  const RelatedPort& port = wave.related_ports[0];
  EXPECT_EQ(port.relation, Relation::dropper);
  EXPECT_EQ(port.protocol, 6);
  EXPECT_EQ(port.port, 52'869);
  EXPECT_EQ(port.hosts, 1U);
  EXPECT_EQ(port.packets, 5000U);
  EXPECT_EQ(port.country, "NL");
  EXPECT_EQ(port.since_ms, at(-1));
  // The exploit is what the wave is explained by; the login is not taken along.
  EXPECT_THAT(wave.payloads, ElementsAre(exploit()));
  EXPECT_THAT(wave.not_seen, ElementsAre(NotSeen{6, 52'869, 100}));
  EXPECT_THAT(droppers(incidents_[1]), ElementsAre(23));
}

TEST_F(Droppers, WhereTheHostsAskThatPortThemselvesThatIsNotDenied) {
  hosts(1);
  EXPECT_THAT(linked().not_seen, IsEmpty());
  EXPECT_THAT(droppers(incidents_[0]), ElementsAre(52'869));
}

TEST_F(Droppers, OfFewHostsTheAbsenceSaysNothing) {
  hosts(0);
  wave_.hosts = 19;
  EXPECT_THAT(linked().not_seen, IsEmpty());
}

TEST_F(Droppers, AreLookedForAWeekBeforeAndADayAfter) {
  hosts(0);
  const std::pair<double, bool> onsets[] = {{-8, false}, {-7.1, false}, {-7, true},   {-3, true},
                                            {0, true},   {1, true},     {1.1, false}, {5, false}};
  for (const auto& [onset, tied] : onsets) {
    dropper_.onset_ms = at(onset);
    EXPECT_EQ(droppers(linked()).size(), tied ? 1U : 0U) << onset << " days";
  }
  rules_.dropper_days = 14;
  dropper_.onset_ms = at(-14);
  EXPECT_THAT(droppers(linked()), SizeIs(1));
}

TEST_F(Droppers, AreFewSourcesWithAnExploit) {
  hosts(0);
  dropper_.kind = IncidentKind::packet_spike;
  dropper_.effective_sources = 4.6;
  EXPECT_EQ(linked().related_ports.at(0).hosts, 5U);
  dropper_.effective_sources = 5;
  EXPECT_THAT(droppers(linked()), IsEmpty());
  dropper_.effective_sources = 2;
  dropper_.payloads = {login()};
  EXPECT_THAT(droppers(linked()), IsEmpty());
}

TEST_F(Droppers, WavesThatAreNotOfDevicesOrHaveTheirOwnExploitHaveNone) {
  hosts(0);
  const Incident before = wave_;
  wave_.tool = "masscan";
  EXPECT_THAT(droppers(linked()), IsEmpty());
  wave_ = before;
  wave_.payloads = {exploit("its own")};
  EXPECT_THAT(droppers(linked()), IsEmpty());
  wave_ = before;
  wave_.kind = IncidentKind::packet_spike;
  EXPECT_THAT(droppers(linked()), IsEmpty());
  wave_ = before;
  wave_.port = 52'869;
  EXPECT_THAT(droppers(linked()), IsEmpty());
}

TEST_F(Droppers, AWaveWhoseOwnPortLoadsAProgramHasNone) {
  hosts(0);
  wave_.port = 5555;
  wave_.payloads = {{std::string(64, 'b'), {"adb-shell"}, {"http://198.51.100.77/adb.sh"}, {}, 9, "port = 5555 AND payload <> ''"}};
  EXPECT_THAT(droppers(linked()), IsEmpty());
}

TEST_F(Droppers, LinkedOnceMoreNothingIsToldTwice) {
  hosts(0);
  wave_ = linked();
  dropper_ = incidents_[1];
  const Incident again = linked();
  EXPECT_EQ(again.related_ports, wave_.related_ports);
  EXPECT_EQ(again.payloads, wave_.payloads);
  EXPECT_EQ(again.not_seen, wave_.not_seen);
  EXPECT_EQ(incidents_[1].related_ports, dropper_.related_ports);
}

// ------------------------------------------------------------------------------------------------------------ new payloads

std::vector<std::string> joined(std::vector<Incident> incidents, Incident payload) {
  payload.id = "payload";
  join_new_payloads(incidents, {std::move(payload)});
  std::vector<std::string> ids;
  for (const Incident& one : incidents) ids.push_back(one.id);
  return ids;
}

TEST(NewPayloads, BelongToTheRiseOfTheirPort) {
  const Incident wave = rise(IncidentKind::new_port, 37'215, 0, "mirai");
  for (const double onset : {-5.0, 0.0, 3.0, 20.0})
    EXPECT_THAT(joined({wave}, rise(IncidentKind::new_payload, 37'215, onset)), ElementsAre("37215")) << onset;
  EXPECT_THAT(joined({wave}, rise(IncidentKind::new_payload, 37'215, -5.1)), ElementsAre("37215", "payload"));
  // Three weeks after the peak it is news by itself.
  EXPECT_THAT(joined({wave}, rise(IncidentKind::new_payload, 37'215, 22)), ElementsAre("37215", "payload"));
  EXPECT_THAT(joined({wave}, rise(IncidentKind::new_payload, 37'216, 0)), ElementsAre("37215", "payload"));
}

TEST(NewPayloads, AfterTheEndOfARiseAreIncidentsThemselves) {
  Incident wave = rise(IncidentKind::new_port, 37'215, 0, "mirai");
  wave.end_ms = at(4);
  EXPECT_THAT(joined({wave}, rise(IncidentKind::new_payload, 37'215, 4)), ElementsAre("37215"));
  EXPECT_THAT(joined({wave}, rise(IncidentKind::new_payload, 37'215, 5)), ElementsAre("37215", "payload"));
}

TEST(NewPayloads, OfAPortThatTheSameHostsAskBelongToTheirRise) {
  Incident wave = rise(IncidentKind::host_spike, 23, 0, "mirai");
  wave.related_ports.emplace_back().port = 37'215;
  EXPECT_THAT(joined({wave}, rise(IncidentKind::new_payload, 37'215, 1)), ElementsAre("23"));
}

TEST(NewPayloads, JoinNothingThatIsNoTraffic) {
  for (const IncidentKind kind : {IncidentKind::sensor, IncidentKind::drdos, IncidentKind::dos_victim})
    EXPECT_THAT(joined({rise(kind, 80, 0)}, rise(IncidentKind::new_payload, 80, 0)), ElementsAre("80", "payload"));
}

TEST(NewPayloads, WithoutAnyIncidentStandAlone) { EXPECT_THAT(joined({}, rise(IncidentKind::new_payload, 80, 0)), ElementsAre("payload")); }

}  // namespace
}  // namespace nightjar
