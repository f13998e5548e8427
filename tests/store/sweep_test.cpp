#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

bool exists(const RowsLake& at, const std::string& path) { return std::filesystem::exists(at.root() / path); }

TEST(Sweep, deletes_replaced_files_once_nobody_reads_them) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const LakeFile first = at.write_dummy(writer), second = at.write_dummy(writer);
  at.commit(writer, {first});
  auto reader = take(at.lake().snapshot());
  at.commit(writer, {second}, {first.path});
  EXPECT_EQ(take(at.lake().sweep(0)), 0u) << "version 1 is being read";
  EXPECT_TRUE(exists(at, first.path));
  reader.reset();
  EXPECT_EQ(take(at.lake().sweep(0)), 1u);
  EXPECT_FALSE(exists(at, first.path));
  EXPECT_FALSE(exists(at, "versions/1.json"));
  EXPECT_TRUE(exists(at, second.path));
  EXPECT_TRUE(exists(at, "versions/2.json"));
}

TEST(Sweep, keeps_files_that_were_replaced_a_moment_ago) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const LakeFile first = at.write_dummy(writer), second = at.write_dummy(writer);
  at.commit(writer, {first});
  at.commit(writer, {second}, {first.path});
  EXPECT_EQ(take(at.lake().sweep()), 0u);
  EXPECT_TRUE(exists(at, first.path));
}

TEST(Sweep, keeps_files_when_the_clock_went_back) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const LakeFile first = at.write_dummy(writer), second = at.write_dummy(writer);
  at.commit(writer, {first});
  // Version 1 was made by a clock that ran an hour ahead: whatever follows must not look older.
  const auto file = at.root() / "versions/1.json";
  std::string text = take(read_file(file));
  const std::size_t begin = text.find("\"created_ns\":") + 13, end = text.find(',', begin);
  const std::int64_t ahead = std::stoll(text.substr(begin, end - begin)) + 3600LL * 1'000'000'000;
  text.replace(begin, end - begin, std::to_string(ahead));
  at.folder().write("lake/versions/1.json", text);
  at.commit(writer, {second}, {first.path});
  EXPECT_GT(take(at.lake().snapshot())->version().created_ns, ahead);
  EXPECT_EQ(take(at.lake().sweep(0)), 0u);
  EXPECT_TRUE(exists(at, first.path));
}

TEST(Sweep, of_an_absent_lake_does_nothing) {
  RowsLake at;
  EXPECT_EQ(take(at.lake().sweep(0)), 0u);
  EXPECT_FALSE(std::filesystem::exists(at.root()));
}

TEST(Sweep, leaves_what_living_writers_write) {
  RowsLake at;
  const Writer living = take(at.lake().begin_write());
  const LakeFile file = at.write_dummy(living);
  EXPECT_EQ(take(at.lake().sweep(0)), 0u);
  const Writer other = take(at.lake().begin_write());
  EXPECT_TRUE(exists(at, file.path));
  EXPECT_NE(living.token(), other.token());
}

TEST(Sweep, removes_what_a_dead_writer_left_when_the_next_begins) {
  RowsLake at;
  LakeFile left;
  {
    const Writer dead = take(at.lake().begin_write());
    left = at.write_dummy(dead);
    at.folder().write("lake/" + left.path + ".tmp", "x");
  }
  at.folder().write("lake/flows/day=2017-11-23/mine.parquet", "x");
  at.folder().write("lake/batches/77.json", "{}");
  at.folder().write("lake/tmp/0123456789ab/spill.tmp", "x");
  at.folder().write("lake/tmp/0123456789ab.lock", "");
  const Writer next = take(at.lake().begin_write());
  EXPECT_FALSE(exists(at, left.path));
  EXPECT_FALSE(exists(at, left.path + ".tmp"));
  EXPECT_FALSE(exists(at, "batches/77.json"));
  EXPECT_FALSE(exists(at, "tmp/0123456789ab"));
  EXPECT_TRUE(exists(at, "flows/day=2017-11-23/mine.parquet")) << "not a name of ours";
}

TEST(Sweep, of_leftovers_reads_the_newest_version_only_while_nothing_is_left_over) {
  RowsLake at;
  {
    const Writer writer = take(at.lake().begin_write());
    at.commit(writer, {at.write_dummy(writer)});
    at.commit(writer, {at.write_dummy(writer)});
  }
  at.folder().write("lake/versions/1.json", "damaged");
  at.folder().write("lake/tmp/0123456789ab/spill.tmp", "x");
  at.folder().write("lake/tmp/0123456789ab.lock", "");
  take(at.lake().begin_write());
  EXPECT_FALSE(exists(at, "tmp/0123456789ab")) << "version 1 was looked at";
}

