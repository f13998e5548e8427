#include "net/address.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(Address, OfIpv4IsOneNumber) {
  const auto address = parse_address("192.0.2.7");
  ASSERT_TRUE(address);
  EXPECT_EQ(*address, (Address{4, 0xc0000207, 0}));
  EXPECT_EQ(format(*address), "192.0.2.7");
}

TEST(Address, OfIpv6IsTwoHalves) {
  const auto address = parse_address("2001:db8:1:2:3:4:5:6");
  ASSERT_TRUE(address);
  EXPECT_EQ(*address, (Address{6, 0x20010db800010002, 0x0003000400050006}));
}

// The examples of RFC 5952, sections 4 and 5.
TEST(Address, OfIpv6IsWrittenAsRfc5952Says) {
  const auto rewritten = [](const char* text) { return format(parse_address(text).value_or(Address{})); };
  EXPECT_EQ(rewritten("2001:0DB8::0001"), "2001:db8::1");
  EXPECT_EQ(rewritten("2001:db8:0:0:0:0:2:1"), "2001:db8::2:1");
  EXPECT_EQ(rewritten("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");
  EXPECT_EQ(rewritten("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(rewritten("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
  EXPECT_EQ(rewritten("0:0:0:0:0:0:0:0"), "::");
}

TEST(Address, IsNotReadOutOfOtherText) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 ", " 1.2.3.4", "01.2.3.4x", "::1::", "fe80::1%eth0",
                           "12345::", "localhost", "1.2.3.4/8"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
  EXPECT_FALSE(parse_address(std::string_view("1.2.3.4\0x", 9))) << "a zero byte does not end the text";
}

TEST(Address, OfNoVersionIsWrittenAsNothing) { EXPECT_EQ(format(Address{}), ""); }

TEST(Prefix, HoldsItsAddressesAndNoOthers) {
  const auto prefix = parse_prefix("198.18.0.0/15");
  ASSERT_TRUE(prefix);
  EXPECT_EQ(format(*prefix), "198.18.0.0/15");
  EXPECT_EQ(prefix->size(), 131'072u);
  EXPECT_EQ(format(prefix->last()), "198.19.255.255");
  EXPECT_TRUE(prefix->contains(*parse_address("198.18.0.0")));
  EXPECT_TRUE(prefix->contains(*parse_address("198.19.255.255")));
  EXPECT_FALSE(prefix->contains(*parse_address("198.20.0.0")));
  EXPECT_FALSE(prefix->contains(*parse_address("198.17.255.255")));
  EXPECT_FALSE(prefix->contains(*parse_address("::c612:0")));
  EXPECT_EQ(prefix->index_of(*parse_address("198.18.1.2")), 258u);
}

TEST(Prefix, OfASingleAddressNeedsNoSlash) {
  ASSERT_TRUE(parse_prefix("192.0.2.7"));
  EXPECT_EQ(*parse_prefix("192.0.2.7"), *parse_prefix("192.0.2.7/32"));
  EXPECT_EQ(parse_prefix("2001:db8::1")->length, 128);
  EXPECT_EQ(parse_prefix("192.0.2.7")->size(), 1u);
}

TEST(Prefix, MayBeTheWholeInternet) {
  const auto all = parse_prefix("0.0.0.0/0");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 1ull << 32);
  EXPECT_EQ(format(all->last()), "255.255.255.255");
  EXPECT_TRUE(all->contains(*parse_address("255.255.255.255")));
  EXPECT_TRUE(parse_prefix("::/0")->contains(*parse_address("ffff::")));
}

// Lengths around the border of the two halves.
TEST(Prefix, OfIpv6ReachesAcrossBothHalves) {
  const auto wide = parse_prefix("2001:db8::/32");
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->size(), ~0ull) << "saturates";
  EXPECT_EQ(format(wide->last()), "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
  const auto half = parse_prefix("2001:db8:0:1::/64");
  ASSERT_TRUE(half);
  EXPECT_TRUE(half->contains(*parse_address("2001:db8:0:1:ffff::")));
  EXPECT_FALSE(half->contains(*parse_address("2001:db8:0:2::")));
  const auto narrow = parse_prefix("2001:db8::ff00/120");
  ASSERT_TRUE(narrow);
  EXPECT_EQ(narrow->size(), 256u);
  EXPECT_EQ(narrow->index_of(*parse_address("2001:db8::ff2a")), 0x2au);
  EXPECT_FALSE(narrow->contains(*parse_address("2001:db8::fe00")));
}

TEST(Prefix, WithHostBitsIsRefusedAndTheRightOneNamed) {
  const auto prefix = parse_prefix("198.18.3.4/16");
  ASSERT_FALSE(prefix);
  EXPECT_EQ(prefix.error().sentence, "\"198.18.3.4/16\" has bits set after its length; did you mean 198.18.0.0/16?");
}

TEST(Prefix, WithoutASensibleLengthIsRefused) {
  for (const char* text : {"198.18.0.0/", "198.18.0.0/33", "198.18.0.0/-1", "198.18.0.0/16x", "2001:db8::/129", "198.18.0.0/1e1"}) {
    const auto prefix = parse_prefix(text);
    ASSERT_FALSE(prefix) << text;
    EXPECT_NE(prefix.error().sentence.find("has no length between 0 and"), std::string::npos) << prefix.error().sentence;
  }
  EXPECT_FALSE(parse_prefix("everything"));
  EXPECT_FALSE(parse_prefix("/16"));
}

TEST(Protocol, NamesAndNumbersAreEachOthersInverse) {
  for (int number = 0; number < 256; ++number) {
    const auto protocol = static_cast<std::uint8_t>(number);
    EXPECT_EQ(protocol_number(protocol_name(protocol)), protocol) << number;
    EXPECT_EQ(protocol_number(std::to_string(number)), protocol);
  }
  EXPECT_EQ(protocol_name(6), "tcp");
  EXPECT_EQ(protocol_name(17), "udp");
  EXPECT_EQ(protocol_name(1), "icmp");
  EXPECT_EQ(protocol_name(89), "ipproto-89");
}

TEST(Protocol, IsNotReadOutOfOtherText) {
  for (const char* text : {"", "TCP/IP", "256", "-1", "6x", "ipproto-", "ipproto-256"}) EXPECT_FALSE(protocol_number(text)) << text;
}

}  // namespace
}  // namespace nightjar
