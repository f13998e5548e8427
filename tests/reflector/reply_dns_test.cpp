// DNS and multicast DNS. Messages are written by hand from RFC 1035, 6762, 6891 and 8482.
#include <gtest/gtest.h>

#include "reflector/ask.hpp"
#include "reflector/canned_answers.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

const ByteVector kName = hex("07") + text_bytes("example") + hex("03") + text_bytes("com") + hex("00");
ByteVector query(std::string_view type, std::string_view flags = "0100") {
  return hex("1234") + hex(flags) + hex("0001 0000 0000 0000") + kName + hex(type) + hex("0001");
}
ByteVector with_edns(ByteVector message, std::string_view size) {
  message[11] = 1;
  return message + hex("00 0029") + hex(size) + hex("00008000 0000");
}

DnsZone zone_of(const std::string& toml) {
  auto canned = CannedAnswers::parse(toml, "zone.toml");
  EXPECT_TRUE(canned) << (canned ? "" : canned.error().sentence);
  return canned ? canned->zone() : DnsZone();
}

TEST(Dns, AnswersFromTheZone) {
  const DnsZone zone = zone_of("[[record]]\nname = \"Example.COM\"\ntype = \"A\"\nttl = 60\naddress = \"104.16.9.9\"\n");
  EXPECT_EQ(one(ask(53, query("0001"), zone)),
            hex("1234 8180 0001 0001 0000 0000") + kName + hex("0001 0001 c00c 0001 0001 0000003c 0004 68100909"));
}

TEST(Dns, KeepsTheLettersOfTheQuestionAsTheyCame) {
  const DnsZone zone = zone_of("[[record]]\nname = \"example.com\"\ntype = \"A\"\naddress = \"104.16.9.9\"\n");
  ByteVector mixed = query("0001");
  mixed[13] = 'E';
  mixed[15] = 'A';
  const ByteVector answer = one(ask(53, mixed, zone));
  ASSERT_GT(answer.size(), mixed.size());
  EXPECT_EQ(ByteVector(answer.begin() + 12, answer.begin() + 29), ByteVector(mixed.begin() + 12, mixed.end()));
}

TEST(Dns, TellsAllRecordsToAny) {
  const DnsZone zone = zone_of(
      "[[record]]\nname = \"example.com\"\ntype = \"MX\"\nttl = 1\npreference = 5\nhost = \"m.example.com\"\n"
      "[[record]]\nname = \"example.com\"\ntype = \"TXT\"\nttl = 2\ntext = \"v=spf1\"\n");
  EXPECT_EQ(one(ask(53, query("00ff"), zone)), hex("1234 8180 0001 0002 0000 0000") + kName +
                                                   hex("00ff 0001 c00c 000f 0001 00000001 0011 0005 016d") + kName +
                                                   hex("c00c 0010 0001 00000002 0007 06") + text_bytes("v=spf1"));
}

TEST(Dns, AddsWhatItCanTakeItselfWhereTheQueryDid) {
  const DnsZone zone = zone_of("[[record]]\nname = \"example.com\"\ntype = \"A\"\nttl = 60\naddress = \"104.16.9.9\"\n");
  EXPECT_EQ(one(ask(53, with_edns(query("0001"), "1000"), zone)), hex("1234 8180 0001 0001 0000 0001") + kName +
                                                                      hex("0001 0001 c00c 0001 0001 0000003c 0004 68100909") +
                                                                      hex("00 0029 04d0 00000000 0000"));
}

// Rule 5 by DNS's own means: TC, no answer, so that who is real comes over TCP.
TEST(Dns, TellsNothingButTcWhereTheAnswerDoesNotFit) {
  std::string toml;
  for (int i = 0; i < 3; ++i) toml += "[[record]]\nname = \"example.com\"\ntype = \"TXT\"\ntext = \"" + std::string(200, 'x') + "\"\n";
  const ByteVector truncated = hex("1234 8380 0001 0000 0000 0000") + kName + hex("0010 0001");
  EXPECT_EQ(one(ask(53, query("0010"), zone_of(toml))), truncated) << "612 bytes of records, 512 without EDNS";
  EXPECT_EQ(one(ask(53, with_edns(query("0010"), "0100"), zone_of(toml))).size(), truncated.size() + 11) << "256 means 512";
  EXPECT_EQ(one(ask(53, with_edns(query("0010"), "1000"), zone_of(toml))).size(), 29u + 3 * (12 + 201) + 11);
  for (int i = 0; i < 3; ++i) toml += "[[record]]\nname = \"example.com\"\ntype = \"TXT\"\ntext = \"" + std::string(200, 'y') + "\"\n";
  const ByteVector capped = one(ask(53, with_edns(query("0010"), "2328"), zone_of(toml)));
  EXPECT_EQ(capped.size(), 29u + 11) << "1,278 bytes of records: the client takes 9,000, we give 1,232";
  EXPECT_EQ(capped[2] & 0x02, 0x02);
}

