// Honeypots and reflectors under load, and at the edges of what is a request and what is one payload.
#include "store/compact.hpp"
#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr const char* kClient = "203.0.113.9";
constexpr const char* kPot = "198.18.9.9";

class PotsLimits : public LakeTest {
 protected:
  Ingest::Report take(const std::string& name, const PcapFile& capture, SensorKind kind, Ingest::Config config = {}) {
    return ingest({file(name, capture.content())}, {.sensor = name, .kind = kind}, config);
  }
};

TEST_F(PotsLimits, AForgedSourcePortMakesNoAnswerOfARequest) {
  struct Ask {
    std::uint16_t from, to;
    ByteVector payload;
    const char* service;
  };
  const std::vector<Ask> asks = {
      {443, 37810, hex("44484950"), "dahua"},
      {27015, 3389, hex("00000000000000ff0000000000000000"), "rdp"},
      {53, 3478, hex("000100002112a442000000000000000000000000"), "stun"},
      {53, 9999, hex("000100002112a442000000000000000000000000"), "stun"},  // known by its bytes
  };
  PcapFile capture;
  for (const Ask& ask : asks)
    capture.add(packet().at(kNov23).udp().from(kClient).to(kPot).src_port(ask.from).port(ask.to).payload(ask.payload));
  // An answer by its bytes, and one by its ports alone that is nothing known.
  capture.add(packet().at(kNov23).udp().from(kClient).to(kPot).src_port(53).port(9999).payload(hex("123481800001000000000000")));
  capture.add(packet().at(kNov23).udp().from(kClient).to(kPot).src_port(443).port(9999).payload("hello"));
  take("mirror", capture, SensorKind::reflector);
  std::vector<std::string> expected;
  for (const Ask& ask : asks) expected.push_back(std::to_string(ask.to) + " " + ask.service + " 1");
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(ask("SELECT port, service, packets FROM requests ORDER BY CAST(port AS VARCHAR), service"), expected);
}

TEST_F(PotsLimits, AReflectorThatNamesItsServicesCountsRequestsForThemOnly) {
  PcapFile capture;
  for (const std::uint16_t port : {123, 53, 1900, 9999}) {
    capture.add(packet().at(kNov23).udp().from(kClient).to(kPot).src_port(80).port(port).payload(hex("1700032a00000000")));
  }
  const std::string path = file("a.pcap", capture.content());
  SensorChoice choice;
  choice.config =
      file("nightjar.toml",
           "[[sensor]]\nname = \"mirror\"\nkind = \"reflector\"\nprefixes = [\"198.18.9.9/32\"]\nservices = [\"ntp\", \"ssdp\"]\n"
           "captures = [\"*.pcap\"]\n");
  ingest({path}, choice);
  EXPECT_EQ(ask("SELECT DISTINCT service FROM requests ORDER BY service"), (std::vector<std::string>{"ntp", "ssdp"}));
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM requests WHERE port IN (123, 1900)"), "2");
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "4") << "it is traffic all the same";
}

TEST_F(PotsLimits, TheSameBytesOverTcpAndUdpAreOnePayload) {
  PcapFile capture;
  capture.add(packet().at(kNov23 + kSecond).udp().from(kClient).to(kPot).port(9999).payload("same bytes"));
  PacketBuilder said;
  said.at(kNov23).tcp().ack().from(kClient).to(kPot).port(23).payload("same bytes");
  capture.add(said);
  take("pot", capture, SensorKind::honeypot);
  EXPECT_EQ(ask("SELECT count(*), min(protocol), min(port), min(\"first\"), max(last) FROM payloads"),
            std::vector<std::string>{"1 6 23 2017-11-23T00:00:00Z 2017-11-23T00:00:01Z"});
}

/// Conversations without a handshake that carry `bytes` each, all different.
PcapFile long_conversations(std::size_t count, std::size_t bytes) {
  PcapFile capture;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t seq = 1;
    for (std::size_t sent = 0; sent < bytes; sent += 1400) {
      const std::string line = "wget http://192.0.2.7/" + std::to_string(i) + "/" + std::to_string(sent) + std::string(1300, 'a') + "\r\n";
      capture.add(packet()
                      .at(kNov23 + static_cast<std::int64_t>(i) * kSecond)
                      .tcp()
                      .ack()
                      .seq(seq)
                      .from(kClient)
                      .to(kPot)
                      .src_port(static_cast<std::uint16_t>(1024 + i))
                      .port(23)
                      .payload(line));
      seq += static_cast<std::uint32_t>(line.size());
    }
  }
  return capture;
}

TEST_F(PotsLimits, LongConversationsAreWrittenBeforeTheyFillTheMemory) {
  const PcapFile capture = long_conversations(1500, 50'000);
  take("pot", capture, SensorKind::honeypot, {.memory_bytes = 20'000'000});
  EXPECT_EQ(ask_one("SELECT count(*), count(DISTINCT payload), min(bytes) > 45000 FROM sessions"), "1500 1500 true");
  auto snapshot = Lake(lake_folder()).snapshot();
  ASSERT_TRUE(snapshot);
  const auto& files = (*snapshot)->version().files;
  EXPECT_GT(std::count_if(files.begin(), files.end(), [](const LakeFile& file) { return file.table == Table::payloads; }), 10)
      << "75 MB of words, of which 2 MB may wait";
  Lake lake(lake_folder());
  const auto compacted = compact(lake, {});
  ASSERT_TRUE(compacted) << compacted.error().sentence;
  EXPECT_EQ(ask_one("SELECT count(*), count(DISTINCT payload) FROM sessions"), "1500 1500");
  EXPECT_EQ(ask_one("SELECT count(*), sum(size) > 70000000 FROM payloads"), "1500 true");
}

TEST_F(PotsLimits, AfterOneLargeCaptureSmallOnesAreWrittenTogether) {
  std::vector<std::string> paths = {file("big.pcap", long_conversations(300, 20'000).content())};
  for (int i = 0; i < 20; ++i) {
    PcapFile small;
    small.add(packet().at(kNov23 + (10'000 + i) * kSecond).tcp().syn().from(kClient).to(kPot).port(23));
    paths.push_back(file("small" + std::to_string(i) + ".pcap", small.content()));
  }
  ingest(paths, {.sensor = "pot", .kind = SensorKind::honeypot}, {.memory_bytes = 20'000'000});
  auto snapshot = Lake(lake_folder()).snapshot();
  ASSERT_TRUE(snapshot);
  const auto& files = (*snapshot)->version().files;
  EXPECT_LT(std::count_if(files.begin(), files.end(), [](const LakeFile& file) { return file.table == Table::flows; }), 12)
      << "6 MB of words, of which 2 MB may wait, are some files; 20 small captures no more";
}

}  // namespace
}  // namespace nightjar
