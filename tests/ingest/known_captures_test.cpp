#include "ingest/known_captures.hpp"

#include <gtest/gtest.h>

#include <span>

#include "support/pcap_file.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using namespace test;

/// What ingest notes of a capture of which `readable` bytes were read.
ManifestCapture noted(const TempFolder& folder, const std::string& content, std::size_t readable) {
  const auto file = folder.write("noted.pcap", content);
  ManifestCapture capture;
  capture.path = "/somewhere/noted.pcap";
  capture.sensor = "a";
  capture.whole = true;
  capture.file_size = content.size();
  capture.packets = 1;
  capture.readable_bytes = readable;
  capture.head_bytes = std::min<std::uint64_t>(kHeadBytes, readable);
  const auto digests = digest_prefixes(file, {capture.head_bytes, readable});
  capture.head_digest = format(digests.value().at(0));
  capture.readable_digest = format(digests.value().at(1));
  return capture;
}

TEST(KnownCaptures, lets_pass_what_is_new) {
  const TempFolder folder;
  KnownCaptures known;
  known.add(noted(folder, darknet_traffic(100, 1).content(), 5000));
  const auto file = folder.write("new.pcap", darknet_traffic(100, 2).content());
  const auto admission = known.admit(file, look_at(file));
  ASSERT_TRUE(admission);
  EXPECT_FALSE(admission->known);
  EXPECT_EQ(admission->skip_bytes, 0u);
  EXPECT_EQ(admission->head_bytes, kHeadBytes);
}

TEST(KnownCaptures, tell_by_the_head_alone_what_is_certainly_new) {
  const TempFolder folder;
  const std::string content = darknet_traffic(100, 3).content(), other = darknet_traffic(100, 4).content();
  const auto head = [](const std::string& bytes, std::size_t size = kHeadBytes) {
    return std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), size);
  };
  EXPECT_FALSE(KnownCaptures().may_begin_like(head(content)));
  EXPECT_FALSE(KnownCaptures().may_begin_like(head(content, 100)));
  KnownCaptures known;
  known.add(noted(folder, content, 5'000));
  EXPECT_TRUE(known.may_begin_like(head(content)));
  EXPECT_FALSE(known.may_begin_like(head(other)));
  EXPECT_TRUE(known.may_begin_like(head(other, 100))) << "it is all there is of it, and must be compared otherwise";
  KnownCaptures shorter;
  shorter.add(noted(folder, content, 500));
  EXPECT_TRUE(shorter.may_begin_like(head(content)));
  EXPECT_FALSE(shorter.may_begin_like(head(other)));
  // All captures of one tool begin with this header.
  ManifestCapture nothing = noted(folder, content, 24);
  nothing.packets = 0;
  KnownCaptures empty;
  empty.add(nothing);
  EXPECT_FALSE(empty.may_begin_like(head(content)));
}

TEST(KnownCaptures, without_a_head_may_begin_like_anything) {
  const TempFolder folder;
  const std::string content = darknet_traffic(100, 3).content();
  ManifestCapture capture = noted(folder, content, 5'000);
  capture.head_bytes = 5'000;  // as an older program kept it of standard input
  KnownCaptures known;
  known.add(capture);
  EXPECT_TRUE(known.may_begin_like(std::span(reinterpret_cast<const std::uint8_t*>(content.data()), kHeadBytes)));
}

TEST(KnownCaptures, finds_where_a_capture_goes_on_that_began_the_same) {
  const TempFolder folder;
  const std::string content = darknet_traffic(200, 3).content();
  KnownCaptures known;
  known.add(noted(folder, content, 500));
  known.add(noted(folder, content, 9'000));
  const auto file = folder.write("grown.pcap", content);
  const auto admission = known.admit(file, look_at(file));
  ASSERT_TRUE(admission);
  EXPECT_EQ(admission->skip_bytes, 9'000u);
  EXPECT_EQ(admission->known_as, "/somewhere/noted.pcap");
}

TEST(KnownCaptures, does_not_take_a_capture_for_known_that_only_begins_alike) {
  const TempFolder folder;
  std::string content = darknet_traffic(200, 4).content();
  KnownCaptures known;
  known.add(noted(folder, content, 9'000));
  content[5'000] ^= 1;
  const auto file = folder.write("other.pcap", content);
  const auto admission = known.admit(file, look_at(file));
  ASSERT_TRUE(admission);
  EXPECT_EQ(admission->skip_bytes, 0u);
}

TEST(KnownCaptures, does_not_take_a_header_without_packets_for_the_beginning_of_another_capture) {
  const TempFolder folder;
  const std::string content = darknet_traffic(50, 5).content();
  ManifestCapture header = noted(folder, content, 24);
  header.packets = 0;
  KnownCaptures known;
  known.add(header);
  const auto file = folder.write("other.pcap", content);
  EXPECT_EQ(known.admit(file, look_at(file)).value().known_as, "");
  FileLook same = look_at(file);
  same.path = header.path;
  EXPECT_EQ(known.admit(file, same).value().known_as, header.path) << "the file itself has grown";
}

TEST(KnownCaptures, trusts_path_size_and_time_of_a_file_read_to_its_end) {
  const TempFolder folder;
  const auto file = folder.write("same.pcap", "not even a capture");
  const FileLook look = look_at(file);
  EXPECT_EQ(look.size, 18u);
  ManifestCapture capture;
  capture.path = look.path;
  capture.file_size = look.size;
  capture.modified_ns = look.modified_ns;
  capture.head_bytes = 1;
  KnownCaptures known;
  known.add(capture);
  EXPECT_FALSE(known.admit(file, look).value().known) << "the last batch stopped within it";
  capture.whole = true;
  known.add(capture);
  EXPECT_TRUE(known.admit(file, look).value().known);
}

TEST(KnownCaptures, sees_overlaps_of_one_sensor_only) {
  ManifestCapture a, b;
  a.path = "a";
  a.sensor = b.sensor = "tokyo";
  a.first_ns = 100;
  a.last_ns = 200;
  b.path = "b";
  b.first_ns = 150;
  b.last_ns = 300;
  KnownCaptures known;
  known.add(a);
  EXPECT_NE(known.overlapping(b), nullptr);
  b.first_ns = 200;
  EXPECT_EQ(known.overlapping(b), nullptr) << "one begins when the other ends";
  b.first_ns = 150;
  b.sensor = "osaka";
  EXPECT_EQ(known.overlapping(b), nullptr);
}

}  // namespace
}  // namespace nightjar