TEST(Sweep, of_leftovers_keeps_what_only_an_older_version_lists_and_all_while_one_is_damaged) {
  RowsLake at;
  LakeFile replaced, left;
  {
    const Writer writer = take(at.lake().begin_write());
    replaced = at.write_dummy(writer);
    at.commit(writer, {replaced});
    at.commit(writer, {at.write_dummy(writer)}, {replaced.path});
    left = at.write_dummy(writer);
  }
  const std::string first = take(read_file(at.root() / "versions/1.json"));
  at.folder().write("lake/versions/1.json", "damaged");
  take(at.lake().begin_write());
  EXPECT_TRUE(exists(at, left.path)) << "the damaged version may list it";
  at.folder().write("lake/versions/1.json", first);
  take(at.lake().begin_write());
  EXPECT_FALSE(exists(at, left.path));
  EXPECT_TRUE(exists(at, replaced.path));
}

TEST(Sweep, lets_readers_work_while_others_write_and_sweep) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  LakeFile last = at.write_dummy(writer);
  at.commit(writer, {last});
  const pid_t child = ::fork();
  if (child == 0) {
    int bad = 0;
    for (int i = 0; i < 300; ++i) {
      const auto snapshot = at.lake().snapshot();
      if (!snapshot || (*snapshot)->version().files.size() != 1) ++bad;
      if (snapshot && !std::filesystem::exists(at.root() / (*snapshot)->version().files[0].path)) ++bad;
    }
    ::_exit(bad == 0 ? 0 : 1);
  }
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    const LakeFile next = at.write_dummy(writer);
    at.commit(writer, {next}, {last.path});
    last = next;
    take(at.lake().sweep(0));
  }
  EXPECT_EQ(status, 0);
}

/// What a process does that dies at a failpoint; run by Crash in a process of its own, since the failpoint is read once.
TEST(CrashingProcess, DISABLED_commits_and_sweeps) {
  RowsLake at{std::filesystem::path(std::getenv("NIGHTJAR_TEST_LAKE"))};
  const Writer writer = take(at.lake().begin_write());
  Change change;
  change.added = {at.write_dummy(writer)};
  change.manifest = Manifest{1, 1, "", "", {}, {ManifestCapture()}};
  (void)at.lake().commit(writer, std::move(change));
  (void)at.lake().sweep(0);
}

class Crash : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(Crash, leaves_the_old_version_or_the_new_one_whole) {
  const auto [point, action] = GetParam();
  RowsLake at;
  {
    const Writer writer = take(at.lake().begin_write());
    at.commit(writer, {at.write_dummy(writer)});
    at.commit(writer, {at.write_dummy(writer)});
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("NIGHTJAR_FAILPOINT", (std::string(point) + "=" + action).c_str(), 1);
    ::setenv("NIGHTJAR_TEST_LAKE", at.root().c_str(), 1);
    ::execl("/proc/self/exe", "test_store", "--gtest_filter=CrashingProcess.*", "--gtest_also_run_disabled_tests", "--gtest_brief=1",
            nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (std::string_view(action) == "kill") {
    ASSERT_TRUE(WIFSIGNALED(status)) << "nobody passed " << point;
  } else {
    ASSERT_EQ(status, 0);
  }

  const Writer next = take(at.lake().begin_write());
  const auto snapshot = take(at.lake().snapshot());
  const LakeVersion& version = snapshot->version();
  ASSERT_TRUE(version.number == 2 || version.number == 3);
  EXPECT_EQ(version.files.size(), version.number);
  EXPECT_EQ(take(at.lake().manifests(*snapshot)).size(), version.number == 3 ? 1u : 0u);
  std::size_t on_disk = 0;
  for (const auto& entry : std::filesystem::directory_iterator(at.root() / day_folder(Table::flows, kDay))) {
    on_disk += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(on_disk, version.files.size()) << "the dead writer's file must be listed or gone";
  for (const LakeFile& file : version.files) EXPECT_TRUE(std::filesystem::exists(at.root() / file.path));
  at.commit(next, {at.write_dummy(next)});
  EXPECT_EQ(take(at.lake().snapshot())->version().number, version.number + 1);
}

INSTANTIATE_TEST_SUITE_P(Failpoints, Crash,
                         ::testing::Combine(::testing::Values("store.files-synced", "store.manifest-written", "store.version-prepared",
                                                              "store.version-published", "store.sweep"),
                                            ::testing::Values("kill", "error")));

}  // namespace
}  // namespace nightjar
