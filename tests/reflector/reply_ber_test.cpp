// SNMP and CLDAP: BER by hand, from RFC 3416 and RFC 4511.
#include <gtest/gtest.h>

#include "reflector/ask.hpp"
#include "reflector/ber_writer.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

TEST(BerWriter, WritesLengthsInTheirThreeForms) {
  for (const auto& [size, head] : {std::pair(0x7f, "047f"), {0x80, "048180"}, {0xff, "0481ff"}, {0x100, "04820100"}}) {
    BerWriter writer;
    writer.value(4, ByteVector(static_cast<std::size_t>(size), 'x'));
    const ByteVector expected = hex(head) + ByteVector(static_cast<std::size_t>(size), 'x');
    EXPECT_EQ(ByteVector(writer.bytes().begin(), writer.bytes().end()), expected) << size;
  }
}

TEST(BerWriter, WritesNumbersAsShortAsTheyMayBe) {
  for (const auto& [number, expected] :
       {std::pair(0u, "020100"), {0x7fu, "02017f"}, {0x80u, "02020080"}, {0x100u, "02020100"}, {0xffffffffu, "020500ffffffff"}}) {
    BerWriter writer;
    writer.number(2, number);
    EXPECT_EQ(ByteVector(writer.bytes().begin(), writer.bytes().end()), hex(expected));
  }
}

