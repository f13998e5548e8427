#include "enrich/geolocation_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "enrich/origin_of.hpp"
#include "support/mmdb_builder.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using testing::HasSubstr;
using Mmdb = MmdbBuilder;

std::string country_data(const char* country) { return Mmdb("Test").add("81.2.69.0/24", Mmdb::country(country)).build(); }

class GeolocationWatchTest : public testing::Test {
 protected:
  std::unique_ptr<GeolocationWatch> watch(std::vector<std::filesystem::path> files) {
    auto opened = GeolocationWatch::open(std::move(files));
    EXPECT_TRUE(opened) << opened.error().sentence;
    return std::move(*opened);
  }
  static std::string refreshed(GeolocationWatch& watch) {
    const auto result = watch.refresh();
    return !result ? result.error().sentence : *result ? "new" : "same";
  }
  TempFolder folder_;
};

TEST_F(GeolocationWatchTest, TakesUpAReplacedFile) {
  const auto data = watch({folder_.replace("geo.mmdb", country_data("GB"))});
  EXPECT_EQ(origin_of(*data->current(), "81.2.69.1"), "GB -");
  EXPECT_EQ(refreshed(*data), "same");
  folder_.replace("geo.mmdb", country_data("JP"));
  EXPECT_EQ(origin_of(*data->current(), "81.2.69.1"), "GB -");
  EXPECT_EQ(refreshed(*data), "new");
  EXPECT_EQ(origin_of(*data->current(), "81.2.69.1"), "JP -");
  EXPECT_EQ(refreshed(*data), "same");
}

TEST_F(GeolocationWatchTest, LeavesWhoHoldsTheOldDataUndisturbed) {
  const auto data = watch({folder_.replace("geo.mmdb", country_data("GB"))});
  const auto held = data->current();
  folder_.replace("geo.mmdb", country_data("JP"));
  EXPECT_EQ(refreshed(*data), "new");
  EXPECT_EQ(origin_of(*held, "81.2.69.1"), "GB -");
}

TEST_F(GeolocationWatchTest, KeepsTheOldDataWhileTheNewFileIsBrokenAndSaysSo) {
  const auto data = watch({folder_.replace("geo.mmdb", country_data("GB"))});
  folder_.replace("geo.mmdb", country_data("JP").substr(0, 300));
  EXPECT_THAT(refreshed(*data), HasSubstr("cut off"));
  EXPECT_THAT(refreshed(*data), HasSubstr("cut off"));
  EXPECT_EQ(origin_of(*data->current(), "81.2.69.1"), "GB -");
  std::filesystem::remove(folder_ / "geo.mmdb");
  EXPECT_THAT(refreshed(*data), HasSubstr("No such file"));
  EXPECT_EQ(origin_of(*data->current(), "81.2.69.1"), "GB -");
  folder_.replace("geo.mmdb", country_data("JP"));
  EXPECT_EQ(refreshed(*data), "new");
  EXPECT_EQ(origin_of(*data->current(), "81.2.69.1"), "JP -");
}

TEST_F(GeolocationWatchTest, WatchesEveryFile) {
  const auto data = watch({folder_.replace("geo.mmdb", country_data("GB")), folder_.replace("as.csv", "81.2.0.0,81.2.255.255,5,Five\n")});
  folder_.replace("as.csv", "81.2.0.0,81.2.255.255,66,Six\n");
  EXPECT_EQ(refreshed(*data), "new");
  EXPECT_EQ(origin_of(*data->current(), "81.2.69.1"), "GB 66");
}

TEST_F(GeolocationWatchTest, KnowsNothingWithoutFilesAndNeverChanges) {
  const auto data = watch({});
  EXPECT_EQ(origin_of(*data->current(), "81.2.69.1"), "- -");
  EXPECT_EQ(refreshed(*data), "same");
}

TEST_F(GeolocationWatchTest, DoesNotOpenOnABrokenFile) {
  const auto opened = GeolocationWatch::open({folder_.write("geo.csv", "x\n")});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().sentence, HasSubstr("geo.csv:1"));
}

// Every version of the file knows both addresses, in the same country: any mixture, gap or stale pointer shows.
TEST_F(GeolocationWatchTest, AnswersAllTheWhileFilesAreReplaced) {
  const auto version = [](int number) {
    const std::string country = {'A', static_cast<char>('A' + number % 26)};
    return Mmdb("Test").add("81.2.69.0/24", Mmdb::country(country)).add("2400::/12", Mmdb::country(country)).build();
  };
  const auto data = watch({folder_.replace("geo.mmdb", version(0))});
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> answers{0}, wrong{0};
  std::vector<std::thread> askers;
  for (int i = 0; i < 3; ++i) {
    askers.emplace_back([&] {
      while (!done) {
        const auto current = data->current();
        const std::string first = origin_of(*current, "81.2.69.7"), second = origin_of(*current, "2400::7");
        if (first != second || first[0] != 'A' || first[1] == ' ') ++wrong;
        ++answers;
      }
    });
  }
  int news = 0, errors = 0;
  for (int i = 1; i <= 50; ++i) {
    const bool broken = i % 5 == 0;
    folder_.replace("geo.mmdb", broken ? version(i).substr(0, 200) : version(i));
    const std::string result = refreshed(*data);
    (broken ? errors : news) += broken ? result.find("cut off") != std::string::npos : result == "new";
    const std::string expected = {'A', static_cast<char>('A' + (broken ? i - 1 : i) % 26), ' ', '-'};
    EXPECT_EQ(origin_of(*data->current(), "81.2.69.7"), expected) << i;
    for (const std::uint64_t before = answers; answers < before + 10;) std::this_thread::yield();
  }
  done = true;
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(news, 40);
  EXPECT_EQ(errors, 10);
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace nightjar
