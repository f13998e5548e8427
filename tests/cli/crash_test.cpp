#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "base/failpoint.hpp"
#include "support/lake_fixture.hpp"
#include "support/program.hpp"

namespace nightjar {
namespace {

using namespace test;

#ifdef NIGHTJAR_SANITIZED
constexpr int kKills = 12;
#else
constexpr int kKills = 200;
#endif

/// Asks a lake again and again while others write and die, and notes what must never be: parts of a batch.
class Reader {
 public:
  explicit Reader(std::filesystem::path lake) : lake_(std::move(lake)), thread_([this] { read(); }) {}
  ~Reader() {
    ended_ = true;
    thread_.join();
    EXPECT_TRUE(complaints_.empty()) << complaints_.front();
  }
  int reads() const { return reads_; }

 private:
  void read() {
    std::uint64_t last_version = 0;
    while (!ended_) {
      auto snapshot = Lake(lake_).snapshot();
      if (!snapshot) {
        complaints_.push_back(snapshot.error().sentence);
        return;
      }
      const std::uint64_t version = (*snapshot)->version().number;
      if (version < last_version) complaints_.push_back("versions go backwards");
      last_version = version;
      auto session = QuerySession::open(*snapshot, {.threads = 1});
      if (!session) {
        complaints_.push_back(session.error().sentence);
        return;
      }
      auto answer = (*session)->run_raw(
          "SELECT (SELECT sum(packets) FROM flows), (SELECT sum(packets) FROM minutes), (SELECT sum(packets) FROM sensor_days)");
      if (!answer) {
        complaints_.push_back(answer.error().sentence);
        return;
      }
      const auto& row = answer->rows.front();
      if (row[0] != row[1] || row[1] != row[2]) complaints_.push_back("version " + std::to_string(version) + " holds a part of a batch");
      ++reads_;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  std::filesystem::path lake_;
  std::atomic<bool> ended_{false};
  std::atomic<int> reads_{0};
  std::vector<std::string> complaints_;
  std::thread thread_;
};

/// Eight captures that make four batches over two days, and the lake of an undisturbed run.
class CrashTest : public LakeTest {
 protected:
  void SetUp() override {
    for (int i = 0; i < 8; ++i) {
      file("in/" + std::to_string(i) + ".pcap",
           darknet_traffic(3'000, static_cast<std::uint64_t>(i), kNov23 + i * 21'600'000'000'000, 21'000'000'000'000).content());
    }
    use_lake("undisturbed");
    ASSERT_EQ(run(ingest_words()).status, 0);
    expected_ = content();
    ASSERT_GT(expected_.size(), 1'000u);
  }

  std::vector<std::string> ingest_words() const {
    return {"ingest", (folder_ / "in").string(), "--lake", lake_folder().string(), "--batch", "7000", "--jobs", "2", "--quiet"};
  }
  std::vector<std::string> compact_words() const { return {"compact", "--lake", lake_folder().string(), "--quiet"}; }
  Ended run(const std::vector<std::string>& words, const std::vector<std::string>& settings = {}) const {
    return start(words, settings)->wait();
  }
  std::unique_ptr<Program> start(const std::vector<std::string>& words, std::vector<std::string> settings = {}) const {
    settings.push_back("NIGHTJAR_GEODATA=");
    return std::make_unique<Program>(NIGHTJAR_BINARY, words, settings, (folder_ / "out").string(), (folder_ / "err").string());
  }
  /// Starts it, kills it after at most `longest`, and says whether it was done before.
  bool killed_at_random(const std::vector<std::string>& words, std::chrono::microseconds longest) {
    auto program = start(words);
    std::this_thread::sleep_for(
        std::chrono::microseconds(static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(longest.count()))));
    program->kill();
    const Ended ended = program->wait();
    EXPECT_TRUE(ended.signal == SIGKILL || ended.status == 0) << content_of((folder_ / "err").string());
    return ended.signal == SIGKILL;
  }

  std::vector<std::string> expected_;
  std::mt19937_64 random_{20171123};
};

TEST_F(CrashTest, at_every_failpoint_leaves_a_lake_that_the_same_command_completes) {
  std::set<std::string_view> died;
  for (const std::string_view name : failpoints()) {
    for (const char* pass : {"1", "3"}) {
      use_lake(std::string(name) + "-" + pass);
      const std::vector<std::string> failpoint{"NIGHTJAR_FAILPOINT=" + std::string(name) + "=kill:" + pass};
      Reader reader(lake_folder());
      if (run(ingest_words(), failpoint).signal == SIGKILL) died.insert(name);
      ASSERT_EQ(run(ingest_words()).status, 0) << name << ": " << content_of((folder_ / "err").string());
      EXPECT_EQ(content(), expected_) << name;
      if (run(compact_words(), failpoint).signal == SIGKILL) died.insert(name);
      EXPECT_EQ(content(), expected_) << name << " in compact";
      ASSERT_EQ(run(compact_words()).status, 0) << name << ": " << content_of((folder_ / "err").string());
      EXPECT_EQ(content(), expected_) << name << " after compact";
    }
  }
  for (const std::string_view name : failpoints()) EXPECT_TRUE(died.contains(name)) << name << " was never passed";
}

TEST_F(CrashTest, killed_at_random_times_loses_and_doubles_nothing) {
  const auto begin = std::chrono::steady_clock::now();
  use_lake("timed");
  ASSERT_EQ(run(ingest_words()).status, 0);
  const auto ingest_time = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  int kills = 0, reads = 0, lakes = 0;
  while (kills < kKills) {
    use_lake("random-" + std::to_string(lakes++));
    Reader reader(lake_folder());
    // A restart does what is left, so every run may live a little longer than the whole takes undisturbed.
    for (int i = 0; i < 6 && kills < kKills; ++i) kills += killed_at_random(ingest_words(), ingest_time * 6 / 5) ? 1 : 0;
    ASSERT_EQ(run(ingest_words()).status, 0) << content_of((folder_ / "err").string());
    for (int i = 0; i < 2 && kills < kKills; ++i) kills += killed_at_random(compact_words(), ingest_time / 2) ? 1 : 0;
    ASSERT_EQ(run(compact_words()).status, 0) << content_of((folder_ / "err").string());
    ASSERT_EQ(content(), expected_) << "lake " << lakes << " after " << kills << " kills";
    reads += reader.reads();
  }
  EXPECT_GT(reads, lakes) << "readers asked all the while";
  RecordProperty("kills", kills);
  RecordProperty("reads", reads);
}

}  // namespace
}  // namespace nightjar
