#include "honeypot/ssh_hello.hpp"

#include <gtest/gtest.h>

#include "client.hpp"
#include "scripts.hpp"

namespace nightjar {
namespace {

using test::Client;

/// RFC 4253, 6 and 7.1: a packet of ten lists in the clear.
std::string key_exchange(const std::vector<std::string>& lists) {
  const auto be32 = [](std::size_t value) {
    return std::string{static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
                       static_cast<char>(value)};
  };
  std::string payload = "\x14" + std::string(16, 'c');
  for (const std::string& list : lists) payload += be32(list.size()) + list;
  payload += std::string(5, '\0');
  const std::size_t padding = 16 - (payload.size() + 5) % 8;
  return be32(payload.size() + padding + 1) + static_cast<char>(padding) + payload + std::string(padding, '\0');
}
const std::vector<std::string> kLists = {
    "curve25519-sha256", "ssh-ed25519", "aes128-ctr,aes256-ctr", "aes128-ctr", "hmac-sha2-256", "hmac-sha1", "none", "none", "", ""};

TEST(Ssh, GreetsAtOnceAndNegotiatesAfterTheClientsBanner) {
  Client client(22);
  EXPECT_TRUE(client.heard().starts_with("SSH-2.0-"));
  EXPECT_TRUE(client.heard().ends_with("\r\n"));
  const std::string banner = client.heard(), packet = client.say("SSH-2.0-Go\r\n");
  ASSERT_GT(packet.size(), 64U);
  EXPECT_EQ(packet.size() % 8, 0U);
  EXPECT_EQ(packet[5], 20) << "SSH_MSG_KEXINIT";
  const std::string all = banner + packet;
  const auto hello = read_ssh_hello(all);
  ASSERT_TRUE(hello && hello->lists) << "the server's own lists are well-formed";
  EXPECT_NE(hello->key_exchanges.find("diffie-hellman"), hello->key_exchanges.npos);
}

TEST(Ssh, CookiesDiffer) {
  Client one(22, {}, 1), two(22, {}, 2);
  EXPECT_EQ(one.heard(), two.heard());
  EXPECT_NE(one.say("SSH-2.0-Go\r\n"), two.say("SSH-2.0-Go\r\n"));
}

TEST(Ssh, EndsWhereTheExchangeWouldBegin) {
  Client client(22);
  client.say("SSH-2.0-Go\r\n");
  EXPECT_EQ(client.say(key_exchange(kLists)), "");
  EXPECT_FALSE(client.closed());
  const std::string said = client.say(test::from_hex("0000002c 06 1e") + std::string(50, 'x'));
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(said[5], 1) << "SSH_MSG_DISCONNECT";
}

TEST(SshHello, ReadsTheClientsLists) {
  const std::string said = "SSH-2.0-libssh2_1.4.3\r\n" + key_exchange(kLists);
  const auto hello = read_ssh_hello(said);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->banner, "SSH-2.0-libssh2_1.4.3");
  EXPECT_EQ(hello->key_exchanges, "curve25519-sha256");
  EXPECT_EQ(hello->ciphers, "aes128-ctr,aes256-ctr") << "of the direction client to server";
  EXPECT_EQ(hello->macs, "hmac-sha2-256");
  // printf 'curve25519-sha256;aes128-ctr,aes256-ctr;hmac-sha2-256;none' | md5sum
  EXPECT_EQ(hassh(*hello), "7c1b6ce34a5161c6127681698dd5f921");
}

TEST(SshHello, CutOnesAreReadAsFarAsTheyGo) {
  const std::string said = "SSH-2.0-Go\r\n" + key_exchange(kLists);
  for (std::size_t size = 0; size < said.size(); ++size) {
    const auto hello = read_ssh_hello(std::string_view(said).substr(0, size));
    EXPECT_EQ(hello.has_value(), size >= 4);
    EXPECT_EQ(hello && !hello->lists ? hassh(*hello) : "", "");
  }
  EXPECT_FALSE(read_ssh_hello("GET / HTTP/1.0\r\n"));
}

}  // namespace
}  // namespace nightjar
