#include "reflector/dns_zone.hpp"

#include <gtest/gtest.h>

namespace nightjar::reflector {
namespace {

using namespace std::string_literals;

TEST(DnsName, IsLabelsBehindTheirLengths) {
  EXPECT_EQ(*DnsZone::wire_name("Example.com"), "\7example\3com\0"s);
  EXPECT_EQ(*DnsZone::wire_name("example.com."), "\7example\3com\0"s);
  EXPECT_EQ(*DnsZone::wire_name("."), "\0"s);
  EXPECT_EQ(*DnsZone::wire_name("a\\.b.c"), "\3a.b\1c\0"s);
}

TEST(DnsName, IsRefusedWhereItIsNone) {
  const std::string label(64, 'x');
  std::string longest;
  for (int i = 0; i < 4; ++i) longest += std::string(63, 'x') + ".";
  for (const std::string& text : {""s, "a..b"s, ".a"s, label, longest}) {
    const auto name = DnsZone::wire_name(text);
    ASSERT_FALSE(name) << text;
    EXPECT_NE(name.error().sentence.find("is no name of DNS"), std::string::npos);
  }
  EXPECT_TRUE(DnsZone::wire_name(std::string(63, 'x')));
}

TEST(DnsZone, FindsTheRecordsOfANameInTheirOrder) {
  const DnsZone zone({{"\1b\0"s, 1, 1, {}}, {"\1a\0"s, 2, 1, {}}, {"\1b\0"s, 3, 1, {}}, {"\1c\0"s, 4, 1, {}}});
  const auto records = zone.records_of("\1b\0"s);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].type, 1);
  EXPECT_EQ(records[1].type, 3);
  EXPECT_TRUE(zone.records_of("\1d\0"s).empty());
  EXPECT_TRUE(zone.records_of("").empty());
}

}  // namespace
}  // namespace nightjar::reflector
