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

/// A folder with a modelled capture in sim/, beside the nightjar.toml that says so.
class ModelledCaptures : public ::testing::Test {
 protected:
  ModelledCaptures() {
    folder_.write("sim/nightjar.toml", "origin = \"modelled\"\n[[sensor]]\nname = \"model\"\ncaptures = [\"*.pcap\"]\n");
    folder_.write("sim/a.pcap", "");
    folder_.write("real.pcap", "");
  }
  std::string at(const std::string& name) const { return (folder_.path() / name).string(); }
  /// "a.pcap@model modelled" for each capture.
  static std::vector<std::string> marks(const std::vector<std::string>& paths, const SensorChoice& choice = {}) {
    const auto list = find_captures(paths, choice);
    if (!list) return {list.error().sentence};
    std::vector<std::string> found = names(*list);
    for (std::size_t i = 0; i < found.size(); ++i) found[i] += list->captures[i].modelled ? " modelled" : " real";
    return found;
  }
  TempFolder folder_;
};

using Lines = std::vector<std::string>;

TEST_F(ModelledCaptures, keep_their_mark_when_named_themselves) {
  EXPECT_EQ(marks({at("sim/a.pcap")}), Lines{"a.pcap@model modelled"});
  folder_.write("sim/b.cap", "");
  EXPECT_EQ(marks({at("sim/b.cap")}), Lines{"b.cap@darknet modelled"}) << "no sensor claims it, but it lies beside the mark";
}

TEST_F(ModelledCaptures, keep_their_mark_below_the_named_folder) {
  EXPECT_EQ(marks({folder_.path().string()}), (Lines{"real.pcap@darknet real", "a.pcap@model modelled"}));
  EXPECT_EQ(marks({folder_.path().string() + "/"}), (Lines{"real.pcap@darknet real", "a.pcap@model modelled"}));
  folder_.write("sim/deep/er/c.pcap", "");
  EXPECT_EQ(marks({at("sim")}, {.config = {}, .sensor = "model", .kind = {}}), (Lines{"a.pcap@model modelled", "c.pcap@model modelled"}));
}

TEST_F(ModelledCaptures, keep_their_mark_under_a_sensor_of_the_command_line) {
  folder_.write("bare/nightjar.toml", "origin = \"modelled\"\n");
  folder_.write("bare/b.pcap", "");
  EXPECT_EQ(marks({at("bare"), at("real.pcap")}, {.config = {}, .sensor = "foo", .kind = {}}),
            (Lines{"b.pcap@foo modelled", "real.pcap@foo real"}));
}

TEST_F(ModelledCaptures, keep_their_mark_under_another_configuration) {
  const auto config = folder_.write("other.toml", "[[sensor]]\nname = \"tokyo\"\nprefixes = [\"198.18.0.0/16\"]\n");
  const SensorChoice choice{.config = config, .sensor = {}, .kind = {}};
  EXPECT_EQ(marks({at("sim"), at("sim/a.pcap"), at("real.pcap")}, choice),
            (Lines{"a.pcap@tokyo modelled", "a.pcap@tokyo modelled", "real.pcap@tokyo real"}));
  const auto list = find_captures({at("sim"), at("real.pcap")}, choice);
  ASSERT_TRUE(list);
  for (const CapturePath& capture : list->captures) EXPECT_EQ(list->sensors[capture.sensor].prefixes.size(), 1u) << capture.path;
}

TEST_F(ModelledCaptures, are_marked_by_the_nearest_configuration) {
  folder_.write("sim/measured/nightjar.toml", "[[sensor]]\nname = \"tokyo\"\n");
  folder_.write("sim/measured/m.pcap", "");
  EXPECT_EQ(marks({at("sim")}), (Lines{"a.pcap@model modelled", "m.pcap@tokyo real"}));
}

TEST(FindCaptures, refuses_a_sensor_that_the_configuration_does_not_name) {
  const TempFolder folder;
  folder.write("nightjar.toml", "[[sensor]]\nname = \"tokyo-1\"\n[[sensor]]\nname = \"osaka\"\ncaptures = [\"x*\"]\n");
  const std::string file = folder.write("x.pcap", "").string();
  for (const std::string& path : {folder.path().string(), file}) {
    const auto list = find_captures({path}, {.config = {}, .sensor = "tokyo1", .kind = {}});
    ASSERT_FALSE(list) << path;
    EXPECT_EQ(list.error().sentence, "no sensor tokyo1 is configured; did you mean tokyo-1? Possible: osaka, tokyo-1");
  }
  const auto list = find_captures({file}, {.config = {}, .sensor = "tokyo-1", .kind = {}});
  ASSERT_TRUE(list) << list.error().sentence;
  EXPECT_EQ(names(*list), std::vector<std::string>{"x.pcap@tokyo-1"});
}

TEST(FindCaptures, takes_one_sensor_from_two_folders_if_both_say_the_same_of_it) {
  const TempFolder folder;
  for (const char* name : {"a/1.pcap", "b/2.pcap"}) folder.write(name, "");
  for (const char* name : {"a/nightjar.toml", "b/nightjar.toml"}) folder.write(name, "[[sensor]]\nname = \"tokyo\"\n");
  const auto list = find_captures({folder.path().string()}, {});
  ASSERT_TRUE(list) << list.error().sentence;
  EXPECT_EQ(names(*list), (std::vector<std::string>{"1.pcap@tokyo", "2.pcap@tokyo"}));
  EXPECT_EQ(list->sensors.size(), 1u);

  folder.write("b/nightjar.toml", "[[sensor]]\nname = \"tokyo\"\nkind = \"honeypot\"\n");
  const auto refused = find_captures({folder.path().string()}, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().sentence.find("the sensor tokyo stands in "), std::string::npos) << refused.error().sentence;
}

TEST(FindCaptures, refuses_a_sensor_of_the_command_line_whose_name_no_configuration_could_hold) {
  for (const std::string& name : {std::string(), std::string("a/b"), std::string("a\x1b"), std::string("\xff\xfe"), std::string(65, 'x')}) {
    const auto list = find_captures({"-"}, {.config = {}, .sensor = name, .kind = {}});
    ASSERT_FALSE(list) << name;
    EXPECT_NE(list.error().sentence.find("the sensor's name"), std::string::npos) << list.error().sentence;
  }
  EXPECT_TRUE(find_captures({"-"}, {.config = {}, .sensor = std::string(64, 'x'), .kind = {}}));
}

TEST(FindCaptures, tells_no_geolocation_data_from_nothing_said) {
  const TempFolder folder;
  folder.write("x.pcap", "");
  auto list = find_captures({folder.path().string()}, {});
  ASSERT_TRUE(list);
  EXPECT_FALSE(list->geolocation);
  folder.write("nightjar.toml", "[geolocation]\nfiles = []\n");
  list = find_captures({folder.path().string()}, {});
  ASSERT_TRUE(list);
  ASSERT_TRUE(list->geolocation);
  EXPECT_TRUE(list->geolocation->empty());
}

}  // namespace
}  // namespace nightjar
