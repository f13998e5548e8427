// nightjar evidence, run as a user runs it: what it writes are the packets that the lake counted, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/derived_lake.hpp"
#include "support/other_forms.hpp"

namespace nightjar::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
constexpr const char* kId = "0123456789abcdef";
constexpr std::size_t kHeader = 24, kRecordHeader = 16;

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  if (at + 4 <= bytes.size()) std::memcpy(&value, bytes.data() + at, 4);
  return value;
}

/// The records of a pcap file, header and bytes.
std::vector<std::string> records_of(const std::string& pcap) {
  std::vector<std::string> records;
  for (std::size_t at = kHeader; at + kRecordHeader <= pcap.size();) {
    const std::size_t size = kRecordHeader + number_at(pcap, at + 8);
    records.push_back(pcap.substr(at, size));
    at += size;
  }
  return records;
}

std::uint64_t time_of(const std::string& record) { return number_at(record, 0) * 1'000'000'000ULL + number_at(record, 4); }
std::uint16_t port_of(const std::string& record) {
  const std::size_t at = kRecordHeader + 14 + 20 + 2;
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(record[at]) << 8 | static_cast<std::uint8_t>(record[at + 1]));
}
bool is_tcp(const std::string& record) { return record[kRecordHeader + 14 + 9] == 6; }
bool is_bare_syn(const std::string& record) { return record[kRecordHeader + 14 + 20 + 13] == 2; }

/// What the filter "protocol = tcp and port = 23" of scans means, told from the bytes.
std::vector<std::string> telnet_scans(const std::vector<std::string>& captures, std::uint64_t from_ns = 0, std::uint64_t to_ns = ~0ULL) {
  std::vector<std::string> wanted;
  for (const std::string& capture : captures) {
    for (const std::string& record : records_of(capture))
      if (is_tcp(record) && is_bare_syn(record) && port_of(record) == 23 && time_of(record) >= from_ns && time_of(record) < to_ns)
        wanted.push_back(record);
  }
  std::stable_sort(wanted.begin(), wanted.end(), [](const std::string& a, const std::string& b) { return time_of(a) < time_of(b); });
  return wanted;
}

class EvidenceCommand : public DerivedLake {
 protected:
  void telnet_incident() {
    add_incident(kId, "2017-11-23 00:00:00", "2017-11-24 00:00:00", "protocol = tcp and port = 23 and class = scan");
  }
  int cut(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"evidence", kId, "-o", path("cut.pcap")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::string evidence() const { return content_of(path("cut.pcap")); }
  /// Names in the test's folder: nothing half-written may be among them.
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) all.push_back(entry.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
  }
  std::uint64_t counted(const std::string& where) const {
    return std::stoull(ask_one("SELECT CAST(coalesce(sum(packets), 0) AS UBIGINT) FROM flows WHERE " + where));
  }
};

TEST_F(EvidenceCommand, WritesThePacketsThatTheLakeCountedByteForByte) {
  const std::string capture = darknet_traffic(3000, 1).content();
  ingest({file("a.pcap", capture)});
  telnet_incident();
  ASSERT_EQ(cut(), 0) << err_;
  const auto wanted = telnet_scans({capture});
  ASSERT_GT(wanted.size(), 500U);
  EXPECT_EQ(records_of(evidence()), wanted);
  EXPECT_EQ(wanted.size(), counted("protocol = 6 AND port = 23 AND class = 1"));
  EXPECT_THAT(err_, HasSubstr("packets of the incident 0123456789abcdef (host-spike) out of 1 capture"));
  EXPECT_THAT(err_, Not(HasSubstr("note:")));
}

TEST_F(EvidenceCommand, TheEvidenceIngestedAnewHasTheRowsThatItWasCutBy) {
  ingest({file("a.pcap", darknet_traffic(3000, 1).content())});
  telnet_incident();
  ASSERT_EQ(cut(), 0) << err_;
  const std::string rows =
      "SELECT hour, sensor, src, protocol, port, class, facts, \"window\", packets, bytes, dst_bits, \"first\", span FROM flows WHERE port "
      "= 23 "
      "AND protocol = 6 AND class = 1 ORDER BY ALL";
  const auto before = ask(rows);
  use_lake("again");
  ingest({path("cut.pcap")});
  EXPECT_EQ(ask(rows), before);
  EXPECT_EQ(ask_one("SELECT count(*) FROM flows WHERE NOT (port = 23 AND protocol = 6 AND class = 1)"), "0");
}

