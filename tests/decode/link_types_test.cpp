#include <gtest/gtest.h>

#include "decode/decode.hpp"

namespace nightjar {
namespace {

TEST(LinkTypes, AreNamedAsTcpdumpDoes) {
  EXPECT_EQ("EN10MB", link_type_name(1));
  EXPECT_EQ("RAW", link_type_name(101));
  EXPECT_EQ("LINUX_SLL2", link_type_name(276));
}

TEST(LinkTypes, WithoutANameShowTheNumber) {
  const std::string_view first = link_type_name(147);
  EXPECT_EQ("LINKTYPE 65535", link_type_name(65535));
  EXPECT_EQ("LINKTYPE 147", first);
}

TEST(LinkTypes, OfTheReadmeAreSupportedAndNamed) {
  for (const std::uint16_t link_type : {0, 1, 9, 12, 50, 51, 101, 105, 108, 113, 127, 228, 229, 276}) {
    EXPECT_TRUE(link_type_supported(link_type)) << link_type;
    EXPECT_NE("LINKTYPE", link_type_name(link_type).substr(0, 8));
  }
  for (const std::uint16_t link_type : {147, 195, 197}) EXPECT_FALSE(link_type_supported(link_type)) << link_type;
}

}  // namespace
}  // namespace nightjar
