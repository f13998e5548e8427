#include "store/compact.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "store/counts.hpp"
#include "store/random_rows.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

const Names kNames = {"dark-b", "honey", "dark-a"};
const char* const kTotals =
    "SELECT count(DISTINCT hash(hour, sensor, src, src_low, protocol, port, class, facts, window)), sum(packets), sum(bytes), "
    "bit_or(dst_bits), "
    "min(hour), max(batch) FROM flows";

CompactSummary compacted(RowsLake& at, CompactOptions options = {}) {
  Lake lake = at.lake();
  return take(compact(lake, options));
}

TEST(Compact, of_an_absent_or_empty_lake_does_nothing) {
  RowsLake at;
  EXPECT_EQ(compacted(at).days, 0u);
  EXPECT_FALSE(std::filesystem::exists(at.root()));
  take(at.lake().begin_write());
  EXPECT_EQ(compacted(at).days, 0u);
}

TEST(Compact, merges_each_day_by_itself_and_keeps_the_batches) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  std::vector<LakeFile> files;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const auto day = kDay + static_cast<std::int64_t>(i / 2);
    files.push_back(at.write_rows(writer, Table::flows, day, random_flows(200, day, static_cast<std::uint32_t>(i)), kNames));
    files.back().batches = {i + 1, 9};
    files.back().modelled = i == 0;
  }
  at.commit(writer, files);
  const auto before = at.ask(kTotals);
  const CompactSummary summary = compacted(at);
  EXPECT_EQ(summary.days, 2u);
  EXPECT_EQ(summary.files_before, 4u);
  EXPECT_EQ(summary.files_after, 2u);
  EXPECT_EQ(at.ask(kTotals), before);
  const auto snapshot = take(at.lake().snapshot());
  ASSERT_EQ(snapshot->version().files.size(), 2u);
  EXPECT_EQ(snapshot->version().files[0].batches, (std::vector<std::uint64_t>{1, 2, 9}));
  EXPECT_TRUE(snapshot->version().files[0].modelled) << "the mark survives";
  EXPECT_EQ(snapshot->version().files[1].batches, (std::vector<std::uint64_t>{3, 4, 9}));
  EXPECT_FALSE(snapshot->version().files[1].modelled);
}

TEST(Compact, takes_the_days_it_is_told_to) {
  RowsLake at;
  for (std::int64_t day = kDay; day < kDay + 3; ++day) at.add_rows(Table::flows, day, random_flows(50, day, 1), kNames);
  CompactOptions options;
  options.from_day = kDay + 1;
  options.to_day = kDay + 2;
  std::vector<std::int64_t> days;
  options.on_day = [&](std::int64_t day) { days.push_back(day); };
  EXPECT_EQ(compacted(at, options).days, 1u);
  EXPECT_EQ(days, std::vector<std::int64_t>{kDay + 1});
}

TEST(Compact, starts_again_when_a_late_file_comes) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, random_flows(100, kDay, 1), kNames);
  EXPECT_EQ(compacted(at).days, 1u);
  at.add_rows(Table::flows, kDay, random_flows(100, kDay, 2), kNames);
  const auto before = at.ask(kTotals);
  EXPECT_EQ(compacted(at).files_before, 2u);
  EXPECT_EQ(at.ask(kTotals), before);
  EXPECT_EQ(compacted(at).days, 0u);
}

TEST(Compact, cuts_a_big_day_so_that_no_key_lies_in_two_files) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, random_flows(3000, kDay, 1), kNames);
  at.add_rows(Table::backscatter, kDay, random_backscatter(300, kDay, 1), kNames);
  const auto before = at.ask(kTotals);
  CompactOptions options;
  options.rows_per_file = 100;
  options.most_files = 4;
  const CompactSummary summary = compacted(at, options);
  EXPECT_GT(summary.files_after, 2u);
  EXPECT_LE(summary.files_after, 8u);
  EXPECT_EQ(at.ask(kTotals), before);
  EXPECT_EQ(at.ask("SELECT count(*) FROM (SELECT 1 FROM flows GROUP BY hour, sensor, src, src_low, protocol, port, class, facts, window "
                   "HAVING count(*) > 1)"),
            std::vector<std::string>{"0"});
  EXPECT_EQ(compacted(at, options).days, 0u);
}

TEST(Compact, keeps_counts_that_are_true_still) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, random_flows(100, kDay, 1), kNames);
  Lake lake = at.lake();
  EXPECT_EQ(take(ensure_counts(lake, kDay, kDay + 1)), 1u);
  const auto counts = at.ask("SELECT * FROM counts ORDER BY ALL");
  compacted(at);
  EXPECT_EQ(take(ensure_counts(lake, kDay, kDay + 1)), 0u);
  EXPECT_EQ(at.ask("SELECT * FROM counts ORDER BY ALL"), counts);
  EXPECT_GT(counts.size(), 10u);
}

