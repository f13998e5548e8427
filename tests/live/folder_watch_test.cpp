#include "live/folder_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/pcap_file.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Folder : public ::testing::Test {
 protected:
  /// Names of what is complete so many seconds after the beginning.
  std::vector<std::string> complete(int seconds, std::size_t most = 100) {
    auto list = watch_.complete(begin_ + std::chrono::seconds(seconds), most);
    EXPECT_TRUE(list) << list.error().sentence;
    std::vector<std::string> names;
    for (const fs::path& one : *list) names.push_back(fs::relative(one, folder_.path()).string());
    return names;
  }
  fs::path drop(const std::string& name, std::size_t packets = 10) {
    return folder_.write(name, test::darknet_traffic(100, 1, test::kNov23, 1'000'000'000).slice(0, packets));
  }
  static void age(const fs::path& file, std::chrono::seconds by) { fs::last_write_time(file, fs::file_time_type::clock::now() - by); }

  TempFolder folder_;
  std::vector<std::string> said_;
  FolderWatch watch_{{folder_.path(), 10s}, [this](const std::string& sentence) { said_.push_back(sentence); }};
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

TEST_F(Folder, AFileIsCompleteWhenItDidNotChangeForTheTime) {
  drop("a.pcap");
  EXPECT_THAT(complete(0), IsEmpty());
  EXPECT_THAT(complete(9), IsEmpty());
  drop("a.pcap", 20);
  EXPECT_THAT(complete(10), IsEmpty());
  EXPECT_THAT(complete(19), IsEmpty());
  EXPECT_THAT(complete(20), ElementsAre("a.pcap"));
  watch_.taken(folder_ / "a.pcap");
  EXPECT_THAT(complete(100), IsEmpty());
  drop("a.pcap", 30);
  EXPECT_THAT(complete(101), IsEmpty());
  EXPECT_THAT(complete(111), ElementsAre("a.pcap"));
}

TEST_F(Folder, WhatWasWrittenLongAgoIsCompleteAtOnce) {
  age(drop("sensor/2017/old.pcap"), 1h);
  age(drop("young.pcap"), 1s);
  EXPECT_THAT(complete(0), ElementsAre("sensor/2017/old.pcap"));
}

TEST_F(Folder, WhatIsOnItsWayIsLeft) {
  for (const char* name : {".a.pcap", "a.pcap.part", "a.pcap.partial", "a.pcap.tmp", ".hidden/b.pcap"}) age(drop(name), 1h);
  EXPECT_THAT(complete(0), IsEmpty());
  fs::rename(folder_ / "a.pcap.part", folder_ / "a.pcap");
  EXPECT_THAT(complete(1), ElementsAre("a.pcap"));
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(Folder, WhatIsNoCaptureIsSaidOnceUntilItChanges) {
  age(folder_.write("a.txt", "words"), 1h);
  age(drop("b.pcap"), 1h);
  for (int i = 0; i < 5; ++i) EXPECT_THAT(complete(i), ElementsAre("b.pcap"));
  EXPECT_THAT(said_, ElementsAre(HasSubstr("a.txt is not a capture")));
  folder_.write("a.txt", "other words");
  complete(20);
  complete(40);
  EXPECT_EQ(said_.size(), 2U);
}

TEST_F(Folder, LinksAndPipesAreLeftAloneAndSaidOnce) {
  TempFolder elsewhere;
  elsewhere.write("secret.pcap", "");
  fs::create_symlink(elsewhere / "secret.pcap", folder_ / "link.pcap");
  fs::create_directory_symlink(elsewhere.path(), folder_ / "folder");
  ASSERT_EQ(::mkfifo((folder_ / "pipe.pcap").c_str(), 0600), 0);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(complete(20 * i), IsEmpty());
  EXPECT_EQ(said_.size(), 3U);
  for (const std::string& sentence : said_) EXPECT_THAT(sentence, HasSubstr("left alone"));
}

TEST_F(Folder, WhatCouldNotBeTakenComesAgainAfterPausesThatGrow) {
  age(drop("a.pcap"), 1h);
  EXPECT_THAT(complete(0), ElementsAre("a.pcap"));
  watch_.failed(folder_ / "a.pcap", begin_);
  EXPECT_THAT(complete(9), IsEmpty());
  EXPECT_THAT(complete(10), ElementsAre("a.pcap"));
  watch_.failed(folder_ / "a.pcap", begin_ + 10s);
  EXPECT_THAT(complete(29), IsEmpty());
  EXPECT_THAT(complete(30), ElementsAre("a.pcap"));
}

TEST_F(Folder, ManyComeAFewAtATimeAndThoseThatAreGoneAreForgotten) {
  for (int i = 0; i < 5; ++i) age(drop(std::to_string(i) + ".pcap"), 1h);
  EXPECT_THAT(complete(0, 2), ElementsAre("0.pcap", "1.pcap"));
  EXPECT_EQ(watch_.files(), 5U);
  for (int i = 0; i < 4; ++i) fs::remove(folder_ / (std::to_string(i) + ".pcap"));
  EXPECT_THAT(complete(1, 2), ElementsAre("4.pcap"));
  EXPECT_EQ(watch_.files(), 1U);
}

TEST_F(Folder, AFolderThatIsGoneIsAnErrorUntilItIsThereAgain) {
  FolderWatch watch({folder_ / "later", 10s}, [](const std::string&) {});
  EXPECT_FALSE(watch.complete(begin_, 10));
  age(drop("later/a.pcap"), 1h);
  EXPECT_EQ(watch.complete(begin_, 10).value().size(), 1U);
}

}  // namespace
}  // namespace nightjar
