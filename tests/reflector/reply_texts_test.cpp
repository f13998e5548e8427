// CharGen, QOTD, memcached, WS-Discovery, MSSQL, ARD: what is told in texts.
#include <gtest/gtest.h>

#include "reflector/ask.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

// Acceptance vector 11. The first line is that of RFC 864's example.
TEST(CharGen, Is512CharactersOfTheAlphabetOf95) {
  const std::string text = text_of(one(ask(19, hex("01"))));
  ASSERT_EQ(text.size(), 512u);
  EXPECT_EQ(text.substr(0, 74), " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n");
  EXPECT_EQ(text.substr(74, 74), "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh\r\n");
  for (std::size_t line = 0; line < 6; ++line) EXPECT_EQ(text.substr(line * 74 + 72, 2), "\r\n") << line;
  EXPECT_EQ(text.find('\r', 6 * 74), std::string::npos) << "68 characters of the seventh line";
  for (const char c : text) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\r' || c == '\n');
}

TEST(CharGen, AnswersAlsoAnEmptyDatagram) { EXPECT_EQ(one(ask(19, {})).size(), 512u); }

TEST(Qotd, IsOneQuotationOfAtMost512Characters) {
  const std::string text = text_of(one(ask(17, hex("0d0a"))));
  EXPECT_GE(text.size(), 20u);
  EXPECT_LE(text.size(), 512u);
  EXPECT_TRUE(text.ends_with("\r\n"));
}

std::string memcached(std::string_view command) { return text_of(one(ask(11211, hex("5a4d 0000 0001 0000") + text_bytes(command)))); }
std::string framed(std::string_view text) { return "\x5a\x4d" + std::string("\0\0\0\1\0\0", 6) + std::string(text); }

TEST(Memcached, TellsStatisticsInOneFrame) {
  const std::string text = memcached("stats\r\n");
  EXPECT_TRUE(text.starts_with(framed("STAT pid "))) << "request 5a4d, datagram 0 of 1";
  EXPECT_TRUE(text.ends_with("\r\nEND\r\n"));
  EXPECT_NE(text.find("\r\nSTAT curr_items 0\r\n"), std::string::npos);
  EXPECT_LE(text.size(), 1'232u);
}

// Rule 8: acknowledged, not stored.
TEST(Memcached, StoresNothing) {
  EXPECT_EQ(memcached("set a 0 3600 5\r\nabcde\r\n"), framed("STORED\r\n"));
  EXPECT_EQ(memcached("get a\r\n"), framed("END\r\n"));
  EXPECT_EQ(memcached("gets a a a a a a a\r\n"), framed("END\r\n"));
  EXPECT_EQ(memcached("stats items\r\n"), framed("END\r\n"));
}

TEST(Memcached, AnswersOtherCommandsAsTheProtocolHasIt) {
  EXPECT_EQ(memcached("version\r\n"), framed("VERSION 1.5.6\r\n"));
  EXPECT_EQ(memcached("flush_all\r\n"), framed("OK\r\n"));
  EXPECT_EQ(memcached("delete a\r\n"), framed("NOT_FOUND\r\n"));
}

TEST(Memcached, IsSilentWhereAServerIs) {
  EXPECT_TRUE(ask(11211, text_bytes("stats\r\n")).empty()) << "without a frame";
  EXPECT_TRUE(ask(11211, hex("0001 0000 0001 0000") + text_bytes("set a 0 0 1 noreply\r\nx\r\n")).empty());
}

TEST(WsDiscovery, MatchesAProbeAndNamesItsMessage) {
  const std::string text =
      text_of(one(ask(3702, text_bytes("<?xml version=\"1.0\"?><e:Envelope><e:Header><w:MessageID>uuid:84ede3de-7dec-11d0"
                                       "</w:MessageID></e:Header><e:Body><d:Probe/></e:Body></e:Envelope>"))));
  EXPECT_NE(text.find("<wsa:RelatesTo>uuid:84ede3de-7dec-11d0</wsa:RelatesTo>"), std::string::npos);
  EXPECT_NE(text.find("<d:ProbeMatches>"), std::string::npos);
  EXPECT_TRUE(text.ends_with("</SOAP-ENV:Envelope>\r\n"));
  EXPECT_LE(text.size(), 1'232u);
}

TEST(WsDiscovery, PutsNothingOfTheSendersIntoItsXmlButAPlainName) {
  const std::string text = text_of(one(ask(3702, text_bytes("<MessageID>a&quot;]]><script>alert(1)</script></MessageID><Probe/>"))));
  EXPECT_NE(text.find("<wsa:RelatesTo>a</wsa:RelatesTo>"), std::string::npos);
  EXPECT_EQ(text.find("script"), std::string::npos);
  const std::string longer = text_of(one(ask(3702, text_bytes("<MessageID>" + std::string(3'000, 'x') + "</MessageID><Probe/>"))));
  EXPECT_NE(longer.find("<wsa:RelatesTo>" + std::string(80, 'x') + "</wsa:RelatesTo>"), std::string::npos);
  EXPECT_LE(longer.size(), 1'232u);
}

TEST(WsDiscovery, AnswersFiveBytesWithAFault) {
  const std::string text = text_of(one(ask(3702, text_bytes("<:/>\n"))));
  EXPECT_NE(text.find("SOAP-ENV:Fault"), std::string::npos);
  EXPECT_TRUE(ask(3702, text_bytes("<e:Envelope><d:Resolve/></e:Envelope>")).empty()) << "asks for somebody else";
}

// MC-SQLR 2.2.5: 05, the size as a little-endian number, the text.
TEST(Mssql, TellsItsInstance) {
  const std::string expected = "ServerName;GATEWAY;InstanceName;MSSQLSERVER;IsClustered;No;Version;10.50.1600.1;tcp;1433;;";
  ASSERT_EQ(expected.size(), 0x5au);
  const ByteVector answer = hex("05 5a 00") + text_bytes(expected);
  EXPECT_EQ(one(ask(1434, hex("02"))), answer);
  EXPECT_EQ(one(ask(1434, hex("03"))), answer);
  EXPECT_EQ(one(ask(1434, hex("04") + text_bytes("mssqlserver") + hex("00"))), answer);
  EXPECT_TRUE(ask(1434, hex("04") + text_bytes("OTHER") + hex("00")).empty());
  EXPECT_TRUE(ask(1434, hex("04") + text_bytes("MSSQLSERVER2") + hex("00")).empty());
}

TEST(Mssql, TellsThePortForAdministrators) {
  EXPECT_EQ(one(ask(1434, hex("0f 01") + text_bytes("MSSQLSERVER") + hex("00"))), hex("05 0600 01 9a05"));
}

TEST(Ard, TellsANameIn1006Bytes) {
  for (const ByteVector& request : {hex("0014 0001 03"), hex("00140000")}) {
    const ByteVector answer = one(ask(3283, request));
    EXPECT_EQ(answer.size(), 1'006u);
    EXPECT_NE(text_of(answer).find("gateway"), std::string::npos);
  }
}

}  // namespace
}  // namespace nightjar::reflector
