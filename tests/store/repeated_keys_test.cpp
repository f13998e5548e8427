// In which hours a key may have several rows: what files say of themselves in a version, and what follows from it.
#include "store/repeated_keys.hpp"

#include <gtest/gtest.h>

#include "store/version_json.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kDay = 17493;  // 2017-11-23

std::string version_with(const std::string& once) {
  return R"({"format":"nightjar-lake-version","schema":1,"version":3,"created_ns":1,"next_batch":2,"files":[{"path":)"
         R"("flows/day=2017-11-23/a-b1-0.parquet","rows":5,"bytes":900,"batches":[1],"once":)" +
         once + R"(}],"batches":[]})";
}

TEST(Once, is_read_as_it_was_written) {
  LakeVersion version;
  version.schema = 1;
  version.number = 3;
  LakeFile file;
  file.path = "flows/day=2017-11-23/a-b1-0.parquet";
  file.once = {{"be \"ta", 1}, {"dark", (1U << 24) - 1}};
  version.files = {file};
  const auto read = version_from_json(version_to_json(version), "3.json");
  ASSERT_TRUE(read) << read.error().sentence;
  EXPECT_EQ(read->files.at(0).once, file.once);
}

TEST(Once, makes_a_version_damaged_that_says_what_cannot_be) {
  for (const char* absurd : {"16777216", "-1", "1.5", "\"3\"", "true", "null", "[1]", "{}", "18446744073709551616"}) {
    const auto read = version_from_json(version_with(std::string("{\"dark\":") + absurd + "}"), "3.json");
    ASSERT_FALSE(read) << absurd;
    EXPECT_EQ(read.error().sentence,
              "the lake's version 3.json is damaged: \"once\" of flows/day=2017-11-23/a-b1-0.parquet holds something that is not the hours "
              "of a day");
  }
  for (const char* absurd : {"7", "\"dark\"", "null", "[[\"dark\",1]]", "true"}) {
    const auto read = version_from_json(version_with(absurd), "3.json");
    ASSERT_FALSE(read) << absurd;
    EXPECT_EQ(read.error().sentence,
              "the lake's version 3.json is damaged: \"once\" of flows/day=2017-11-23/a-b1-0.parquet is not an object");
  }
}

TEST(Once, that_is_empty_is_as_if_nothing_were_said) {
  const auto read = version_from_json(version_with("{}"), "3.json");
  ASSERT_TRUE(read);
  EXPECT_EQ(hours_of_repeated_keys(*read, {"dark"}, kDay, kDay + 1).size(), 24u);
}

class RepeatedKeys : public ::testing::Test {
 protected:
  using Hours = std::vector<std::int64_t>;

  void add(const std::string& name, std::map<std::string, std::uint32_t> once, std::int64_t day = kDay, Table table = Table::flows) {
    LakeFile file;
    file.path = "flows/day=x/" + name + ".parquet";
    file.table = table;
    file.day = day;
    file.once = std::move(once);
    version_.files.push_back(file);
  }
  /// As hours of the day.
  Hours repeated(const std::vector<std::string>& sensors = {"dark"}, std::int64_t from = kDay, std::int64_t to = kDay + 1) const {
    Hours hours = hours_of_repeated_keys(version_, sensors, from, to);
    for (std::int64_t& hour : hours) hour -= kDay * 24;
    return hours;
  }
  LakeVersion version_;
};

TEST_F(RepeatedKeys, are_in_hours_that_two_files_have_rows_of) {
  add("a-b1-0", {{"dark", 0b0111}});
  add("a-b1-1", {{"dark", 0b1100}});
  EXPECT_EQ(repeated(), Hours{2});
  add("a-b2-0", {{"dark", 0b1001}});
  EXPECT_EQ(repeated(), (Hours{0, 2, 3}));
}

TEST_F(RepeatedKeys, are_of_the_sensors_asked_for) {
  add("a-b1-0", {{"dark", 1}, {"other", 2}});
  add("a-b2-0", {{"other", 3}});
  EXPECT_EQ(repeated({"dark"}), Hours{});
  EXPECT_EQ(repeated({"dark", "other"}), Hours{1});
}

TEST_F(RepeatedKeys, are_not_in_files_of_one_merge_but_in_those_of_two) {
  add("a-4-merged-0", {{"dark", 3}});
  add("a-4-merged-1", {{"dark", 3}});
  EXPECT_EQ(repeated(), Hours{});
  add("a-9-merged-0", {{"dark", 2}});
  EXPECT_EQ(repeated(), Hours{1});
}

TEST_F(RepeatedKeys, may_be_in_any_hour_of_a_day_with_a_file_that_does_not_say) {
  add("a-b1-0", {{"dark", 1}});
  add("a-b2-0", {}, kDay + 1);
  add("a-b2-0", {}, kDay, Table::minutes);
  EXPECT_EQ(repeated(), Hours{});
  const Hours next_day = repeated({"dark"}, kDay, kDay + 2);
  ASSERT_EQ(next_day.size(), 24u);
  EXPECT_EQ(next_day.front(), 24);
  EXPECT_EQ(next_day.back(), 47);
}

}  // namespace
}  // namespace nightjar