TEST_F(EvidenceCommand, PacketsOfSeveralCapturesStandInTheOrderOfTime) {
  const std::string one = darknet_traffic(2000, 1).content(), other = darknet_traffic(1500, 2, kNov23 + 17 * kMinute).content();
  ingest({file("one.pcap", one)}, {.sensor = "one"});
  ingest({file("other.pcap", other)}, {.sensor = "other"});
  telnet_incident();
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()), telnet_scans({one, other}));
  EXPECT_THAT(err_, HasSubstr("out of 2 captures"));
}

TEST_F(EvidenceCommand, ASensorInTheFilterLeavesOtherCapturesAlone) {
  const std::string one = darknet_traffic(2000, 1).content();
  ingest({file("one.pcap", one)}, {.sensor = "one"});
  ingest({file("other.pcap", darknet_traffic(1500, 2).content())}, {.sensor = "other"});
  std::filesystem::remove(path("other.pcap"));
  add_incident(kId, "2017-11-23 00:00:00", "2017-11-24 00:00:00", "protocol = tcp and port = 23 and class = scan and sensor = one");
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()), telnet_scans({one}));
  EXPECT_THAT(err_, Not(HasSubstr("is gone")));
}

TEST_F(EvidenceCommand, OnlyTheSensorsCountByWhichTheIncidentWasJudged) {
  const std::string dark = darknet_traffic(2000, 1).content(), pot = darknet_traffic(1500, 2).content();
  ingest({file("dark.pcap", dark)}, {.sensor = "dark"});
  ingest({file("pot.pcap", pot)}, {.sensor = "pot", .kind = SensorKind::honeypot});
  telnet_incident();
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()), telnet_scans({dark}));
  add_incident("1123456789abcdef", "2017-11-23 00:00:00", "2017-11-24 00:00:00", "protocol = tcp and port = 23 and class = scan",
               "new-payload");
  ASSERT_EQ(run({"evidence", "1123", "-o", path("cut.pcap")}), 0) << err_;
  EXPECT_EQ(records_of(evidence()).size(), counted("sensor = 'pot' AND protocol = 6 AND port = 23 AND class = 1"));
}

TEST_F(EvidenceCommand, EveryFormOfACaptureGivesTheSamePackets) {
  const std::string capture = darknet_traffic(2000, 1).content();
  for (const auto& [name, bytes] : {std::pair<std::string, std::string>{"a.pcap.gz", gzipped(capture)}, {"a.pcapng", as_pcapng(capture)}}) {
    use_lake("lake of " + name);
    ingest({file(name, bytes)});
    telnet_incident();
    ASSERT_EQ(cut(), 0) << name << err_;
    EXPECT_EQ(records_of(evidence()), telnet_scans({capture})) << name;
  }
}

TEST_F(EvidenceCommand, OnlyTheTimeOfTheIncidentIsRead) {
  const std::string capture = darknet_traffic(3000, 1, kNov23, 6 * kHour).content();
  ingest({file("a.pcap", capture)});
  add_incident(kId, "2017-11-23 02:00:00", "2017-11-23 03:30:00", "protocol = tcp and port = 23 and class = scan");
  ASSERT_EQ(cut(), 0) << err_;
  // Rows are of whole hours.
  EXPECT_EQ(records_of(evidence()), telnet_scans({capture}, kNov23 + 2 * kHour, kNov23 + 4 * kHour));
  ASSERT_EQ(cut({"--from", "2017-11-23T02:30", "--to", "2017-11-23T02:40:30Z"}), 0) << err_;
  EXPECT_EQ(records_of(evidence()),
            telnet_scans({capture}, kNov23 + 2 * kHour + 30 * kMinute, kNov23 + 2 * kHour + 40 * kMinute + 30 * kSecond));
  EXPECT_THAT(err_, Not(HasSubstr("the lake counts")));
  EXPECT_EQ(cut({"--from", "2017-11-24"}), 1);
  EXPECT_THAT(err_, HasSubstr("that time lies outside of the incident"));
}

