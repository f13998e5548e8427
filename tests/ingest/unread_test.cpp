#include "ingest/unread.hpp"

#include <gmock/gmock.h>

#include "support/lake_fixture.hpp"
#include "support/other_forms.hpp"

namespace nightjar {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(NamedLikeCapture, goes_by_any_part_behind_a_dot) {
  for (const char* name : {"a.pcap", "a.PCAP", "a.pcapng", "a.pcap.gz", "a.pcap12", "a.pcap.2017-11-23.zst", "b.cap", "c.erf.xz"})
    EXPECT_TRUE(is_named_like_capture(name)) << name;
  for (const char* name : {"README", "pcap", "pcap-notes.md", "a.txt", "capture.gz", "a.pcap/notes.txt", "a.capture"})
    EXPECT_FALSE(is_named_like_capture(name)) << name;
}

class FolderTest : public LakeTest {
 protected:
  FolderTest() { file("data/good.pcap", darknet_traffic(50, 1).content()); }
  Ingest::Report ingest_folder() {
    const auto report = ingest({(folder_ / "data").string()});
    EXPECT_EQ(report.packets, 50u) << "the others are ingested";
    return report;
  }
};

TEST_F(FolderTest, counts_files_that_are_no_captures_in_one_line) {
  for (const char* name : {"README", "b.txt", "c.csv", "d/e.html"})
    file(std::string("data/") + name, "This is no capture, nor named like one.");
  file("data/f.gz", gzipped("compressed text that is no capture"));
  file("data/nightjar.toml", "");
  const auto report = ingest_folder();
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_THAT(report.remarks, ElementsAre("passed over: 5 files that are no captures (README, b.txt, c.csv, ...)"));
}

TEST_F(FolderTest, speaks_of_one_file_in_the_singular) {
  file("data/README", "hello");
  EXPECT_THAT(ingest_folder().remarks, ElementsAre("passed over: 1 file that is no capture (README)"));
}

TEST_F(FolderTest, fails_for_text_that_is_named_like_a_capture) {
  const std::string bad = file("data/bad.pcap.gz", "this is no capture at all, whatever its name says");
  EXPECT_THAT(ingest_folder().failures, ElementsAre(HasSubstr(bad + " is not a capture: it begins with \"this is no captu\"")));
}

TEST_F(FolderTest, fails_for_a_capture_without_such_a_name_whose_header_is_cut_or_of_a_version_that_cannot_be_read) {
  file("data/cut", darknet_traffic(1, 2).content().substr(0, 20));
  std::string version = darknet_traffic(1, 3).content();
  version[4] = 3;
  file("data/version", version);
  EXPECT_THAT(ingest_folder().failures, ElementsAre(HasSubstr("breaks off inside the header"), HasSubstr("is of pcap version 3.4")));
}

TEST_F(FolderTest, fails_for_a_compressed_file_that_is_broken_from_its_beginning) {
  std::string broken = gzipped(darknet_traffic(1, 4).content());
  broken[10] = '\xff';
  file("data/broken", broken);
  EXPECT_THAT(ingest_folder().failures, ElementsAre(HasSubstr("cannot read ")));
}

TEST_F(FolderTest, fails_for_a_link_to_a_capture_that_is_not_there) {
  std::filesystem::create_symlink("/nowhere/at/all.pcap", folder_ / "data/link.pcap");
  std::filesystem::create_symlink("/nowhere/at/all.txt", folder_ / "data/link.txt");
  EXPECT_THAT(ingest_folder().failures, ElementsAre(HasSubstr("cannot open " + (folder_ / "data/link.pcap").string())));
}

TEST_F(FolderTest, fails_for_a_file_that_may_not_be_read) {
  const std::string secret = file("data/secret", "x");
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  EXPECT_THAT(ingest_folder().failures, ElementsAre(HasSubstr("cannot open " + secret)));
}

TEST_F(FolderTest, says_of_an_empty_capture_that_it_is_empty_and_does_not_fail) {
  const std::string empty = file("data/begun.pcap", "");
  const auto report = ingest_folder();
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_THAT(report.remarks, ElementsAre("passed over: " + empty + " is empty"));
}

}  // namespace
}  // namespace nightjar
