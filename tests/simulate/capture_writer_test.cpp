#include "simulate/capture_writer.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "capture/reader.hpp"
#include "sent_knocks.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::simulate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kMillisecond = 1'000'000, kSecond = 1000 * kMillisecond, kHour = 3600 * kSecond, kDay = 24 * kHour;

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> send(CaptureWriter& writer, const Knock& knock) {
  auto room = writer.room(knock.time_ns);
  if (!room) return room.error();
  writer.wrote(write_record(*room, knock));
  return {};
}
void must_send(CaptureWriter& writer, const Knock& knock) {
  const auto sent = send(writer, knock);
  ASSERT_TRUE(sent) << sent.error().sentence;
}
/// Sends SYNs a millisecond apart until it fails; says why.
std::string send_until_it_fails(CaptureWriter& writer) {
  for (int i = 0; i < 1'000'000; ++i) {
    if (const auto sent = send(writer, syn(kNewYear + i * kMillisecond)); !sent) return sent.error().sentence;
  }
  return "it never failed";
}

/// Times and first address bytes of a capture's packets.
struct ReadBack {
  std::vector<std::int64_t> times;
  std::string format, damage;
};
ReadBack read_back(const std::filesystem::path& path) {
  ReadBack result;
  auto reader = CaptureReader::open(path, {});
  if (!reader) {
    result.damage = reader.error().sentence;
    return result;
  }
  PacketBlock block;
  while ((*reader)->next(block)) {
    for (const RawPacket& packet : block.packets) result.times.push_back(packet.time_ns);
  }
  result.format = (*reader)->facts().format;
  result.damage = (*reader)->facts().damage.value_or("");
  return result;
}

/// While it lives, a signal is ignored.
class IgnoredSignal {
 public:
  explicit IgnoredSignal(int number) : number_(number), before_(::signal(number, SIG_IGN)) {}
  ~IgnoredSignal() { ::signal(number_, before_); }
  IgnoredSignal(const IgnoredSignal&) = delete;
  IgnoredSignal& operator=(const IgnoredSignal&) = delete;

 private:
  int number_;
  void (*before_)(int);
};

/// While it lives, standard output is this descriptor, which it takes.
class StandardOutput {
 public:
  explicit StandardOutput(int descriptor) : saved_(::dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    ::dup2(descriptor, STDOUT_FILENO);
    ::close(descriptor);
  }
  ~StandardOutput() {
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
  }
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

 private:
  int saved_;
};

TEST(CaptureWriter, GivesEachDayOfUtcAFile) {
  const TempFolder folder;
  CaptureWriter writer({.folder = folder.path(), .prefix = "darknet"});
  must_send(writer, syn(kNewYear - 1));
  must_send(writer, syn(kNewYear));
  must_send(writer, syn(kNewYear + kDay - 1));
  must_send(writer, syn(kNewYear + 3 * kDay));
  ASSERT_TRUE(writer.finish());
  EXPECT_THAT(names_in(folder.path()), ElementsAre("darknet-2016-12-31.pcap", "darknet-2017-01-01.pcap", "darknet-2017-01-04.pcap"));
  // The microsecond that a nanosecond lies in.
  EXPECT_THAT(read_back(folder / "darknet-2016-12-31.pcap").times, ElementsAre(kNewYear - 1000));
  EXPECT_THAT(read_back(folder / "darknet-2017-01-01.pcap").times, ElementsAre(kNewYear, kNewYear + kDay - 1000));
  EXPECT_EQ(4, writer.packets());
  EXPECT_EQ(3, writer.files());
  EXPECT_EQ(3 * 24 + 4 * 76, writer.bytes());
}

TEST(CaptureWriter, GivesEachHourAFile) {
  const TempFolder folder;
  CaptureWriter writer({.folder = folder.path(), .prefix = "pot", .rotate = Rotate::hour});
  must_send(writer, syn(kNewYear + 5 * kHour - 1));
  must_send(writer, syn(kNewYear + 5 * kHour));
  must_send(writer, syn(kNewYear + 6 * kHour));
  ASSERT_TRUE(writer.finish());
  EXPECT_THAT(names_in(folder.path()), ElementsAre("pot-2017-01-01T04.pcap", "pot-2017-01-01T05.pcap", "pot-2017-01-01T06.pcap"));
}