TEST_F(EvidenceCommand, AnIncidentInACaptureThatGrewIsCutOutOfBothParts) {
  const PcapFile whole = darknet_traffic(3000, 1);
  ingest({file("a.pcap", whole.slice(0, 1000))});
  ingest({file("a.pcap", whole.content())});
  telnet_incident();
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()), telnet_scans({whole.content()}));
}

TEST_F(EvidenceCommand, TheFirstPacketsOfAllAreKeptWhereThereAreTooMany) {
  const std::string one = darknet_traffic(2000, 1).content(), other = darknet_traffic(2000, 2).content();
  ingest({file("one.pcap", one)}, {.sensor = "one"});
  ingest({file("other.pcap", other)}, {.sensor = "other"});
  telnet_incident();
  ASSERT_EQ(cut({"--most", "100"}), 0) << err_;
  auto wanted = telnet_scans({one, other});
  wanted.resize(100);
  EXPECT_EQ(records_of(evidence()), wanted);
  EXPECT_THAT(err_, HasSubstr("there are more than 100 packets: the first of them were written"));
  EXPECT_EQ(cut({"--most", "0"}), 2);
}

TEST_F(EvidenceCommand, CapturesThatAreGoneOrChangedAreNamedAndTheOthersRead) {
  const std::string kept = darknet_traffic(2000, 1).content(), gone = darknet_traffic(1000, 2).content();
  std::string changed = darknet_traffic(1000, 3).content();
  ingest({file("kept.pcap", kept), file("gone.pcap", gone), file("changed.pcap", changed)});
  telnet_incident();
  std::filesystem::remove(path("gone.pcap"));
  changed[changed.size() - 20] ^= 1;
  file("changed.pcap", changed);
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()), telnet_scans({kept}));
  EXPECT_THAT(err_, HasSubstr("gone.pcap is gone"));
  EXPECT_THAT(err_, HasSubstr("changed.pcap has changed since it was ingested: its bytes are others"));
  const auto wanted = telnet_scans({kept}).size();
  EXPECT_THAT(err_, HasSubstr("the captures that could be read hold " + std::to_string(wanted) + " of them"));
}

TEST_F(EvidenceCommand, ACaptureThatWasCompressedSinceIsFound) {
  const std::string capture = darknet_traffic(2000, 1).content();
  ingest({file("a.pcap", capture)});
  telnet_incident();
  std::filesystem::remove(path("a.pcap"));
  file("a.pcap.gz", gzipped(capture));
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()), telnet_scans({capture}));
  EXPECT_THAT(err_, HasSubstr("a.pcap.gz now"));
}

TEST_F(EvidenceCommand, WithoutAnyCaptureNothingIsWritten) {
  ingest({file("a.pcap", darknet_traffic(500, 1).content())});
  telnet_incident();
  std::filesystem::remove(path("a.pcap"));
  EXPECT_EQ(cut(), 1);
  EXPECT_THAT(err_, HasSubstr("a.pcap is gone"));
  EXPECT_THAT(err_, HasSubstr("nothing was written"));
  EXPECT_FALSE(std::filesystem::exists(path("cut.pcap")));
}

TEST_F(EvidenceCommand, WhatWasCutOffStaysSaid) {
  PcapFile capture;
  capture.add_frame(PacketBuilder().tcp().syn().port(23).ethernet(), kNov23 + 1, 500);
  ingest({file("a.pcap", capture.content())});
  telnet_incident();
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()), records_of(capture.content()));
}

TEST_F(EvidenceCommand, CapturesOfSeveralLinkTypesBecomePcapng) {
  PcapFile ethernet;
  ethernet.add(PacketBuilder().at(kNov23 + 2 * kSecond).tcp().syn().port(23));
  PcapFile records;
  records.add_frame(PacketBuilder().tcp().syn().port(23).ip(), kNov23 + kSecond);
  std::string raw = records.content();
  raw[20] = 101;  // LINKTYPE_RAW
  ingest({file("a.pcap", ethernet.content()), file("b.pcap", raw)});
  telnet_incident();
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_THAT(err_, HasSubstr("differ in their link types"));
  EXPECT_EQ(number_at(evidence(), 0), 0x0a0d0d0aU);
  use_lake("again");
  EXPECT_EQ(ingest({path("cut.pcap")}).packets, 2U);
  EXPECT_EQ(ask_one("SELECT count(*) FROM flows WHERE port = 23 AND class = 1"), "1");
  EXPECT_EQ(counted("port = 23"), 2U);
}

