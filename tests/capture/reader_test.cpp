#include "capture/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch_folder.hpp"
#include "standard_input.hpp"

namespace nightjar::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const Bytes kCapture = pcap_header() + pcap_record(counting(60)) + pcap_record(counting(1400));

ReadCapture read_path(const std::filesystem::path& path) { return read_all(CaptureReader::open(path, {})); }

TEST(CaptureReader, reads_a_file_whatever_its_name) {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.write("notes.txt", kCapture);
  const ReadCapture read = read_path(path);
  ASSERT_EQ(read.packets.size(), 2u) << read.error;
  EXPECT_EQ(read.packets[1].bytes, counting(1400));
  auto reader = CaptureReader::open(path, {});
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->file_size(), kCapture.size());
  PacketBlock block;
  while ((*reader)->next(block)) continue;
  EXPECT_EQ((*reader)->consumed(), kCapture.size());
}

TEST(CaptureReader, reads_standard_input) {
  Bytes file = pcap_header();
  for (int i = 0; i < 2000; ++i) file = file + pcap_record(counting(100));
  const StandardInput input(file);
  auto reader = CaptureReader::open("-", {});
  ASSERT_TRUE(reader) << reader.error().sentence;
  EXPECT_EQ((*reader)->file_size(), 0u);
  const ReadCapture read = read_all(std::move(reader));
  EXPECT_EQ(read.packets.size(), 2000u);
  EXPECT_EQ(read.facts.digest, digest_of(file, file.size()));
}

TEST(CaptureReader, names_standard_input_in_its_sentences) {
  const StandardInput input(Bytes(10, 'x'));
  EXPECT_THAT(read_path("-").error, StartsWith("standard input is not a capture"));
}

TEST(CaptureReader, missing_file) {
  const ScratchFolder folder;
  EXPECT_EQ(read_path(folder.path("none")).error, "cannot open " + folder.path("none").string() + ": No such file or directory");
}

TEST(CaptureReader, folder_is_no_capture) {
  const ScratchFolder folder;
  EXPECT_THAT(read_path(folder.path("")).error, EndsWith(" is a folder, not a capture"));
}

TEST(CaptureReader, file_without_permission) {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.write("x", kCapture);
  ::chmod(path.c_str(), 0);
  // Root may read every file: be nobody for a moment.
  const uid_t user = ::geteuid();
  ASSERT_EQ(::seteuid(user == 0 ? 65534 : user), 0);
  const ReadCapture read = read_path(path);
  ASSERT_EQ(::seteuid(user), 0);
  EXPECT_THAT(read.error, EndsWith(": Permission denied"));
}

TEST(CaptureReader, empty_file) {
  const ScratchFolder folder;
  EXPECT_EQ(read_path(folder.write("x.pcap", {})).error, folder.path("x.pcap").string() + " is empty");
}

TEST(CaptureReader, other_files_are_named_by_their_first_bytes_without_harm) {
  const ScratchFolder folder;
  EXPECT_THAT(read_path(folder.write("x", Bytes{'h', 'i', 0x1b, '[', '2', 'J'})).error,
              HasSubstr(R"(is not a capture: it begins with "hi\x1b[2J")"));
  EXPECT_THAT(read_path(folder.write("y", Bytes{0x0a})).error, HasSubstr("is not a capture"));
  EXPECT_THAT(read_path(folder.write("z", Bytes(200'000, '0'))).error, HasSubstr("is not a capture"));
}

}  // namespace
}  // namespace nightjar::test
