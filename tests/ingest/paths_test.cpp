#include "ingest/paths.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

std::vector<std::string> names(const CaptureList& list) {
  std::vector<std::string> found;
  for (const CapturePath& capture : list.captures)
    found.push_back(capture.path.filename().string() + "@" + list.sensors[capture.sensor].name);
  return found;
}

TEST(FindCaptures, walks_folders_in_order_and_leaves_hidden_files_out) {
  const TempFolder folder;
  for (const char* name : {"b/2.pcap", "b/1.pcap", "a.pcap", ".hidden", ".git/x", "c/nightjar.toml"}) folder.write(name, "[[sensor]]\n");
  const auto list = find_captures({folder.path().string()}, {});
  ASSERT_TRUE(list) << list.error().sentence;
  EXPECT_EQ(names(*list), (std::vector<std::string>{"a.pcap@darknet", "1.pcap@darknet", "2.pcap@darknet"}));
}

TEST(FindCaptures, says_which_path_is_not_there) {
  const auto list = find_captures({"/nowhere/at/all.pcap"}, {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().sentence, "cannot open /nowhere/at/all.pcap: there is no such file or folder");
}

TEST(FindCaptures, assigns_captures_by_the_globs_of_the_folder) {
  const TempFolder folder;
  folder.write("nightjar.toml",
               "[[sensor]]\nname = \"tokyo\"\ncaptures = [\"tokyo/*\"]\n[[sensor]]\nname = \"osaka\"\nkind = \"honeypot\"\ncaptures = "
               "[\"osaka-*.pcap\"]\n");
  folder.write("tokyo/1.pcap", "");
  folder.write("osaka-1.pcap", "");
  auto list = find_captures({folder.path().string()}, {});
  ASSERT_TRUE(list) << list.error().sentence;
  EXPECT_EQ(names(*list), (std::vector<std::string>{"osaka-1.pcap@osaka", "1.pcap@tokyo"}));
  EXPECT_EQ(list->sensors[list->captures[0].sensor].kind, SensorKind::honeypot);

  folder.write("kyoto.pcap", "");
  list = find_captures({folder.path().string()}, {});
  ASSERT_FALSE(list);
  EXPECT_NE(list.error().sentence.find("no sensor of"), std::string::npos);
  EXPECT_NE(list.error().sentence.find("kyoto.pcap"), std::string::npos);
}

TEST(FindCaptures, takes_the_sensor_and_kind_of_the_command_line) {
  const TempFolder folder;
  const std::string file = folder.write("x.pcap", "").string();
  const auto list = find_captures({file, "-"}, {.config = {}, .sensor = "pot", .kind = SensorKind::reflector});
  ASSERT_TRUE(list) << list.error().sentence;
  EXPECT_EQ(names(*list), (std::vector<std::string>{"x.pcap@pot", "-@pot"}));
  EXPECT_EQ(list->sensors[0].kind, SensorKind::reflector);
}

TEST(FindCaptures, refuses_a_kind_that_the_configuration_contradicts) {
  const TempFolder folder;
  const auto config = folder.write("nightjar.toml", "[[sensor]]\nname = \"tokyo\"\nkind = \"darknet\"\n");
  const std::string file = folder.write("x.pcap", "").string();
  const auto list = find_captures({file}, {.config = config, .sensor = "tokyo", .kind = SensorKind::honeypot});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().sentence, "the sensor tokyo is a darknet by its configuration");
}

}  // namespace
}  // namespace nightjar