TEST_F(EvidenceCommand, PacketsThatTheSensorDidNotObserveAreLeftOut) {
  const auto scan = [](std::int64_t second, const char* to) {
    return PacketBuilder().at(kNov23 + second * kSecond).from("203.0.113.9").to(to).tcp().syn().port(23);
  };
  PcapFile capture;
  capture.add(scan(1, "198.18.0.1")).add(scan(2, "192.0.2.77")).add(scan(3, "198.18.0.2"));
  file("captures/nightjar.toml", "[[sensor]]\nname = \"dark\"\nprefixes = [\"198.18.0.0/24\"]\ncaptures = [\"*.pcap\"]\n");
  file("captures/a.pcap", capture.content());
  ingest({path("captures")});
  telnet_incident();
  ASSERT_EQ(counted("port = 23"), 2U);
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()).size(), 2U);
  // Without the configuration nobody knows which those are, and the difference is said.
  std::filesystem::rename(path("captures/nightjar.toml"), path("kept.toml"));
  ASSERT_EQ(cut(), 0) << err_;
  EXPECT_EQ(records_of(evidence()).size(), 3U);
  EXPECT_THAT(err_, HasSubstr("the lake counts 2 packets, fewer than were found"));
  ASSERT_EQ(cut({"--config", path("kept.toml")}), 0) << err_;
  EXPECT_EQ(records_of(evidence()).size(), 2U);
}

TEST_F(EvidenceCommand, ADenialOfServiceIsCutByItsVictimQuotedOnesToo) {
  PcapFile capture;
  const auto answer = [](std::int64_t second) {
    return PacketBuilder().at(kNov23 + second * kSecond).from("93.184.216.34").to("198.18.0.5").tcp().syn().ack().src_port(80).port(4000);
  };
  const ByteVector quoted = ByteVector(4) + PacketBuilder().from("198.18.0.9").to("93.184.216.34").tcp().syn().port(80).ip();
  PacketBuilder error = PacketBuilder().at(kNov23 + 65 * kSecond).from("203.0.113.1").to("198.18.0.9").icmp(3, 1);
  capture.add(answer(61)).add(answer(62)).add(error.payload(quoted)).add(answer(70));
  capture.add(answer(10));                                             // before the attack
  capture.add(answer(66).src_port(443));                               // another service
  capture.add(PacketBuilder().at(kNov23 + 67 * kSecond).tcp().syn());  // nothing of it
  ingest({file("a.pcap", capture.content())});
  add_derived(Table::attacks, kNov23 / kNanosPerSecond / kSecondsPerDay,
              {{"id", "'feed0123456789ab'"},
               {"definition", "'corsaro2'"},
               {"kind", "'single'"},
               {"ip_version", "4"},
               {"src", "1572395042"},
               {"prefix_length", "32"},
               {"protocol", "6"},
               {"port", "80"},
               {"first", "TIMESTAMP '2017-11-23 00:01:01'"},
               {"last", "TIMESTAMP '2017-11-23 00:01:10'"}});
  ASSERT_EQ(run({"evidence", "FEED01", "-o", path("cut.pcap")}), 0) << err_;
  EXPECT_EQ(records_of(evidence()).size(), 4U);
  EXPECT_EQ(
      ask_one(
          "SELECT CAST(sum(packets) AS UBIGINT) FROM backscatter WHERE src = 1572395042 AND port = 80 AND minute >= '2017-11-23 00:01:00'"),
      "4");
  EXPECT_THAT(err_, HasSubstr("the attack feed0123456789ab on 93.184.216.34 (corsaro2, 80/tcp)"));
}

