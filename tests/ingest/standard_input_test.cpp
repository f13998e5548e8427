#include "ingest/standard_input.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>

#include "ingest/summary.hpp"
#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;

/// While it lives, standard input is another descriptor, which it owns.
class InputFrom {
 public:
  explicit InputFrom(int descriptor) : saved_(::dup(STDIN_FILENO)) {
    ::dup2(descriptor, STDIN_FILENO);
    ::close(descriptor);
  }
  ~InputFrom() {
    if (saved_ < 0) {
      ::close(STDIN_FILENO);
      return;
    }
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }
  InputFrom(const InputFrom&) = delete;
  InputFrom& operator=(const InputFrom&) = delete;

 private:
  int saved_;
};

/// A descriptor that gives these bytes and then "Input/output error": a terminal whose other end is closed. -1 without one.
int failing_after(const std::string& bytes) {
  const int reading = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (reading < 0 || ::grantpt(reading) != 0 || ::unlockpt(reading) != 0) return -1;
  const int writing = ::open(::ptsname(reading), O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios raw{};
  if (writing < 0 || ::tcgetattr(writing, &raw) != 0) return -1;
  ::cfmakeraw(&raw);
  if (::tcsetattr(writing, TCSANOW, &raw) != 0) return -1;
  const bool written = ::write(writing, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  ::close(writing);
  return written ? reading : -1;
}

class StandardInputTest : public LakeTest {
 protected:
  std::vector<std::string> put_aside() const {
    std::vector<std::string> paths;
    std::error_code none;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(lake_folder() / "tmp", none)) paths.push_back(entry.path());
    return paths;
  }
};

TEST_F(StandardInputTest, that_fails_is_a_failure_and_its_rest_comes_with_the_next_ingest) {
  const PcapFile traffic = darknet_traffic(20, 1);
  const int failing = failing_after(traffic.slice(0, 15));
  if (failing < 0) GTEST_SKIP() << "there are no pseudo-terminals here";
  {
    const InputFrom input(failing);
    const auto report = ingest({"-"});
    EXPECT_EQ(report.packets, 15u);
    ASSERT_EQ(report.failures.size(), 1u);
    EXPECT_NE(report.failures[0].find("Input/output error"), std::string::npos) << report.failures[0];
    EXPECT_EQ(report.remarks.size(), 1u);
  }
  Lake lake(lake_folder());
  const auto manifests = lake.manifests(**lake.snapshot()).value();
  ASSERT_EQ(manifests.size(), 1u);
  EXPECT_FALSE(manifests[0].captures[0].whole) << "a file of this path, size and time must be looked at again";
  EXPECT_EQ(manifests[0].captures[0].damage, "");
  const std::string whole = file("whole.pcap", traffic.content());
  EXPECT_EQ(ingest({whole}).packets, 5u);
  const auto expected = content();
  use_lake("at-once");
  ingest({whole});
  EXPECT_EQ(content(), expected);
}

TEST_F(StandardInputTest, that_fails_before_the_first_packet_adds_nothing_to_the_lake) {
  const int failing = failing_after(darknet_traffic(20, 2).slice(0, 0));
  if (failing < 0) GTEST_SKIP() << "there are no pseudo-terminals here";
  const InputFrom input(failing);
  const auto report = ingest({"-"});
  EXPECT_EQ(report.failures.size(), 1u);
  EXPECT_EQ(report.batches, 0u);
}

TEST_F(StandardInputTest, that_fails_is_said_in_a_summary) {
  const int failing = failing_after(darknet_traffic(20, 3).content());
  if (failing < 0) GTEST_SKIP() << "there are no pseudo-terminals here";
  const InputFrom input(failing);
  const Summaries summaries = summarise({"-"}, {}, 1);
  EXPECT_TRUE(summaries.files[0].failed);
  EXPECT_EQ(summaries.files[0].packets, 20u);
  EXPECT_NE(summaries.files[0].damage.value_or("none").find("Input/output error"), std::string::npos);
}

TEST_F(StandardInputTest, that_is_the_beginning_of_a_known_capture_adds_nothing) {
  const PcapFile traffic = darknet_traffic(2'000, 6, kNov23, 10'000'000'000);
  ingest({file("whole.pcap", traffic.content())});
  std::filesystem::remove(folder_ / "whole.pcap");
  const auto cut = file("cut.pcap", traffic.slice(0, 1'000) + traffic.content().substr(24, 40));
  const InputFrom from(::open(cut.c_str(), O_RDONLY));
  const auto report = ingest({"-"});
  EXPECT_EQ(report.packets, 0u);
  EXPECT_EQ(report.known_captures, 1u);
  ASSERT_EQ(report.remarks.size(), 1u);
  EXPECT_NE(report.remarks[0].find("as the beginning of "), std::string::npos) << report.remarks[0];
}

TEST_F(StandardInputTest, that_begins_like_no_known_capture_is_read_as_it_comes) {
  ingest({file("first.pcap", darknet_traffic(200, 7).content())});
  const auto second = file("second.pcap", darknet_traffic(3'000, 8).content());
  KnownCaptures known;
  const auto lake = Lake(lake_folder());
  const auto manifests = lake.manifests(**lake.snapshot()).value();
  for (const Manifest& manifest : manifests)
    for (const ManifestCapture& capture : manifest.captures) known.add(capture);
  {
    const InputFrom from(::open(second.c_str(), O_RDONLY));
    StandardInput input(lake_folder());
    const auto admission = input.admit(known);
    ASSERT_TRUE(admission);
    EXPECT_EQ(admission->head_bytes, kHeadBytes);
    EXPECT_EQ(input.path(), "-");
    EXPECT_TRUE(put_aside().empty());
  }
  {
    const InputFrom from(::open(second.c_str(), O_RDONLY));
    EXPECT_EQ(ingest({"-"}).packets, 3'000u) << "with the bytes that were looked at";
  }
  const auto again = ingest({second});
  EXPECT_EQ(again.packets, 0u);
  EXPECT_EQ(again.known_captures, 1u) << "known by the head that was kept of standard input";
}

TEST_F(StandardInputTest, into_an_empty_lake_is_known_by_its_head_too) {
  const auto capture = file("first.pcap", darknet_traffic(3'000, 9).content());
  {
    const InputFrom from(::open(capture.c_str(), O_RDONLY));
    EXPECT_EQ(ingest({"-"}).packets, 3'000u);
  }
  const auto lake = Lake(lake_folder());
  EXPECT_EQ(lake.manifests(**lake.snapshot()).value().at(0).captures.at(0).head_bytes, kHeadBytes)
      << "or all of each later capture would be read to compare it";
  {
    const InputFrom from(::open(capture.c_str(), O_RDONLY));
    EXPECT_EQ(ingest({"-"}).known_captures, 1u);
  }
}

TEST_F(StandardInputTest, that_grew_adds_what_is_new) {
  const PcapFile traffic = darknet_traffic(2'000, 10);
  {
    const InputFrom from(::open(file("part.pcap", traffic.slice(0, 1'200)).c_str(), O_RDONLY));
    EXPECT_EQ(ingest({"-"}).packets, 1'200u);
  }
  const InputFrom from(::open(file("whole.pcap", traffic.content()).c_str(), O_RDONLY));
  EXPECT_EQ(ingest({"-"}).packets, 800u);
}

TEST_F(StandardInputTest, that_was_put_aside_by_one_that_died_goes_with_the_next_writer) {
  ingest({file("first.pcap", darknet_traffic(20, 4).content())});
  const auto capture = file("second.pcap", darknet_traffic(200, 5).content());
  ManifestCapture alike;
  alike.packets = 1;
  alike.head_bytes = kHeadBytes;
  alike.head_digest = format(digest_prefixes(capture, {kHeadBytes}).value().at(0));
  KnownCaptures known;
  known.add(alike);
  const pid_t child = ::fork();
  if (child == 0) {
    const InputFrom from(::open(capture.c_str(), O_RDONLY));
    StandardInput input(lake_folder());
    const bool held = input.admit(known) && std::filesystem::file_size(input.path()) == std::filesystem::file_size(capture);
    ::_exit(held ? 0 : 1);  // without a destructor, as if killed
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_FALSE(put_aside().empty());
  {
    const InputFrom from(::open(capture.c_str(), O_RDONLY));
    StandardInput living(lake_folder());
    ASSERT_TRUE(living.admit(known));
    ASSERT_TRUE(Lake(lake_folder()).begin_write());
    EXPECT_TRUE(std::filesystem::exists(living.path())) << "one that lives keeps what it put aside";
    for (const std::string& path : put_aside()) EXPECT_EQ(path.find(living.path().parent_path()), 0u) << path;
  }
  EXPECT_TRUE(put_aside().empty());
}

}  // namespace
}  // namespace nightjar
