#include <gtest/gtest.h>

#include "client.hpp"
#include "scripts.hpp"

namespace nightjar {
namespace {

using test::Client;
using test::from_hex;
using ::testing::Test;

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST(Telnet, NegotiatesBeforeItAsks) {
  const Client client(23);
  EXPECT_TRUE(client.heard().starts_with("\xff\xfd\x1f")) << "DO NAWS, or Mirai's bot waits for ever";
  EXPECT_TRUE(holds(client.heard(), "ogin") || holds(client.heard(), "sername"));
}

TEST(Telnet, EchoesTheNameButNotThePassword) {
  Client client(23);
  EXPECT_EQ(client.say("root\r\n"), "root\r\nPassword: ");
  EXPECT_FALSE(holds(client.say("secret\r\n"), "secret"));
}

TEST(Telnet, RefusesThreeTimesAndCloses) {
  Client::Pot pot;
  pot.login.share_percent = 0;
  Client client(23, pot);
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_FALSE(client.closed());
    client.say("root\r\n");
    EXPECT_TRUE(holds(client.say("x\r\n"), "incorrect"));
  }
  EXPECT_TRUE(client.closed());
}

TEST(Telnet, AsksForTheEnvironmentOnceItIsOffered) {
  Client client(23);
  EXPECT_EQ(client.say(from_hex("fffb27")), from_hex("fffa2701fff0"));
  EXPECT_EQ(client.say(from_hex("fffb27")), "");
}

/// CVE-2026-24061: telnetd of GNU inetutils hands USER to login(1), for which "-f root" means that the password was checked already.
TEST(Telnet, AnOptionOfLoginAsUserOpensTheShell) {
  Client client(23);
  client.say(from_hex("fffb27"));
  const std::string said = client.say(from_hex("fffa2700005553455201") + "-f root" + from_hex("fff0"));
  EXPECT_TRUE(holds(said, "# ")) << said;
  EXPECT_TRUE(holds(client.say("id\r\n"), "uid=0(root)"));
}

TEST(Telnet, AnOrdinaryUserInTheEnvironmentDoesNot) {
  Client client(23);
  EXPECT_EQ(client.say(from_hex("fffa2700005553455201") + "root" + from_hex("fff0")), "");
}

TEST(Telnet, TakesBackspacesAndInterrupts) {
  Client client(23);
  client.say("root\r\nx\r\n");
  EXPECT_TRUE(holds(client.say("ix\x7f"
                               "d\r\n"),
                    "uid=0"));
  EXPECT_FALSE(holds(client.say("id\x03\r\n"), "uid=0"));
}

TEST(Telnet, EndsWithExit) {
  Client client(23);
  client.say("root\r\nx\r\nexit\r\n");
  EXPECT_TRUE(client.closed());
}

TEST(Telnet, EveryLineOfTheShellEndsWithAReturnToo) {
  Client client(23);
  client.say("root\r\nx\r\n");
  const std::string said = client.say("cat /proc/mounts; ps\r\n");
  for (std::size_t at = said.find('\n'); at != said.npos; at = said.find('\n', at + 1)) ASSERT_EQ(said[at - 1], '\r');
}

TEST(Telnet, DropperInHexadecimalIsTaken) {
  Client client(23);
  client.say("root\r\nx\r\ncd /tmp\r\n");
  std::string line = "echo -ne '";
  for (int i = 0; i < 128; ++i) line += "\\x7f";
  line += "' >> upnp; /bin/busybox ECCHI\r\n";
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(holds(client.say(line), "ECCHI: applet not found"));
}

}  // namespace
}  // namespace nightjar
