#include "budget/source_key.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace nightjar::budget {
namespace {

Address address(std::string_view text) { return *parse_address(text); }

TEST(SourceKey, OfAHostIsItsIpv4AddressOrTheSlash64AroundIt) {
  EXPECT_NE(host_key(address("104.16.1.1")), host_key(address("104.16.1.2")));
  EXPECT_EQ(host_key(address("2a00:1450:4001:80e::1")), host_key(address("2a00:1450:4001:80e:ffff::2")));
  EXPECT_NE(host_key(address("2a00:1450:4001:80e::1")), host_key(address("2a00:1450:4001:80f::1")));
}

TEST(SourceKey, OfAPrefixIsTheSlash24OrTheSlash48) {
  EXPECT_EQ(prefix_key(address("104.16.1.1")), prefix_key(address("104.16.1.255")));
  EXPECT_NE(prefix_key(address("104.16.1.255")), prefix_key(address("104.16.2.0")));
  EXPECT_EQ(prefix_key(address("2a00:1450:4001:80e::1")), prefix_key(address("2a00:1450:4001:ffff::1")));
  EXPECT_NE(prefix_key(address("2a00:1450:4001::1")), prefix_key(address("2a00:1450:4002::1")));
}

TEST(SourceKey, OfIpv4IsNoKeyOfIpv6AndNoAddressIsNobody) {
  EXPECT_NE(host_key(address("0.0.0.1")), host_key(address("0:0:0:1::")));
  for (const std::string_view text : {"::", "::1", "0.0.0.0"}) {
    EXPECT_NE(host_key(address(text)), SourceKey::none) << text;
    EXPECT_NE(prefix_key(address(text)), SourceKey::none) << text;
  }
}

}  // namespace
}  // namespace nightjar::budget