TEST(CaptureWriter, CallsAFilePartUntilItIsWhole) {
  const TempFolder folder;
  CaptureWriter writer({.folder = folder.path(), .prefix = "a"});
  must_send(writer, syn());
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a-2017-01-01.pcap.part"));
  must_send(writer, syn(kNewYear + kDay));
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a-2017-01-01.pcap", "a-2017-01-02.pcap.part"));
  { const CaptureWriter forgotten = std::move(writer); }
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a-2017-01-01.pcap", "a-2017-01-02.pcap.part"));
}

TEST(CaptureWriter, WritesNoFileWithoutPackets) {
  const TempFolder folder;
  CaptureWriter writer({.folder = folder.path(), .prefix = "a"});
  ASSERT_TRUE(writer.finish());
  EXPECT_THAT(names_in(folder.path()), ElementsAre());
}

TEST(CaptureWriter, ReplacesWhatAFormerRunLeft) {
  const TempFolder folder;
  folder.write("a-2017-01-01.pcap", "old");
  folder.write("a-2017-01-01.pcap.part", std::string(10'000, 'x'));
  CaptureWriter writer({.folder = folder.path(), .prefix = "a"});
  must_send(writer, syn());
  ASSERT_TRUE(writer.finish());
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a-2017-01-01.pcap"));
  EXPECT_THAT(read_back(folder / "a-2017-01-01.pcap").times, ElementsAre(kNewYear));
}

TEST(CaptureWriter, WritesManyBuffersWithoutLosingAPacket) {
  // Longest and shortest records: a buffer's end falls at every place of a record.
  const std::vector<std::uint8_t> payload(kLargestPayload, 7);
  for (const bool zstd : {false, true}) {
    const TempFolder folder;
    CaptureWriter writer({.folder = folder.path(), .prefix = "a", .zstd = zstd});
    std::vector<std::int64_t> times;
    for (int i = 0; i < 5000; ++i) {
      Knock knock = i % 3 == 0 ? udp(payload) : syn();
      knock.time_ns = kNewYear + i * kMillisecond;
      must_send(writer, knock);
      times.push_back(knock.time_ns);
    }
    ASSERT_TRUE(writer.finish());
    const auto path = folder / (zstd ? "a-2017-01-01.pcap.zst" : "a-2017-01-01.pcap");
    const ReadBack read = read_back(path);
    EXPECT_EQ(times, read.times);
    EXPECT_EQ(zstd ? "pcap.zst" : "pcap", read.format);
    EXPECT_EQ("", read.damage);
    if (zstd) {
      EXPECT_LT(std::filesystem::file_size(path) * 10, writer.bytes());
    } else {
      EXPECT_EQ(std::filesystem::file_size(path), writer.bytes());
    }
  }
}

TEST(CaptureWriter, EachCompressedFileStandsAlone) {
  if (!installed("zstd")) GTEST_SKIP() << "zstd is not installed";
  const TempFolder folder;
  CaptureWriter writer({.folder = folder.path(), .prefix = "a", .rotate = Rotate::hour, .zstd = true});
  for (int hour = 0; hour < 3; ++hour) must_send(writer, syn(kNewYear + hour * kHour));
  ASSERT_TRUE(writer.finish());
  ASSERT_EQ(3, names_in(folder.path()).size());
  bool well = false;
  lines_of("zstd -q -t '" + folder.path().string() + "'/*.zst 2>&1", well);
  EXPECT_TRUE(well);
  EXPECT_THAT(read_back(folder / "a-2017-01-01T02.pcap.zst").times, ElementsAre(kNewYear + 2 * kHour));
}

TEST(CaptureWriter, SaysWhichFileAMissingFolderWasToHold) {
  CaptureWriter writer({.folder = "/nowhere/at/all", .prefix = "a"});
  const auto sent = send(writer, syn());
  ASSERT_FALSE(sent);
  EXPECT_EQ("cannot write /nowhere/at/all/a-2017-01-01.pcap.part: No such file or directory", sent.error().sentence);
  const auto again = send(writer, syn(kNewYear + kDay));
  ASSERT_FALSE(again);
  EXPECT_EQ(sent.error().sentence, again.error().sentence);
  EXPECT_FALSE(writer.finish());
}

TEST(CaptureWriter, SaysThatAFolderMayNotBeWritten) {
  const TempFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const bool root = ::geteuid() == 0;
  if (root && ::seteuid(65'534) != 0) GTEST_SKIP() << "root may write everywhere, and cannot be another user here";
  CaptureWriter writer({.folder = folder.path(), .prefix = "a"});
  const auto sent = send(writer, syn());
  ASSERT_EQ(0, root ? ::seteuid(0) : 0);
  ASSERT_FALSE(sent);
  EXPECT_THAT(sent.error().sentence, HasSubstr("a-2017-01-01.pcap.part: Permission denied"));
}

TEST(CaptureWriter, SaysThatTheDiskIsFull) {
  for (const bool zstd : {false, true}) {
    const TempFolder folder;
    const auto name = folder / (zstd ? "a-2017-01-01.pcap.zst" : "a-2017-01-01.pcap");
    std::filesystem::create_symlink("/dev/full", name.string() + ".part");
    CaptureWriter writer({.folder = folder.path(), .prefix = "a", .zstd = zstd});
    must_send(writer, syn());
    const auto finished = writer.finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ("cannot write " + name.string() + ".part: No space left on device", finished.error().sentence);
    EXPECT_FALSE(std::filesystem::exists(name));
  }
}

TEST(CaptureWriter, SaysInTheMiddleOfAFileThatItMayNotGrow) {
  const IgnoredSignal ignored(SIGXFSZ);
  rlimit before{};
  ASSERT_EQ(0, ::getrlimit(RLIMIT_FSIZE, &before));
  const rlimit small{3'000'000, before.rlim_max};
  const TempFolder folder;
  CaptureWriter writer({.folder = folder.path(), .prefix = "a"});
  ASSERT_EQ(0, ::setrlimit(RLIMIT_FSIZE, &small));
  const std::string sentence = send_until_it_fails(writer);
  ASSERT_EQ(0, ::setrlimit(RLIMIT_FSIZE, &before));
  EXPECT_EQ("cannot write " + (folder / "a-2017-01-01.pcap.part").string() + ": File too large", sentence);
  EXPECT_FALSE(writer.finish());
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a-2017-01-01.pcap.part"));
}

TEST(CaptureWriter, SaysThatAFolderStandsInTheWay) {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "a-2017-01-01.pcap/x");
  CaptureWriter writer({.folder = folder.path(), .prefix = "a"});
  must_send(writer, syn());
  const auto finished = writer.finish();
  ASSERT_FALSE(finished);
  EXPECT_THAT(finished.error().sentence, HasSubstr("cannot rename " + (folder / "a-2017-01-01.pcap.part").string()));
}

TEST(CaptureWriter, StandardOutputIsOneCapture) {
  const TempFolder folder;
  for (const bool zstd : {false, true}) {
    const auto path = folder / "out";
    {
      const StandardOutput output(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
      CaptureWriter writer({.rotate = Rotate::hour, .zstd = zstd, .to_standard_output = true});
      must_send(writer, syn());
      must_send(writer, syn(kNewYear + 40 * kDay));
      ASSERT_TRUE(writer.finish());
      EXPECT_EQ(1, writer.files());
      EXPECT_EQ(0, ::fcntl(STDOUT_FILENO, F_GETFD)) << "it was closed";
    }
    EXPECT_THAT(read_back(path).times, ElementsAre(kNewYear, kNewYear + 40 * kDay));
    EXPECT_EQ(zstd ? "pcap.zst" : "pcap", read_back(path).format);
  }
}

TEST(CaptureWriter, StandardOutputIsACaptureAlsoWithoutPackets) {
  const TempFolder folder;
  const auto path = folder / "out";
  {
    const StandardOutput output(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
    CaptureWriter writer({.to_standard_output = true});
    ASSERT_TRUE(writer.finish());
  }
  EXPECT_EQ(24, std::filesystem::file_size(path));
  EXPECT_EQ("pcap", read_back(path).format);
  EXPECT_EQ("", read_back(path).damage);
}

TEST(CaptureWriter, SaysThatNobodyReadsStandardOutputAnyMore) {
  const IgnoredSignal ignored(SIGPIPE);
  int ends[2];
  ASSERT_EQ(0, ::pipe2(ends, O_CLOEXEC));
  ::close(ends[0]);
  const StandardOutput output(ends[1]);
  CaptureWriter writer({.to_standard_output = true});
  EXPECT_EQ("standard output was closed before the capture was whole: the program that read it has ended", send_until_it_fails(writer));
}

TEST(CaptureWriter, SaysThatStandardOutputIsFull) {
  const StandardOutput output(::open("/dev/full", O_WRONLY));
  CaptureWriter writer({.to_standard_output = true});
  EXPECT_EQ("cannot write the capture to standard output: No space left on device", send_until_it_fails(writer));
}

}  // namespace
}  // namespace nightjar::simulate
