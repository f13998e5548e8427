// What many runs of the program leave of a lake, and what a failure at the worst moment does.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "support/lake_fixture.hpp"
#include "support/program.hpp"

namespace nightjar {
namespace {

using namespace test;

class LakeLife : public LakeTest {
 protected:
  int run_ingest(const std::string& capture, std::vector<std::string> settings = {}) {
    settings.push_back("NIGHTJAR_GEODATA=");
    Program program(NIGHTJAR_BINARY, {"ingest", capture, "--lake", lake_folder().string(), "--quiet"}, settings, (folder_ / "out").string(),
                    (folder_ / "err").string());
    return program.wait().status;
  }
  std::string capture(int number) const {
    return file(std::to_string(number) + ".pcap", darknet_traffic(500, static_cast<std::uint64_t>(number)).content());
  }
  std::string err() const { return content_of((folder_ / "err").string()); }
};

TEST_F(LakeLife, a_batch_whose_version_cannot_be_flushed_stays_whole) {
  ASSERT_EQ(run_ingest(capture(1)), 0) << err();
  EXPECT_EQ(run_ingest(capture(2), {"NIGHTJAR_FAILPOINT=store.version-published=error"}), 1);
  EXPECT_NE(err().find("version 2 of the lake is visible"), std::string::npos) << err();
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "1000") << "files of a version that is visible must not be deleted";
  ASSERT_EQ(run_ingest(capture(2)), 0) << err();
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "1000") << "the capture is known already";
}

TEST_F(LakeLife, a_batch_that_failed_before_leaves_no_files) {
  ASSERT_EQ(run_ingest(capture(1)), 0) << err();
  EXPECT_EQ(run_ingest(capture(2), {"NIGHTJAR_FAILPOINT=store.version-prepared=error"}), 1);
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "500");
  std::size_t on_disk = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(lake_folder())) on_disk += entry.path().extension() == ".parquet";
  EXPECT_EQ(on_disk, Lake(lake_folder()).snapshot().value()->version().files.size());
}

TEST_F(LakeLife, an_ingest_deletes_versions_that_were_replaced_long_ago) {
  for (int i = 1; i <= 3; ++i) ASSERT_EQ(run_ingest(capture(i)), 0) << err();
  for (int i = 1; i <= 3; ++i) {
    const std::string name = "lake/versions/" + std::to_string(i) + ".json";
    const std::string old = std::regex_replace(content_of((folder_ / name).string()), std::regex("\"created_ns\":[0-9]+"),
                                               "\"created_ns\":" + std::to_string(kNov23 + i));
    folder_.write(name, old);
  }
  ASSERT_EQ(run_ingest(capture(4)), 0) << err();
  EXPECT_FALSE(std::filesystem::exists(lake_folder() / "versions/1.json"));
  EXPECT_FALSE(std::filesystem::exists(lake_folder() / "versions/2.json"));
  EXPECT_TRUE(std::filesystem::exists(lake_folder() / "versions/3.json")) << "replaced a moment ago";
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "2000");
}

}  // namespace
}  // namespace nightjar
