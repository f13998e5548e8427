// STUN, portmap, CoAP: fixed forms, by hand.
#include <gtest/gtest.h>

#include "reflector/ask.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

// Transaction, address and port of RFC 5769, 2.2 and 2.3; so the bytes of XOR-MAPPED-ADDRESS are those that it prints.
TEST(Stun, TellsTheAddressThatItWasAskedFrom) {
  const ByteVector request = hex("0001 0000 2112a442 b7e7a701bc34d686fa87dfae");
  EXPECT_EQ(one(ask(3478, request, {}, {"192.0.2.1", 32'853})),
            hex("0101 000c 2112a442 b7e7a701bc34d686fa87dfae 0020 0008 0001 a147 e112a643"));
  EXPECT_EQ(one(ask(3478, request, {}, {"2001:db8:1234:5678:11:2233:4455:6677", 32'853})),
            hex("0101 0018 2112a442 b7e7a701bc34d686fa87dfae 0020 0014 0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9"));
}

TEST(Stun, AnswersAtAllItsPorts) {
  for (const std::uint16_t port : {3478, 8088, 37833})
    EXPECT_EQ(one(ask(port, hex("0001 0000 2112a442") + ByteVector(12, 0))).size(), 32u) << port;
}

TEST(Stun, TellsThePlainAddressToWhoDoesNotKnowTheCookie) {
  const ByteVector request = hex("0001 0000 000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(one(ask(3478, request, {}, {"192.0.2.1", 32'853})),
            hex("0101 000c 000102030405060708090a0b0c0d0e0f 0001 0008 0001 8055 c0000201"));
}

const ByteVector kCall = hex("65720a37 00000000 00000002 000186a0 00000002");
const ByteVector kNobody = ByteVector(16, 0);
const ByteVector kAccepted = hex("65720a37 00000001 00000000 00000000 00000000");

TEST(Portmap, ListsItsPrograms) {
  EXPECT_EQ(one(ask(111, kCall + hex("00000004") + kNobody)),
            kAccepted + hex("00000000") +
                hex("00000001 000186a0 00000002 00000006 0000006f  00000001 000186a0 00000002 00000011 0000006f") +
                hex("00000001 000186b8 00000001 00000011 0000951b  00000001 000186b8 00000001 00000006 0000a57b") +
                hex("00000001 000186a3 00000003 00000006 00000801  00000001 000186a5 00000003 00000011 0000027b") + hex("00000000"));
}

TEST(Portmap, TellsOnePortOrZero) {
  const ByteVector call = kCall + hex("00000003") + kNobody;
  EXPECT_EQ(one(ask(111, call + hex("000186a3 00000003 00000006 00000000"))), kAccepted + hex("00000000 00000801"));
  EXPECT_EQ(one(ask(111, call + hex("000186ff 00000001 00000006 00000000"))), kAccepted + hex("00000000 00000000"));
}

TEST(Portmap, AnswersNullAndRefusesOtherVersions) {
  EXPECT_EQ(one(ask(111, kCall + hex("00000000") + kNobody)), kAccepted + hex("00000000"));
  ByteVector version3 = kCall + hex("00000004") + kNobody;
  version3[19] = 3;
  EXPECT_EQ(one(ask(111, version3)), kAccepted + hex("00000002 00000002 00000002"));
}

// Rule 8: nothing is called for others.
TEST(Portmap, CallsNoProgram) {
  EXPECT_TRUE(ask(111, kCall + hex("00000005") + kNobody + hex("000186b8 00000001 00000002 00000000")).empty());
}

TEST(Coap, ListsItsResources) {
  const ByteVector answer = one(ask(5683, hex("4001 7d70 bb 2e77656c6c2d6b6e6f776e 04 636f7265")));
  ASSERT_GT(answer.size(), 100u);
  EXPECT_EQ(ByteVector(answer.begin(), answer.begin() + 7), hex("6045 7d70 c128 ff")) << "acknowledgement, 2.05, link-format";
  EXPECT_TRUE(text_of(answer).substr(7).starts_with("</.well-known/core>;ct=40,"));
}

TEST(Coap, RepeatsTheToken) {
  EXPECT_EQ(one(ask(5683, hex("4201 0001 abcd b3") + text_bytes("foo"))), hex("6284 0001 abcd")) << "4.04";
  EXPECT_EQ(one(ask(5683, hex("5201 0001 abcd b3") + text_bytes("foo"))), hex("5284 0001 abcd")) << "not confirmable";
}

// Rule 8: nothing is changed.
TEST(Coap, AllowsNoOtherMethod) { EXPECT_EQ(one(ask(5683, hex("4003 0001 b3") + text_bytes("foo"))), hex("6085 0001")); }

TEST(Coap, AnswersAPingWithAReset) { EXPECT_EQ(one(ask(5683, hex("4000 1234"))), hex("7000 1234")); }

}  // namespace
}  // namespace nightjar::reflector
