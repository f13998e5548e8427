#include "store/version_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace nightjar {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using Numbers = std::vector<std::uint64_t>;

Numbers read(const std::string& text, std::string& complaint) { return numbers_from_json(json::parse(text), "\"batches\"", complaint); }

TEST(VersionJson, WritesRunsOfNumbersShort) {
  EXPECT_EQ(numbers_to_json({}).dump(), "[]");
  EXPECT_EQ(numbers_to_json({7}).dump(), "[7]");
  EXPECT_EQ(numbers_to_json({1, 2, 4, 5, 6, 9}).dump(), "[1,2,[4,6],9]");
  for (const Numbers& numbers : {Numbers{}, Numbers{3}, Numbers{1, 2, 4, 5, 6, 9}, Numbers{0, 1, 2, 3, ~0ULL}}) {
    std::string complaint;
    EXPECT_EQ(read(numbers_to_json(numbers).dump(), complaint), numbers);
    EXPECT_EQ(complaint, "");
  }
  std::string complaint;
  EXPECT_EQ(read("[1,2,3]", complaint), (Numbers{1, 2, 3})) << "as older lakes wrote them";
}

TEST(VersionJson, DamagedRunsAreComplaintsAndTakeNoMemory) {
  for (const char* text : {"[[2,1]]", "[[0,18446744073709551615]]", "[[0,39999999],[50000000,99999999]]", "[[1]]", "[[1,2,3]]", "[\"1\"]",
                           "[-1]", "[1.5]", "[[1,-2]]", "[null]"}) {
    std::string complaint;
    EXPECT_TRUE(read(text, complaint).empty()) << text;
    EXPECT_THAT(complaint, HasSubstr("\"batches\" holds")) << text;
  }
}

TEST(VersionJson, KeepsMergedBatches) {
  LakeVersion version;
  version.number = 3;
  version.next_batch = 12;
  LakeBatch merged;
  merged.id = 2;
  merged.more = {3, 4, 5, 9};
  merged.packets = 77;
  version.batches = {merged, LakeBatch{11, "batches/11.json", 5, true}};
  const auto again = version_from_json(version_to_json(version), "3.json");
  ASSERT_TRUE(again) << again.error().sentence;
  ASSERT_EQ(again->batches.size(), 2U);
  EXPECT_EQ(again->batches[0].manifest, "batches/2-9-5.json");
  EXPECT_EQ(again->batches[0].more, merged.more);
  EXPECT_TRUE(again->batches[0].holds(9));
  EXPECT_TRUE(again->batches[0].holds(2));
  EXPECT_FALSE(again->batches[0].holds(6));
  EXPECT_EQ(again->batches[1].manifest, "batches/11.json");
}

}  // namespace
}  // namespace nightjar
