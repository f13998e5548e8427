#include <gtest/gtest.h>

#include "enrich/geolocation.hpp"
#include "net/address.hpp"

namespace nightjar {
namespace {

bool reserved(const char* text) {
  const auto address = parse_address(text);
  EXPECT_TRUE(address) << text;
  return address && is_reserved(address->version, address->high, address->low);
}

// First and last address of each block of the IANA registries, and the neighbours outside.
TEST(Reserved, KnowsTheSpecialPurposeBlocksOfIpv4) {
  for (const char* inside :
       {"0.0.0.0",         "0.255.255.255", "10.0.0.0",        "10.255.255.255", "100.64.0.0",     "100.127.255.255", "127.0.0.1",
        "127.255.255.255", "169.254.0.0",   "169.254.255.255", "172.16.0.0",     "172.31.255.255", "192.0.0.0",       "192.0.0.255",
        "192.0.2.0",       "192.0.2.255",   "192.31.196.1",    "192.52.193.1",   "192.88.99.0",    "192.88.99.255",   "192.168.0.0",
        "192.168.255.255", "192.175.48.1",  "198.18.0.0",      "198.19.255.255", "198.51.100.0",   "198.51.100.255",  "203.0.113.0",
        "203.0.113.255",   "224.0.0.0",     "239.255.255.255", "240.0.0.0",      "255.255.255.255"}) {
    EXPECT_TRUE(reserved(inside)) << inside;
  }
  for (const char* outside :
       {"1.0.0.0",         "9.255.255.255", "11.0.0.0",       "100.63.255.255", "100.128.0.0",     "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0",   "172.15.255.255", "172.32.0.0",     "191.255.255.255", "192.0.1.0",       "192.0.3.0",
        "192.31.195.255",  "192.52.194.0",  "192.88.98.255",  "192.88.100.0",   "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",      "198.51.99.255", "198.51.101.0",   "203.0.112.255",  "203.0.114.0",     "223.255.255.255"}) {
    EXPECT_FALSE(reserved(outside)) << outside;
  }
}

TEST(Reserved, KnowsTheSpecialPurposeBlocksOfIpv6) {
  for (const char* inside : {"::",
                             "::1",
                             "::ffff:8.8.8.8",
                             "64:ff9b::1",
                             "64:ff9b:1::1",
                             "100::1",
                             "100:0:0:1::1",
                             "2001::1",
                             "2001:1ff:ffff::1",
                             "2001:db8::",
                             "2001:db8:ffff:ffff::1",
                             "2002::",
                             "2002:ffff:ffff::1",
                             "2620:4f:8000::1",
                             "3fff::1",
                             "3fff:fff:ffff::1",
                             "5f00::1",
                             "fc00::1",
                             "fdff:ffff::1",
                             "fe80::1",
                             "fec0::1",
                             "ff02::1"}) {
    EXPECT_TRUE(reserved(inside)) << inside;
  }
  for (const char* outside : {"2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2400::1",
                              "2620:4f:7fff::1", "2620:4f:8001::1", "2a00::1", "3ffd::1", "3fff:1000::1"}) {
    EXPECT_FALSE(reserved(outside)) << outside;
  }
}

}  // namespace
}  // namespace nightjar
