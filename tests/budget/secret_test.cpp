#include "budget/secret.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace nightjar::budget {
namespace {

/// Key 00 01 .. 0f, as in the paper's example.
constexpr Secret kPaper{0x0706050403020100, 0x0f0e0d0c0b0a0908};

std::vector<std::uint8_t> counting(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

TEST(SipHash, IsThatOfThePaper) { EXPECT_EQ(sip_hash(kPaper, counting(15)), 0xa129ca6149be45e5u); }

// `openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:8 SIPHASH` prints its bytes, the lowest first.
TEST(SipHash, IsWhatOpensslSays) {
  EXPECT_EQ(sip_hash(kPaper, counting(0)), 0x726fdb47dd0e0e31u);
  EXPECT_EQ(sip_hash(kPaper, counting(8)), 0x93f5f5799a932462u);
}

TEST(SipHash, OfAWordIsThatOfItsBytes) { EXPECT_EQ(sip_hash(kPaper, std::uint64_t{0x0706050403020100}), 0x93f5f5799a932462u); }

TEST(Secret, IsAnotherOneEveryTime) {
  const Secret one = draw_secret(), other = draw_secret();
  EXPECT_NE(one.first, other.first);
  EXPECT_NE(one.second, other.second);
  EXPECT_NE(one.first, one.second);
}

}  // namespace
}  // namespace nightjar::budget
