#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "scratch_folder.hpp"
#include "standard_input.hpp"

namespace nightjar::test {
namespace {

TEST(SpoolStandardInput, copies_every_byte) {
  const ScratchFolder folder;
  const Bytes content = counting(300'001);
  const StandardInput input(content);
  const Result<void> done = spool_standard_input(folder.path("spool"));
  ASSERT_TRUE(done) << done.error().sentence;
  const auto copy = read_file(folder.path("spool"));
  ASSERT_TRUE(copy);
  EXPECT_EQ(Bytes(copy->begin(), copy->end()), content);
}

TEST(SpoolStandardInput, full_disk_is_a_sentence) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const ScratchFolder folder;
  std::filesystem::create_symlink("/dev/full", folder.path("full"));
  const StandardInput input(counting(10));
  const Result<void> done = spool_standard_input(folder.path("full"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().sentence, ::testing::EndsWith("No space left on device"));
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(folder.path("full")))) << "nothing half is left";
}

TEST(SpoolStandardInput, folder_that_is_not_there_is_a_sentence) {
  const ScratchFolder folder;
  const StandardInput input({});
  const Result<void> done = spool_standard_input(folder.path("none/spool"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().sentence, ::testing::EndsWith("No such file or directory"));
}

}  // namespace
}  // namespace nightjar::test
