#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensor/sensors.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using testing::HasSubstr;

class SensorOfCapture : public testing::Test {
 protected:
  SensorOfCapture() { config_.file = folder_ / "nightjar.toml"; }
  void sensor(const char* name, std::vector<std::string> globs) {
    config_.sensors.push_back({name, SensorKind::darknet, {}, std::move(globs), false});
  }
  /// Name of the sensor, "none", or the error.
  std::string of(const std::filesystem::path& capture) {
    const auto found = sensor_of_capture(config_, capture);
    return !found ? found.error().sentence : *found ? config_.sensors[**found].name : "none";
  }
  TempFolder folder_;
  SensorConfig config_;
};

TEST_F(SensorOfCapture, FollowsTheGlobsFromTheFolderOfTheConfiguration) {
  sensor("tokyo-1", {"tokyo/*.pcap.zst", "old/**/tokyo-*.pcap"});
  sensor("osaka", {"./osaka/*"});
  EXPECT_EQ(of(folder_ / "tokyo/2017.pcap.zst"), "tokyo-1");
  EXPECT_EQ(of(folder_ / "old/2016/11/tokyo-9.pcap"), "tokyo-1");
  EXPECT_EQ(of(folder_ / "osaka/a.pcap"), "osaka");
  EXPECT_EQ(of(folder_ / "osaka/../tokyo/./2017.pcap.zst"), "tokyo-1");
  EXPECT_EQ(of(folder_ / "kyoto/a.pcap"), "none");
  EXPECT_EQ(of("/elsewhere/tokyo/2017.pcap.zst"), "none");
}

TEST_F(SensorOfCapture, FollowsGlobsOutOfTheFolderAndFromTheRoot) {
  sensor("beside", {"../nightjar-captures/*"});
  sensor("root", {"/data/**/*.pcap"});
  EXPECT_EQ(of(folder_.path().parent_path() / "nightjar-captures/a.pcap"), "beside");
  EXPECT_EQ(of("/data/2017/a.pcap"), "root");
}

TEST_F(SensorOfCapture, SeesThroughLinks) {
  sensor("tokyo-1", {"tokyo/*"});
  folder_.write("tokyo/a.pcap", "");
  std::filesystem::create_directory_symlink(folder_.path() / "tokyo", folder_.path() / "link");
  EXPECT_EQ(of(folder_ / "link/a.pcap"), "tokyo-1");
}

TEST_F(SensorOfCapture, DoesNotTakeTheFoldersOwnNameForAPattern) {
  config_.file = folder_ / "[x]" / "nightjar.toml";
  sensor("tokyo-1", {"*.pcap"});
  EXPECT_EQ(of(folder_ / "[x]" / "a.pcap"), "tokyo-1");
  EXPECT_EQ(of(folder_ / "x" / "a.pcap"), "none");
}

TEST_F(SensorOfCapture, RefusesACaptureThatTwoSensorsClaim) {
  sensor("tokyo-1", {"tokyo/*"});
  sensor("all", {"**"});
  EXPECT_THAT(
      of(folder_ / "tokyo/a.pcap"),
      HasSubstr("is claimed by two sensors: \"tokyo-1\" (captures \"tokyo/*\") and \"all\" (captures \"**\"); narrow one of them in "));
  EXPECT_EQ(of(folder_ / "osaka/a.pcap"), "all");
}

TEST_F(SensorOfCapture, DoesNotMindTwoGlobsOfOneSensor) {
  sensor("tokyo-1", {"tokyo/*", "**"});
  EXPECT_EQ(of(folder_ / "tokyo/a.pcap"), "tokyo-1");
}

}  // namespace
}  // namespace nightjar
