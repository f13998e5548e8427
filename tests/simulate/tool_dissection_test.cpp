#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "simulate/tool_packets.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

// What another program, tshark, reads in the packets of each tool. Skipped where it is not installed.

namespace nightjar::simulate {
namespace {

constexpr const char* kTshark = "/usr/bin/tshark";

/// What tshark says of one packet: protocols, checksums, complaints.
struct Dissected {
  std::string protocols, malformed, warnings;
};

class ToolDissectionTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kTshark)) GTEST_SKIP() << "tshark is not installed";
  }

  /// The packets of all probes so far, and what tshark says of each; one run, as it takes half a second to start.
  std::vector<Dissected> dissect() {
    const auto file = folder_.write("tool.pcap", capture_);
    const std::string output = folder_ / "output", errors = folder_ / "errors";
    std::vector<std::string> arguments = {"-r", file, "-n", "-T", "fields", "-E", "separator=|"};
    for (const char* check : {"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"}) {
      arguments.insert(arguments.end(), {"-o", std::string(check) + ":TRUE"});
    }
    arguments.insert(arguments.end(), {"--enable-heuristic", "bt_utp_udp"});  // known by its looks, not by a port
    for (const char* field : {"frame.protocols", "_ws.malformed", "_ws.expert.message"}) arguments.insert(arguments.end(), {"-e", field});
    const test::Ended ended = test::Program(kTshark, arguments, {"HOME=" + folder_.path().string()}, output, errors).wait();
    EXPECT_EQ(ended.status, 0) << test::content_of(errors);
    std::vector<Dissected> packets;
    std::istringstream lines(test::content_of(output));
    for (std::string line; std::getline(lines, line);) {
      Dissected packet;
      std::istringstream fields(line);
      std::getline(fields, packet.protocols, '|');
      std::getline(fields, packet.malformed, '|');
      std::getline(fields, packet.warnings);
      packets.push_back(packet);
    }
    return packets;
  }

  /// Adds `count` probes with all their attempts, to `port` (0: any).
  void add(const Tool& tool, std::uint16_t port, int count) {
    Random random({10, port});
    for (int i = 0; i < count; ++i) {
      Event event = event_for(tool, random);
      if (port != 0) event.port = port;
      for (std::size_t attempt = 0; attempt < tool.attempts.size(); ++attempt) {
        const MadePacket made = maker_.make(tool, attempt_of(tool, event, attempt));
        capture_.append(made.record.begin(), made.record.end());
      }
    }
  }

 private:
  TempFolder folder_;
  Maker maker_;
  std::string capture_{reinterpret_cast<const char*>(kPcapHeader.data()), sizeof kPcapHeader};
};

/// A word of tshark's about what is odd on purpose or by its guess, not about wrong bytes.
bool complains(const std::string& warnings) {
  for (const char* word : {"alformed", "hecksum", "Bad", "bad", "ength", "runcated", "nvalid", "oundary"}) {
    if (warnings.find(word) != std::string::npos) return true;
  }
  return false;
}

TEST_F(ToolDissectionTest, PayloadsAreWhatTheyClaim) {
  struct Expected {
    const char* tool;
    std::uint16_t port;
    std::vector<std::string> protocols;  ///< one of them is named in each packet
  };
  const std::vector<Expected> kExpected = {
      {"dns-query", 53, {":udp:dns"}},
      {"dns-answer", 53, {":udp:dns"}},
      {"ntp-monlist", 123, {":udp:ntp"}},
      {"ntp-client", 123, {":udp:ntp"}},
      {"ntp-answer", 123, {":udp:ntp"}},
      {"ssdp-search", 1900, {":udp:ssdp"}},
      {"ssdp-answer", 1900, {":udp:ssdp"}},
      {"sip-options", 5060, {":udp:sip"}},
      {"snmp", 161, {":udp:snmp"}},
      {"netbios", 137, {":udp:nbns"}},
      {"memcached", 11211, {":udp:memcache"}},
      {"bittorrent", 41234, {":udp:bt-dht", ":udp:bt-utp"}},
      {"misconfigured", 514, {":udp:syslog"}},
      {"chargen-answer", 19, {":udp:chargen"}},
      {"quic-answer", 443, {":udp:gquic"}},
      {"survey", 5683, {":udp:coap", ":tcp"}},
      {"survey", 389, {":udp:cldap", ":tcp"}},
      {"survey", 111, {":udp:rpc", ":tcp"}},
      {"survey", 69, {":udp:tftp", ":tcp"}},
      {"survey", 5353, {":udp:mdns", ":tcp"}},
      {"ping", 0, {":ip:icmp"}},
      {"echo-reply", 0, {":ip:icmp"}},
      {"icmp-unreachable", 80, {":ip:icmp:ip:tcp", ":ip:icmp:ip:udp"}},
      {"icmp-ttl-exceeded", 80, {":ip:icmp:ip:tcp", ":ip:icmp:ip:udp"}},
      {"gre", 0, {":ip:gre:ppp:lcp"}},
      {"esp", 0, {":ip:esp"}},
  };
  constexpr std::size_t kProbes = 200;
  for (const Expected& expected : kExpected) add(*find_tool(expected.tool), expected.port, kProbes);
  const std::vector<Dissected> packets = dissect();
  ASSERT_EQ(packets.size(), kExpected.size() * kProbes);
  for (std::size_t i = 0; i < packets.size() && !HasFailure(); ++i) {
    const Dissected& packet = packets[i];
    const Expected& expected = kExpected[i / kProbes];
    const bool known = std::any_of(expected.protocols.begin(), expected.protocols.end(),
                                   [&](const std::string& protocol) { return packet.protocols.find(protocol) != std::string::npos; });
    EXPECT_TRUE(known) << expected.tool << ": " << packet.protocols;
    EXPECT_EQ(packet.malformed, "") << expected.tool;
    EXPECT_FALSE(complains(packet.warnings)) << expected.tool << ": " << packet.warnings;
  }
}

TEST_F(ToolDissectionTest, SegmentsAreWithoutFault) {
  for (const Tool& tool : tools()) {
    if (std::find(tool.protocols.begin(), tool.protocols.end(), 6) != tool.protocols.end() && tool.name != "broken") add(tool, 7547, 100);
  }
  const std::vector<Dissected> packets = dissect();
  EXPECT_GT(packets.size(), 2000U);
  for (const Dissected& packet : packets) {
    EXPECT_EQ(packet.malformed, "") << packet.protocols;
    ASSERT_FALSE(complains(packet.warnings)) << packet.protocols << ": " << packet.warnings;
  }
}

TEST_F(ToolDissectionTest, FragmentsMakeAWholeDatagram) {
  add(*find_tool("fragment"), 40'000, 50);
  const std::vector<Dissected> packets = dissect();
  ASSERT_EQ(packets.size(), 100U);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].protocols.find(":udp") != std::string::npos, i % 2 == 1) << packets[i].protocols;
    EXPECT_FALSE(complains(packets[i].warnings)) << packets[i].warnings;
  }
}

TEST_F(ToolDissectionTest, BrokenPacketsAreBroken) {
  add(*find_tool("broken"), 23, 200);
  const std::vector<Dissected> packets = dissect();
  ASSERT_EQ(packets.size(), 200U);
  for (const Dissected& packet : packets) EXPECT_TRUE(complains(packet.warnings) || !packet.malformed.empty()) << packet.protocols;
}

}  // namespace
}  // namespace nightjar::simulate
