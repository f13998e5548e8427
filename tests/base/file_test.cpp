#include "base/file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

namespace nightjar {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  File() {
    std::string name = (fs::temp_directory_path() / "nightjar-file-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~File() override { fs::remove_all(folder_); }
  void write(const fs::path& path, std::string_view content) { std::ofstream(path) << content; }

  /// Whether another process could lock `path` now.
  bool another_process_gets(FileLock::Kind kind, const fs::path& path) {
    const pid_t child = fork();
    if (child == 0) _exit(FileLock::take(path, kind, false).has_value() ? 0 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  fs::path folder_;
};

TEST_F(File, IsReadWhole) {
  const std::string content(200'000, 'x');
  write(folder_ / "a", content);
  ASSERT_TRUE(read_file(folder_ / "a"));
  EXPECT_EQ(*read_file(folder_ / "a"), content);
}

TEST_F(File, ThatIsMissingOrAFolderIsNamedInTheError) {
  const auto missing = read_file(folder_ / "nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().sentence, "cannot open " + (folder_ / "nothing").string() + ": No such file or directory");
  const auto folder = read_file(folder_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().sentence, "cannot read " + folder_.string() + ": Is a directory");
}

TEST_F(File, LargerThanTheLimitIsRefused) {
  write(folder_ / "a", "12345");
  EXPECT_TRUE(read_file(folder_ / "a", 5));
  const auto refused = read_file(folder_ / "a", 4);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().sentence.find("larger than the 4 bytes"), std::string::npos);
}

TEST_F(File, WrittenAtomicallyReplacesTheOldContentAndLeavesNothingBeside) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "old"));
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "new"));
  EXPECT_EQ(*read_file(folder_ / "a"), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(File, WrittenByManyAtOnceHasTheWholeContentOfOneOfThem) {
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::string content(10'000 + static_cast<std::size_t>(i), static_cast<char>('a' + i));
      for (int again = 0; again < 50; ++again) failures += write_file_atomically(folder_ / "a", content) ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  const std::string content = *read_file(folder_ / "a");
  ASSERT_FALSE(content.empty());
  EXPECT_EQ(content, std::string(10'000 + static_cast<std::size_t>(content[0] - 'a'), content[0]));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(File, HalfWrittenByOneThatDiedIsWrittenAnew) {
  write(folder_ / "a.tmp", std::string(1000, 'x'));
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "new"));
  EXPECT_EQ(*read_file(folder_ / "a"), "new");
}

TEST_F(File, CannotBeWrittenWhereThereIsNoFolder) {
  const auto written = write_file_atomically(folder_ / "no" / "a", "content");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().sentence.find("cannot write"), std::string::npos);
}

TEST_F(File, OnAFullDiskKeepsItsOldContentUnderTheName) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full on this system";
  // The name under which content is written aside leads to a device that is always full.
  write(folder_ / "a", "old");
  fs::create_symlink("/dev/full", folder_ / "a.tmp");
  const auto written = write_file_atomically(folder_ / "a", "new");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().sentence.find("No space left on device"), std::string::npos) << written.error().sentence;
  EXPECT_EQ(*read_file(folder_ / "a"), "old");
}

TEST_F(File, FoldersAreMadeWithTheirParentsAndMayBeThere) {
  ASSERT_TRUE(make_folders(folder_ / "x" / "y"));
  ASSERT_TRUE(make_folders(folder_ / "x" / "y"));
  EXPECT_TRUE(fs::is_directory(folder_ / "x" / "y"));
}

TEST_F(File, InTheWayOfAFolderIsAnError) {
  write(folder_ / "a", "");
  const auto made = make_folders(folder_ / "a");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().sentence.find("is not a folder"), std::string::npos) << made.error().sentence;
}

TEST_F(File, ThatIsNotThereCannotBeFlushed) { EXPECT_FALSE(sync_path(folder_ / "nothing")); }

TEST_F(File, LockedExclusivelyIsLockedForEverybodyElse) {
  auto lock = FileLock::take(folder_ / "lock", FileLock::Kind::exclusive, false);
  ASSERT_TRUE(lock);
  EXPECT_FALSE(another_process_gets(FileLock::Kind::exclusive, folder_ / "lock"));
  EXPECT_FALSE(another_process_gets(FileLock::Kind::shared, folder_ / "lock"));
}

TEST_F(File, LockedSharedCanBeSharedButNotTaken) {
  auto lock = FileLock::take(folder_ / "lock", FileLock::Kind::shared, false);
  ASSERT_TRUE(lock);
  EXPECT_TRUE(another_process_gets(FileLock::Kind::shared, folder_ / "lock"));
  EXPECT_FALSE(another_process_gets(FileLock::Kind::exclusive, folder_ / "lock"));
}

TEST_F(File, IsFreeWhenItsLockGoes) {
  std::optional<FileLock> kept;
  {
    auto lock = FileLock::take(folder_ / "lock", FileLock::Kind::exclusive, false);
    ASSERT_TRUE(lock);
    kept.emplace(*std::move(lock));
  }
  EXPECT_FALSE(another_process_gets(FileLock::Kind::shared, folder_ / "lock")) << "moved, not freed";
  kept.reset();
  EXPECT_TRUE(another_process_gets(FileLock::Kind::exclusive, folder_ / "lock"));
}

TEST_F(File, LockedByAnotherIsSaidInASentence) {
  auto lock = FileLock::take(folder_ / "lock", FileLock::Kind::exclusive, false);
  ASSERT_TRUE(lock);
  const auto second = FileLock::take(folder_ / "lock", FileLock::Kind::exclusive, false);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().sentence.find("is locked by another process"), std::string::npos);
  EXPECT_FALSE(FileLock::take(folder_ / "no" / "lock", FileLock::Kind::shared, false)) << "no folder to make the lock in";
}

}  // namespace
}  // namespace nightjar
