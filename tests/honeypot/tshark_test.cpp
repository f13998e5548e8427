// What another reader makes of the honeypot's answers. Skipped where tshark is not there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "client.hpp"
#include "honeypot/ssh_hello.hpp"
#include "scripts.hpp"
#include "support/pcap_file.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

constexpr const char* kTshark = "/usr/bin/tshark";
using test::Client;

class ByTshark : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kTshark)) GTEST_SKIP() << "no tshark";
  }

  void client(const std::string& bytes) { packet(bytes, true); }
  void server(const std::string& bytes) { packet(bytes, false); }
  /// Both sides, message by message; what the server says is returned.
  std::string turn(Client& pot, const std::string& said) {
    client(said);
    const std::string answer = pot.ask(said);
    server(answer);
    return answer;
  }
  void begin(std::uint16_t port) {
    port_ = port;
    ++client_port_;
    sent_[0] = sent_[1] = 1;
  }

  std::vector<std::string> lines(std::vector<std::string> arguments) {
    const std::string capture = (folder_ / "talk.pcap").string(), output = (folder_ / "tshark.txt").string();
    std::ofstream(capture, std::ios::binary) << file_.content();
    arguments.insert(arguments.begin(), {"-r", capture});
    EXPECT_EQ(test::Program(kTshark, arguments, {}, output).wait().status, 0);
    std::istringstream text(test::content_of(output));
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) all.push_back(line);
    return all;
  }

 private:
  void packet(const std::string& bytes, bool from_client) {
    for (std::size_t at = 0; at < bytes.size(); at += 1'400) {
      const std::string part = bytes.substr(at, 1'400);
      test::PacketBuilder packet;
      packet.tcp()
          .ack()
          .seq(sent_[from_client ? 0 : 1])
          .payload(part)
          .at(test::kNov23 + static_cast<std::int64_t>(file_.packets()) * 1'000'000);
      if (from_client)
        packet.from("198.51.100.7").to("192.0.2.1").src_port(client_port_).port(port_);
      else
        packet.from("192.0.2.1").to("198.51.100.7").src_port(port_).port(client_port_);
      file_.add(packet);
      sent_[from_client ? 0 : 1] += static_cast<std::uint32_t>(part.size());
    }
  }

  TempFolder folder_;
  test::PcapFile file_;
  std::uint16_t port_ = 0, client_port_ = 40'000;
  std::uint32_t sent_[2] = {1, 1};
};

TEST_F(ByTshark, SmbReadsAsWindowsWouldSayIt) {
  begin(445);
  Client pot(445);
  for (const std::string& said :
       {test::smb_negotiate(), test::smb_session_setup(), test::smb_tree_connect(), test::smb_peek(), test::smb_ping()})
    turn(pot, said);
  EXPECT_EQ(lines({"-Y", "smb.flags.response==1", "-T", "fields", "-e", "smb.cmd", "-e", "smb.nt_status", "-e", "smb.mid"}),
            (std::vector<std::string>{"0x72\t0x00000000\t64", "0x73,0xff\t0x00000000\t64", "0x75,0xff\t0x00000000\t64",
                                      "0x25\t0xc0000205\t64", "0x32\t0xc0000002\t81"}));
  EXPECT_EQ(lines({"-Y", "smb.native_os", "-T", "fields", "-e", "smb.native_os"}).back(), "Windows 7 Professional 7601 Service Pack 1");
  EXPECT_EQ(lines({"-Y", "_ws.malformed"}), std::vector<std::string>());
}

TEST_F(ByTshark, TokensOfNtlmAreWellFormed) {
  begin(445);
  Client pot(445);
  turn(pot, test::smb_negotiate(0xc801));
  const std::string first = test::from_hex("4e544c4d53535000 01000000 97820800") + std::string(16, '\0');
  const std::string words = "ff00 0000 0411 0a00 0000 00000000 2000 00000000 d4000080";
  turn(pot, test::smb_message(0x73, words, first + std::string(5, '\0'), 0xc801));
  turn(pot, test::smb_negotiate(0xc801));
  EXPECT_EQ(lines({"-Y", "ntlmssp.messagetype==2", "-T", "fields", "-e", "smb.nt_status"}), std::vector<std::string>{"0xc0000016"});
  const auto offers = lines({"-Y", "smb.cmd==0x72 && smb.flags.response==1", "-T", "fields", "-e", "spnego.MechType"});
  ASSERT_EQ(offers.size(), 2U);
  EXPECT_EQ(offers[0], "1.3.6.1.4.1.311.2.2.10");
  EXPECT_EQ(lines({"-Y", "_ws.malformed"}), std::vector<std::string>());
}

TEST_F(ByTshark, HasshIsTheSame) {
  begin(22);
  Client pot(22);
  server(pot.heard());
  turn(pot, "SSH-2.0-OpenSSH_9.2\r\n");
  EXPECT_EQ(lines({"-Y", "_ws.malformed"}), std::vector<std::string>());
  const auto read = lines({"-Y", "ssh.kex_algorithms", "-T", "fields", "-e", "ssh.kex_algorithms", "-e", "ssh.kex.hasshserver"});
  ASSERT_EQ(read.size(), 1U);
  const auto hello = read_ssh_hello(pot.heard());
  ASSERT_TRUE(hello && hello->lists);
  EXPECT_EQ(read[0].substr(0, read[0].find('\t')), hello->key_exchanges);
  EXPECT_EQ(read[0].substr(read[0].find('\t') + 1), hassh(*hello)) << "both directions have the same lists";
}

TEST_F(ByTshark, DebugBridgeIsRead) {
  begin(5555);
  Client pot(5555);
  turn(pot, test::adb_message("CNXN", 0x01000000, 0x00100000, std::string("host::\0", 7)));
  turn(pot, test::adb_message("OPEN", 9, 0, std::string("shell:id\0", 9)));
  const auto commands = lines({"-d", "tcp.port==5555,adb", "-Y", "tcp.srcport==5555", "-T", "fields", "-e", "adb.command"});
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0], "0x4e584e43");                          // CNXN
  EXPECT_EQ(commands[1].substr(0, 10), "0x59414b4f") << "OKAY";  // and more
  EXPECT_EQ(lines({"-d", "tcp.port==5555,adb", "-Y", "_ws.malformed || adb.expert.crc_error || adb.expert.data_error"}),
            std::vector<std::string>());
}

TEST_F(ByTshark, NoAnswerIsMalformed) {
  for (const test::Script& script : test::scripts()) {
    begin(script.port);
    Client pot(script.port);
    server(pot.heard());
    const std::size_t greeted = pot.heard().size();
    client(script.said);
    pot.say(script.said);
    while (!pot.closed()) pot.wait();
    server(pot.heard().substr(greeted));
  }
  const auto bad = lines({"-Y", "_ws.malformed", "-T", "fields", "-e", "tcp.srcport", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info"});
  for (const std::string& line : bad) EXPECT_GT(std::stoi(line), 40'000) << "from the honeypot: " << line;
}

}  // namespace
}  // namespace nightjar