TEST(Dns, HoldsExactlyWhatFits) {
  // 29 of question, 12 + 1 + n of a record, 512 at most: n of 470 does not fit into one piece of a TXT record, so rdata.
  const auto zone = [](std::size_t size) {
    std::string toml = "[[record]]\nname = \"example.com\"\ntype = 10\nrdata = \"";
    for (std::size_t i = 0; i < size; ++i) toml += "00";
    return zone_of(toml + "\"\n");
  };
  EXPECT_EQ(one(ask(53, query("000a"), zone(512 - 29 - 12))).size(), 512u);
  EXPECT_EQ(one(ask(53, query("000a"), zone(512 - 29 - 12 + 1))).size(), 29u);
}

// RFC 8482, 4.2.
TEST(Dns, TellsHinfoToAnyOfOtherNames) {
  EXPECT_EQ(one(ask(53, query("00ff"))), hex("1234 8180 0001 0001 0000 0000") + kName + hex("00ff 0001 c00c 000d 0001 00000ecd 0009 07") +
                                             text_bytes("RFC8482") + hex("00"));
}

// Rule 6: no recursion, no forwarding: nothing but the zone is ever told.
TEST(Dns, ResolvesNothing) {
  EXPECT_EQ(one(ask(53, query("0001"))), hex("1234 8182 0001 0000 0000 0000") + kName + hex("0001 0001")) << "server failure";
}

TEST(Dns, SaysItsVersion) {
  const ByteVector question = hex("07") + text_bytes("VERSION") + hex("04") + text_bytes("BIND") + hex("00 0010 0003");
  EXPECT_EQ(
      one(ask(53, hex("34ef 0100 0001 0000 0000 0000") + question)),
      hex("34ef 8180 0001 0001 0000 0000") + question + hex("c00c 0010 0003 00000000 0019 18") + text_bytes("9.9.5-3ubuntu0.19-Ubuntu"));
}

TEST(Dns, DoesNotKnowOtherOperations) {
  EXPECT_EQ(one(ask(53, query("0001", "2800"))), hex("1234 a884 0000 0000 0000 0000")) << "update: opcode 5, RCODE 4";
}

TEST(Dns, IsSilentForBrokenQueries) {
  ByteVector two = query("0001");
  two[5] = 2;
  EXPECT_TRUE(ask(53, two + kName + hex("0001 0001")).empty()) << "two questions";
  const ByteVector whole = query("00ff");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_TRUE(ask(53, ByteVector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).empty()) << size;
}

TEST(Mdns, TellsItsServicesByUnicast) {
  const ByteVector question = hex("09") + text_bytes("_services") + hex("07") + text_bytes("_dns-sd") + hex("04") + text_bytes("_udp") +
                              hex("05") + text_bytes("local") + hex("00 000c 0001");
  const auto service = [](std::string_view size, std::string_view label_size, std::string_view label) {
    return hex("c00c 000c 0001 0000000a") + hex(size) + hex(label_size) + text_bytes(label) + hex("04") + text_bytes("_tcp") + hex("05") +
           text_bytes("local") + hex("00");
  };
  EXPECT_EQ(one(ask(5353, hex("0000 0000 0001 0000 0000 0000") + question)),
            hex("0000 8400 0001 0003 0000 0000") + question + service("0012", "05", "_http") + service("0019", "0c", "_workstation") +
                service("0019", "0c", "_device-info"));
}

TEST(Mdns, TellsTheInstanceOfOneService) {
  const ByteVector question =
      hex("05") + text_bytes("_http") + hex("04") + text_bytes("_tcp") + hex("05") + text_bytes("local") + hex("00 000c 8001");
  EXPECT_EQ(one(ask(5353, hex("0007 0000 0001 0000 0000 0000") + question)),
            hex("0007 8400 0001 0001 0000 0000") + question + hex("c00c 000c 0001 0000000a 000a 07") + text_bytes("gateway") + hex("c00c"));
}

TEST(Mdns, IsSilentForWhatIsNotThere) {
  EXPECT_TRUE(
      ask(5353, hex("0000 0000 0001 0000 0000 0000 05") + text_bytes("other") + hex("05") + text_bytes("local") + hex("00 0001 0001"))
          .empty());
}

}  // namespace
}  // namespace nightjar::reflector
