// Captures that others recorded, read as those of honeypots and reflectors: the tags, addresses and requests that their notes
// (catalogue.tsv) name, and none on ordinary traffic. Read where they stand; skipped where they are not.
#include <filesystem>
#include <set>

#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;
using Lines = std::vector<std::string>;

class PotsCaptures : public LakeTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / "catalogue.tsv"))
      GTEST_SKIP() << "the reference captures are not there: " << NIGHTJAR_CAPTURES_DIR;
  }
  void honeypot(const std::string& capture) { take(capture, SensorKind::honeypot); }
  void reflector(const std::string& capture) { take(capture, SensorKind::reflector); }
  Lines tags() {
    return ask(
        "SELECT tag, count(*) FROM (SELECT unnest(string_split(tags, ' ')) AS tag FROM sessions WHERE tags <> '') GROUP BY tag "
        "ORDER BY tag");
  }
  bool tagged(const std::string& tag) {
    return ask_one("SELECT count(*) FROM sessions WHERE ' ' || tags || ' ' LIKE '% " + tag + " %'") != "0";
  }

 private:
  void take(const std::string& capture, SensorKind kind) {
    ingest({(std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / capture).string()}, {.sensor = "pot", .kind = kind});
  }
};

TEST_F(PotsCaptures, Log4shellWithWhatItLoads) {
  honeypot("exploit/log4j-webapp-exploit.pcap");
  EXPECT_EQ(ask("SELECT tags, urls FROM sessions WHERE tags <> ''"), Lines{"log4shell ldap://172.16.238.11:1389/a"});
}

TEST_F(PotsCaptures, EternalblueAgainstAnUnpatchedWindows) {
  honeypot("exploit/eternalblue-success-unpatched-win7.pcap");
  EXPECT_TRUE(tagged("smb-eternalblue"));
  EXPECT_TRUE(tagged("smb-doublepulsar"));
  EXPECT_EQ(ask_one("SELECT count(*) FROM sessions WHERE port <> 445 AND tags <> ''"), "0");
}

TEST_F(PotsCaptures, AWebScannerThatTriesShellshock) {
  honeypot("exploit/WebattackRCE.pcap");
  EXPECT_TRUE(tagged("shellshock"));
  // tshark -Y 'http.request' counts 797 requests, each a connection of one packet.
  EXPECT_EQ(ask_one("SELECT count(*) FROM sessions WHERE payload <> ''"), "797");
}

TEST_F(PotsCaptures, BruteForceOnAPortIsConnectionsWithoutTags) {
  honeypot("exploit/malicious-ssh-bruteforce.pcap");
  EXPECT_EQ(ask("SELECT DISTINCT port, count(*) FROM sessions GROUP BY port"), Lines{"902 67"}) << "as its note says";
  EXPECT_EQ(tags(), Lines{});
  EXPECT_EQ(ask_one("SELECT count(*) FROM sessions WHERE logins <> ''"), "0") << "what is encrypted shows no logins";
}

TEST_F(PotsCaptures, TheDropperOfTheJawsRecorderInAHoneypotsLog) {
  honeypot("honeypot-derived/honeytrap_5k.pcap");
  EXPECT_EQ(ask("SELECT port, urls FROM sessions WHERE ' ' || tags || ' ' LIKE '% jaws-dvr-shell %'"),
            Lines{"5501 http://176.65.140.135/efefa7 http://176.65.140.135/drea4"});
  EXPECT_EQ(ask_one("SELECT count(*) FROM sessions"), "375");
}

TEST_F(PotsCaptures, OrdinaryTrafficHasNoTags) {
  for (const char* capture : {"general/methods.pcap", "format/100_packets.pcap", "format/nfsv3.pcap", "format/stun.pcap",
                              "format/wireshark_samples-test.pcapng", "iot-malware/test7-malicious.pcap"}) {
    use_lake(std::string("lake of ") + std::filesystem::path(capture).filename().string());
    honeypot(capture);
    EXPECT_EQ(tags(), Lines{}) << capture;
    EXPECT_EQ(ask_one("SELECT count(*) FROM sessions WHERE urls <> '' OR injections <> '' OR logins <> ''"), "0") << capture;
  }
}

TEST_F(PotsCaptures, TheListOfAnNtpServersClientsIsAskedFor) {
  reflector("amp-request/ntp-monlist.pcap");
  EXPECT_EQ(ask("SELECT service, port, packets, ip(src, src_low) FROM requests"), Lines{"ntp 123 1 10.10.1.1"});
}

TEST_F(PotsCaptures, SearchesOfUpnpAreCountedAsTsharkCountsThem) {
  reflector("amp-request/ssdp.pcap");
  // tshark -r ssdp.pcap -Y 'udp.dstport == 1900' | wc -l: 103, of them 54 M-SEARCH; the others are NOTIFY.
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM requests"), "103");
  EXPECT_EQ(ask("SELECT DISTINCT service FROM requests"), Lines{"ssdp"});
}

}  // namespace
}  // namespace nightjar