TEST(Compact, commits_many_days_at_once) {
  RowsLake at;
  for (std::int64_t day = kDay; day < kDay + 5; ++day) at.add_rows(Table::flows, day, random_flows(50, day, 1), kNames);
  const auto before = at.ask(kTotals);
  Lake lake = at.lake();
  EXPECT_EQ(take(ensure_counts(lake, kDay, kDay + 5)), 5u);
  const std::uint64_t version = take(lake.snapshot())->version().number;
  CompactOptions options;
  options.commit_days = 3;
  std::size_t announced = 0;
  options.on_begin = [&](std::size_t days) { announced = days; };
  EXPECT_EQ(compacted(at, options).days, 5u);
  EXPECT_EQ(announced, 5u);
  EXPECT_EQ(take(lake.snapshot())->version().number, version + 2) << "three days, then two";
  EXPECT_EQ(at.ask(kTotals), before);
  EXPECT_EQ(take(ensure_counts(lake, kDay, kDay + 5)), 0u) << "the counts of each day stay true";
}

TEST(Compact, commits_when_many_bytes_were_merged) {
  RowsLake at;
  for (std::int64_t day = kDay; day < kDay + 3; ++day) at.add_rows(Table::flows, day, random_flows(50, day, 1), kNames);
  CompactOptions options;
  options.commit_bytes = 1;
  const std::uint64_t version = take(at.lake().snapshot())->version().number;
  EXPECT_EQ(compacted(at, options).days, 3u);
  EXPECT_EQ(take(at.lake().snapshot())->version().number, version + 3);
}

TEST(Compact, leaves_out_only_the_day_that_another_process_changed) {
  RowsLake at;
  std::vector<LakeFile> files;
  const Writer writer = take(at.lake().begin_write());
  for (std::int64_t day = kDay; day < kDay + 3; ++day) {
    files.push_back(at.write_rows(writer, Table::flows, day, random_flows(50, day, 1), kNames));
  }
  at.commit(writer, files);
  CompactOptions options;
  options.on_day = [&](std::int64_t day) {
    // While the last day is being merged somebody replaces the file of the second.
    if (day != kDay + 2) return;
    at.commit(writer, {at.write_rows(writer, Table::flows, kDay + 1, random_flows(70, kDay + 1, 2), kNames)}, {files[1].path});
  };
  const CompactSummary summary = compacted(at, options);
  EXPECT_EQ(summary.days, 2u);
  EXPECT_EQ(summary.skipped, 1u);
  EXPECT_EQ(summary.files_after, 2u);
  EXPECT_EQ(compacted(at).days, 1u) << "the next run takes it";
}

TEST(CompactingProcess, DISABLED_compacts) {
  RowsLake at{std::filesystem::path(std::getenv("NIGHTJAR_TEST_LAKE"))};
  Lake lake = at.lake();
  (void)compact(lake, {});
}

class CompactCrash : public ::testing::TestWithParam<const char*> {};

TEST_P(CompactCrash, leaves_the_same_rows) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, random_flows(100, kDay, 1), kNames);
  at.add_rows(Table::flows, kDay, random_flows(100, kDay, 2), kNames);
  const auto before = at.ask(kTotals);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("NIGHTJAR_FAILPOINT", GetParam(), 1);
    ::setenv("NIGHTJAR_TEST_LAKE", at.root().c_str(), 1);
    ::execl("/proc/self/exe", "test_store", "--gtest_filter=CompactingProcess.*", "--gtest_also_run_disabled_tests", "--gtest_brief=1",
            nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status) || std::string_view(GetParam()).ends_with("error")) << "nobody passed " << GetParam();
  EXPECT_EQ(at.ask(kTotals), before);
  compacted(at);
  EXPECT_EQ(at.ask(kTotals), before);
  take(at.lake().sweep(0));
  std::size_t on_disk = 0;
  for (const auto& entry : std::filesystem::directory_iterator(at.root() / day_folder(Table::flows, kDay))) {
    on_disk += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(on_disk, 1u);
}

INSTANTIATE_TEST_SUITE_P(Failpoints, CompactCrash,
                         ::testing::Values("compact.merged=kill", "compact.merged=error", "compact.published=kill",
                                           "store.version-prepared=kill", "store.version-published=kill"));

}  // namespace
}  // namespace nightjar