TEST(BerWriter, TakesNoMoreThanAPacketHolds) {
  BerWriter writer;
  writer.value(4, ByteVector(1'300, 'x'));
  EXPECT_FALSE(writer.fits());
}

/// sysName.0 is 1.3.6.1.2.1.1.5.0.
TEST(Snmp, TellsTheObjectThatIsAskedFor) {
  EXPECT_EQ(one(ask(161, hex("3026 020101 0406 7075626c6963 a019 020177 020100 020100 300e 300c 0608 2b06010201010500 0500"))),
            hex("302d 020101 0406 7075626c6963 a220 020177 020100 020100 3015 3013 0608 2b06010201010500 0407") + text_bytes("gateway"));
}

TEST(Snmp, TellsTheNextObject) {
  // After sysContact.0 (1.4.0) comes sysName.0.
  EXPECT_EQ(one(ask(161, hex("3026 020100 0406 7075626c6963 a119 020177 020100 020100 300e 300c 0608 2b06010201010400 0500"))),
            hex("302d 020100 0406 7075626c6963 a220 020177 020100 020100 3015 3013 0608 2b06010201010500 0407") + text_bytes("gateway"));
}

TEST(Snmp, SaysInItsPlaceThatAnObjectIsNotThere) {
  // 1.3.6.1.2.1.1.5.1: noSuchObject (80 00) in version 2c, error noSuchName (2) at 1 in version 1.
  EXPECT_EQ(one(ask(161, hex("3026 020101 0406 7075626c6963 a019 020177 020100 020100 300e 300c 0608 2b06010201010501 0500"))),
            hex("3026 020101 0406 7075626c6963 a219 020177 020100 020100 300e 300c 0608 2b06010201010501 8000"));
  EXPECT_EQ(one(ask(161, hex("3026 020100 0406 7075626c6963 a019 020177 020100 020100 300e 300c 0608 2b06010201010501 0500"))),
            hex("3026 020100 0406 7075626c6963 a219 020177 020102 020101 300e 300c 0608 2b06010201010501 0500"));
}

TEST(Snmp, SaysWhereTheTreeEnds) {
  // After 1.3.6.1.2.1.127 nothing comes: endOfMibView (82 00).
  EXPECT_EQ(one(ask(161, hex("3024 020101 0406 7075626c6963 a117 020177 020100 020100 300c 300a 0606 2b060102017f 0500"))),
            hex("3024 020101 0406 7075626c6963 a217 020177 020100 020100 300c 300a 0606 2b060102017f 8200"));
}

TEST(Snmp, WalksAsFarAsTheRepetitionsGo) {
  // Two repetitions from sysContact.0: sysName.0 and sysLocation.0.
  EXPECT_EQ(one(ask(161, hex("3026 020101 0406 7075626c6963 a519 020177 020100 020102 300e 300c 0608 2b06010201010400 0500"))),
            hex("3042 020101 0406 7075626c6963 a235 020177 020100 020100 302a 3013 0608 2b06010201010500 0407") + text_bytes("gateway") +
                hex("3013 0608 2b06010201010600 0407") + text_bytes("Unknown"));
}

// The request that attackers send: 70 repetitions from the root.
TEST(Snmp, TellsNoMoreThanFitsIntoAPacket) {
  const ByteVector answer = one(ask(161, hex("3020 020101 0406 7075626c6963 a513 02020001 020100 020146 3007 3005 0601 28 0500")));
  EXPECT_GT(answer.size(), 400u);
  EXPECT_LE(answer.size(), 1'232u);
  EXPECT_EQ(ByteVector(answer.begin(), answer.begin() + 2), hex("3082"));
  EXPECT_EQ((answer[2] << 8 | answer[3]) + 4u, answer.size());
}

TEST(Snmp, IsSilentForOtherCommunitiesAndVersion3AndWhatWouldChangeSomething) {
  EXPECT_TRUE(ask(161, hex("3027 020101 0407 70726976617465 a019 020177 020100 020100 300e 300c 0608 2b06010201010500 0500")).empty())
      << "private";
  EXPECT_TRUE(ask(161, hex("3026 020101 0406 7075626c6963 a319 020177 020100 020100 300e 300c 0608 2b06010201010500 0500")).empty())
      << "set";
  EXPECT_TRUE(ask(161, hex("300e 020103 300b 020101 0203 00ffe3 0401 04")).empty()) << "version 3";
}

const ByteVector kObjectClass = text_bytes("objectclass");

TEST(Cldap, TellsTheRootEntryAndThatTheSearchIsDone) {
  const ByteVector answer =
      one(ask(389, hex("3025 020107 6320 0400 0a0100 0a0100 020100 020100 010100 870b") + kObjectClass + hex("3000")));
  ASSERT_GT(answer.size(), 200u);
  EXPECT_LE(answer.size(), 1'232u);
  EXPECT_EQ(ByteVector(answer.begin(), answer.begin() + 2), hex("3082"));
  const std::size_t entry = (answer[2] << 8 | answer[3]) + 4u;
  EXPECT_EQ(ByteVector(answer.begin() + 4, answer.begin() + 9), hex("020107 6482")) << "the request's number, SearchResultEntry";
  EXPECT_EQ(ByteVector(answer.begin() + static_cast<std::ptrdiff_t>(entry), answer.end()), hex("300c 020107 6507 0a0100 0400 0400"));
  EXPECT_NE(text_of(answer).find("namingContexts"), std::string::npos);
}

TEST(Cldap, WritesLongLengthsToWhoDoes) {
  const ByteVector answer = one(ask(389, hex("3084 0000002d 020101 63 84 00000024 0400 0a0100 0a0100 020100 020100 010100 870b") +
                                             kObjectClass + hex("3084 00000000 0a")));
  ASSERT_GT(answer.size(), 200u);
  EXPECT_LE(answer.size(), 1'232u);
  EXPECT_EQ(ByteVector(answer.begin(), answer.begin() + 2), hex("3084"));
  EXPECT_EQ(ByteVector(answer.end() - 22, answer.end()), hex("3084 00000010 020101 6584 00000007 0a0100 0400 0400"));
}

TEST(Cldap, FindsNothingElse) {
  EXPECT_EQ(one(ask(389, hex("301e 020101 6319 0400 0a0100 0a0100 020100 020100 010100 8702 6364 3000"))),
            hex("300c 020101 6507 0a0100 0400 0400"));
}

}  // namespace
}  // namespace nightjar::reflector