TEST_F(EvidenceCommand, ModelledDataAreCalledThat) {
  const std::string capture = darknet_traffic(500, 1).content();
  file("captures/nightjar.toml", "origin = \"modelled\"\n[[sensor]]\nname = \"dark\"\ncaptures = [\"*.pcap\"]\n");
  file("captures/a.pcap", capture);
  ingest({path("captures")});
  telnet_incident();
  ASSERT_EQ(run({"--quiet", "evidence", kId, "-o", path("cut.pcap")}), 0) << err_;
  EXPECT_THAT(err_, HasSubstr("modelled data"));
}

TEST_F(EvidenceCommand, ADiskThatIsFullLeavesNothingBehind) {
  ingest({file("a.pcap", darknet_traffic(20'000, 1).content())});
  telnet_incident();
  std::filesystem::create_directories(path("small"));
  Program limited("/bin/sh",
                  {"-c", "ulimit -f 100; exec \"$0\" \"$@\"", NIGHTJAR_BINARY, "--lake", lake_folder().string(), "evidence", kId, "-o",
                   path("small/cut.pcap")},
                  {}, path("out"), path("err"));
  EXPECT_EQ(limited.wait().status, 1);
  EXPECT_THAT(content_of(path("err")), HasSubstr("cannot"));
  EXPECT_TRUE(std::filesystem::is_empty(path("small")));
}

TEST_F(EvidenceCommand, StandardOutputTakesTheCapture) {
  const std::string capture = darknet_traffic(1000, 1).content();
  ingest({file("a.pcap", capture)});
  telnet_incident();
  ASSERT_EQ(run({"evidence", kId, "-o", "-"}), 0) << err_;
  EXPECT_EQ(records_of(out_), telnet_scans({capture}));
  EXPECT_EQ(run_into("/dev/full", {"evidence", kId, "-o", "-"}), 1);
  EXPECT_THAT(err_, HasSubstr("No space left on device"));
}

TEST_F(EvidenceCommand, ACaptureIsNeverOverwritten) {
  const std::string capture = darknet_traffic(500, 1).content();
  ingest({file("a.pcap", capture)});
  telnet_incident();
  EXPECT_EQ(run({"evidence", kId, "-o", path("a.pcap")}), 1);
  EXPECT_THAT(err_, HasSubstr("is a capture that the lake was made from"));
  EXPECT_EQ(content_of(path("a.pcap")), capture);
}

TEST_F(EvidenceCommand, WrongUsageIsASentence) {
  EXPECT_EQ(cut(), 1);
  EXPECT_THAT(err_, HasSubstr("there is no lake at"));
  ingest({file("a.pcap", darknet_traffic(100, 1).content())});
  EXPECT_EQ(cut(), 1);
  EXPECT_THAT(err_, HasSubstr("there is no incident and no attack 0123456789abcdef in the lake"));
  EXPECT_EQ(run({"evidence", "xyz", "-o", path("x")}), 2);
  EXPECT_THAT(err_, HasSubstr("is no number of an incident or attack"));
  EXPECT_EQ(run({"evidence", kId}), 2);
  EXPECT_EQ(cut({"--from", "yesterday"}), 2);
  EXPECT_EQ(cut({"--from", "2017-11-23T25"}), 2);
  EXPECT_THAT(err_, HasSubstr("is no time: give a day like 2017-11-23"));
  EXPECT_EQ(cut({"--from", "2017-11-24", "--to", "2017-11-24"}), 2);
  add_incident(kId, "2017-11-23 00:00:00", "2017-11-24 00:00:00", "", "sensor");
  EXPECT_EQ(cut(), 1);
  EXPECT_THAT(err_, HasSubstr("no packets are behind the incident 0123456789abcdef (sensor)"));
  add_incident("0123456700000000", "2017-11-23 00:00:00", "2017-11-24 00:00:00", "port = 9");
  EXPECT_EQ(run({"evidence", "01234567", "-o", path("x")}), 1);
  EXPECT_THAT(err_, HasSubstr("several incidents and attacks begin with 01234567: "));
  EXPECT_EQ(run({"evidence", "0123456700000000", "-o", path("x")}), 1);
  EXPECT_THAT(err_, HasSubstr("the lake has no packets of the incident"));
  EXPECT_FALSE(std::filesystem::exists(path("x")));
}

}  // namespace
}  // namespace nightjar::test
