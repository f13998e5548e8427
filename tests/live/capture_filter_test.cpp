#include "live/capture_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightjar {
namespace {

using ::testing::HasSubstr;

TEST(CaptureFilter, OfNoWordsKeepsEverythingUpToTheLength) {
  const auto steps = compile_filter("", 1, 96);
  ASSERT_TRUE(steps);
  ASSERT_EQ(steps->size(), 1U);
  EXPECT_EQ(steps->front().code, 0x06) << "return a constant (bpf(4))";
  EXPECT_EQ(steps->front().k, 96U);
}

TEST(CaptureFilter, LooksWhereTheLinkTypePutsTheProtocol) {
  // Ethernet: the type is the half word at 12; raw IP: the version is in the first byte.
  const auto ethernet = compile_filter("ip", 1, 65535), raw = compile_filter("ip", 101, 65535);
  ASSERT_TRUE(ethernet);
  ASSERT_TRUE(raw);
  EXPECT_EQ(ethernet->front().code, 0x28) << "load half word";
  EXPECT_EQ(ethernet->front().k, 12U);
  EXPECT_EQ(raw->front().code, 0x30) << "load byte";
  EXPECT_EQ(raw->front().k, 0U);
}

TEST(CaptureFilter, ThatIsNoneIsNamedWithItsLanguage) {
  const auto steps = compile_filter("tcp prot 23", 1, 65535);
  ASSERT_FALSE(steps);
  EXPECT_THAT(steps.error().sentence, HasSubstr("'tcp prot 23'"));
  EXPECT_THAT(steps.error().sentence, HasSubstr("man pcap-filter"));
}

TEST(CaptureFilter, OfVlanTagsIsRefusedBecauseTheKernelTakesThemOut) {
  EXPECT_FALSE(compile_filter("vlan 7 and ip", 1, 65535));
  EXPECT_FALSE(compile_filter("not vlan", 1, 65535));
}

}  // namespace
}  // namespace nightjar
