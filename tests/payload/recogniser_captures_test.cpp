#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>

#include "capture/byte_source.hpp"
#include "capture/compression.hpp"
#include "capture/reader.hpp"
#include "decode/decode.hpp"
#include "recogniser_fixture.hpp"

// Real captures: the tags that catalogue.tsv's notes and a dissection by tshark 4.0.17 name, and no others.
namespace nightjar::test {
namespace {

const std::filesystem::path kCaptures = NIGHTJAR_CAPTURES_DIR;

/// tag → payloads that have it, over the payload of each packet alone, both directions.
using Counts = std::map<std::string, int>;

void each_payload(const std::filesystem::path& file, const std::function<void(std::string_view, const Packet&)>& seen) {
  auto reader = CaptureReader::open(file, {});
  ASSERT_TRUE(reader) << reader.error().sentence;
  PacketBlock block;
  while ((*reader)->next(block)) {
    for (const RawPacket& raw : block.packets) {
      Packet packet;
      decode(raw, {}, packet);
      if (packet.payload_size == 0) continue;
      seen({reinterpret_cast<const char*>(raw.bytes) + packet.payload_offset, packet.payload_size}, packet);
    }
  }
}

Counts tags_in(const std::filesystem::path& file) {
  Counts counts;
  each_payload(file, [&](std::string_view payload, const Packet& packet) {
    for (const Tag& tag : recognised(payload, packet.dst_port, packet.protocol).tags) {
      ++counts[tag.signature->id];
      EXPECT_LE(tag.offset + tag.length, payload.size());
      EXPECT_GT(tag.length, 0U) << tag.signature->id;
    }
  });
  return counts;
}

#define SKIP_WITHOUT_CAPTURES() \
  if (!std::filesystem::exists(kCaptures)) GTEST_SKIP() << "the folder of real captures is not there: " << kCaptures

TEST(RecogniserCaptures, FindTheExploitsThatTheNotesName) {
  SKIP_WITHOUT_CAPTURES();
  // tshark: the form of the log-in page holds ${jndi:ldap://...} in percent codes.
  EXPECT_EQ(tags_in(kCaptures / "exploit/log4j-webapp-exploit.pcap"), (Counts{{"log4shell", 1}}));
}

TEST(RecogniserCaptures, FindEternalBlueAndTheSearchForItsBackDoor) {
  SKIP_WITHOUT_CAPTURES();
  // tshark, frames: smb.cmd 0xa0 with 66,512 bytes and smb.cmd 0x2b with "JlJmIhClBsr" (the answers repeat that); smb.trans2.cmd
  // 0x000e in four questions, and one answer whose smb.mid is 82.
  EXPECT_EQ(tags_in(kCaptures / "exploit/eternalblue-success-unpatched-win7.pcap"),
            (Counts{{"smb-eternalblue", 10}, {"smb-doublepulsar", 5}}));
}

TEST(RecogniserCaptures, FindShellshockInNikto) {
  SKIP_WITHOUT_CAPTURES();
  const Counts counts = tags_in(kCaptures / "exploit/WebattackRCE.pcap");
  // tshark: 62 requests whose User-Agent and Referer hold "() {"; three whose Content-Type begins with "%{(#"; two ask for
  // /shell?cat+/etc/.
  EXPECT_EQ(counts.at("shellshock"), 62);
  EXPECT_EQ(counts.at("shellshock-6278"), 62);
  EXPECT_EQ(counts.at("struts-content-type"), 3);
  EXPECT_EQ(counts.at("jaws-dvr-shell"), 2);
  for (const auto& [id, count] : counts)
    EXPECT_TRUE(id.starts_with("shellshock") || id == "struts-content-type" || id == "jaws-dvr-shell" || id == "http-command-injection")
        << id;
}

TEST(RecogniserCaptures, FindTheDropperOfHoneypotDerived) {
  SKIP_WITHOUT_CAPTURES();
  EXPECT_EQ(tags_in(kCaptures / "honeypot-derived/honeytrap_5k.pcap"), (Counts{{"jaws-dvr-shell", 1}, {"http-command-injection", 1}}));
}

TEST(RecogniserCaptures, FindNothingInOrdinaryTraffic) {
  SKIP_WITHOUT_CAPTURES();
  std::size_t files = 0;
  for (const char* topic : {"general", "format", "format-pcapng-gen", "iot-malware", "linktype", "scan", "backscatter", "compressed",
                            "ddos-victim", "tcpflags", "amp-request"}) {
    for (const auto& entry : std::filesystem::directory_iterator(kCaptures / topic)) {
      const std::string extension = entry.path().extension();
      if (extension == ".erf" || !CaptureReader::open(entry.path(), {})) continue;
      EXPECT_EQ(tags_in(entry.path()), Counts()) << entry.path();
      ++files;
    }
  }
  EXPECT_GT(files, 50U);
  // Brute force against SSH: encrypted bytes.
  EXPECT_EQ(tags_in(kCaptures / "exploit/malicious-ssh-bruteforce.pcap"), Counts());
}

/// The text of the only file in a .tar.gz: it stands behind a header of 512 bytes that has its size in octal digits.
std::string only_file_of(const std::filesystem::path& archive) {
  auto raw = open_file_source(archive);
  if (!raw) return {};
  auto plain = decompressed(std::move(*raw), archive.string());
  if (!plain) return {};
  std::string tar(16U << 20, '\0');
  tar.resize(read_fully(*plain->source, reinterpret_cast<std::uint8_t*>(tar.data()), tar.size()));
  return tar.substr(512, std::strtoull(tar.substr(124, 12).c_str(), nullptr, 8));
}

struct LoggedPayload {
  std::string bytes;
  std::uint16_t port;
  std::uint8_t protocol;
};

/// The rows of honeytrap's log: the text behind `key` within each attack_connection.
std::vector<LoggedPayload> honeypot_log() {
  const std::string log = only_file_of(kCaptures / "honeypot-logs/honeytrap_5k.json.tar.gz");
  std::vector<LoggedPayload> payloads;
  for (std::size_t at = log.find("\"attack_connection\""); at != std::string::npos; at = log.find("\"attack_connection\"", at + 1)) {
    const auto behind = [&](std::string_view key, std::string_view end) {
      const std::size_t begin = log.find(key, at) + key.size();
      return log.substr(begin, log.find_first_of(end, begin) - begin);
    };
    LoggedPayload& row = payloads.emplace_back();
    row.protocol = behind("\"protocol\": \"", "\"") == "udp" ? protocol::kUdp : protocol::kTcp;
    row.port = static_cast<std::uint16_t>(std::stoi(behind("\"local_port\": ", ",")));
    const std::string hex = behind("\"data_hex\": \"", "\"");
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) row.bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return payloads;
}

TEST(RecogniserCaptures, FindTwoDroppersAndAnAgentInFiveThousandConnections) {
  SKIP_WITHOUT_CAPTURES();
  const std::vector<LoggedPayload> log = honeypot_log();
  ASSERT_EQ(log.size(), 4'999U);
  std::vector<std::pair<std::uint16_t, std::string>> found;
  std::vector<Injection> injections;
  for (const LoggedPayload& row : log) {
    const Recognition recognition = recognised(row.bytes, row.port, row.protocol);
    for (const std::string& id : ids_of(recognition)) found.emplace_back(row.port, id);
    injections.insert(injections.end(), recognition.injections.begin(), recognition.injections.end());
  }
  // The catalogue's note: the dropper on 5501 and 60001. By grep over the bytes: one "User-Agent: Hello World", on 9010.
  EXPECT_EQ(found, (std::vector<std::pair<std::uint16_t, std::string>>{{5501, "jaws-dvr-shell"},
                                                                       {5501, "http-command-injection"},
                                                                       {9010, "user-agent-hello-world"},
                                                                       {60001, "jaws-dvr-shell"},
                                                                       {60001, "http-command-injection"}}));
  ASSERT_EQ(injections.size(), 2U);
  for (const Injection& injection : injections) {
    EXPECT_TRUE(injection.known);
    EXPECT_EQ(injection.action, "/shell");
    EXPECT_TRUE(injection.command.starts_with("killall -9 arm7;")) << injection.command;
    EXPECT_NE(injection.command.find("wget http:/\\/"), std::string::npos);
  }
}

}  // namespace
}  // namespace nightjar::test
