#include "honeypot/recognise.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scripts.hpp"

namespace nightjar {
namespace {

using test::from_hex;

TEST(Recognise, FirstWordsOfEachProtocol) {
  EXPECT_EQ(recognise("GET / HTTP/1.1\r\n"), Spoken::http);
  EXPECT_EQ(recognise("CONNECT example.org:443 HTTP/1.1\r\n"), Spoken::http);
  EXPECT_EQ(recognise("OPTIONS * HTTP/1.0"), Spoken::http);
  EXPECT_EQ(recognise("GET http://example.org/ HTTP/1.1"), Spoken::http);
  EXPECT_EQ(recognise(from_hex("1603010200010001fc0303")), Spoken::tls);
  EXPECT_EQ(recognise("SSH-2.0-libssh_0.9.6\r\n"), Spoken::ssh);
  EXPECT_EQ(recognise(from_hex("fffd18")), Spoken::telnet);
  EXPECT_EQ(recognise(test::smb_negotiate()), Spoken::smb);
  EXPECT_EQ(recognise(from_hex("000000b4fe534d42")), Spoken::smb) << "version 2";
  EXPECT_EQ(recognise(test::adb_message("CNXN", 0x01000000, 4'096, "host::")), Spoken::adb);
  EXPECT_EQ(recognise("*1\r\n$4\r\nPING\r\n"), Spoken::redis);
  EXPECT_EQ(recognise(from_hex("0300002f2ae00000000000")), Spoken::rdp);
}

TEST(Recognise, OthersAreNotTakenForThem) {
  for (const std::string said : {"get key\r\n", "GET key\r\n", "USER root\r\n", "root\r\n", "GETTING", "SSL", "CNX ", "*x"})
    EXPECT_EQ(recognise(said), Spoken::other) << said;
  EXPECT_EQ(recognise(from_hex("001e0006010000010000")), Spoken::other) << "DNS over TCP";
  EXPECT_EQ(recognise(from_hex("160301020002")), Spoken::other) << "a ServerHello";
  EXPECT_EQ(recognise(from_hex("ffff")), Spoken::other);
}

TEST(Recognise, FrontsAreUndecided) {
  for (const std::string& whole :
       {std::string("POST /x"), std::string("SSH-"), std::string("CNXN"), from_hex("160301020001"), from_hex("0000002fff534d42")}) {
    for (std::size_t size = 0; size < whole.size() - 1; ++size)
      EXPECT_EQ(recognise(whole.substr(0, size)), Spoken::undecided) << whole << " " << size;
    EXPECT_NE(recognise(whole), Spoken::undecided);
  }
}

/// So that who gathers so many bytes has not to wait any longer.
TEST(Recognise, SixteenBytesAreEnough) {
  for (const test::Script& script : test::scripts()) {
    std::string front = script.said.substr(0, kEnoughToRecognise);
    front.resize(kEnoughToRecognise, 'x');
    EXPECT_NE(recognise(front), Spoken::undecided) << script.name;
  }
}

}  // namespace
}  // namespace nightjar
