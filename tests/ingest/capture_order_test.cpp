#include "ingest/capture_order.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;

/// Takes all captures in their order. `times` by path; a capture that is not among them has none.
std::vector<std::string> order_of(const CaptureList& list, const std::map<std::string, std::int64_t>& times,
                                  std::vector<std::string>* asked = nullptr) {
  CaptureOrder order(list, [&](const CapturePath& capture) -> std::optional<std::int64_t> {
    if (asked != nullptr) asked->push_back(capture.path);
    const auto at = times.find(capture.path);
    if (at == times.end()) return std::nullopt;
    return at->second;
  });
  std::vector<std::string> taken;
  while (const CapturePath* capture = order.next()) taken.push_back(capture->path);
  return taken;
}

CaptureList list_of(const std::vector<CapturePath>& captures) {
  CaptureList list;
  list.sensors.resize(3);
  list.captures = captures;
  return list;
}

using Paths = std::vector<std::string>;

TEST(CaptureOrder, takes_a_days_captures_of_all_sensors_before_those_of_the_next_day) {
  const auto list = list_of({{"a/1", 0}, {"a/2", 0}, {"a/3", 0}, {"b/1", 1}, {"b/2", 1}, {"c/3", 2}});
  EXPECT_EQ(order_of(list, {{"a/1", 10}, {"a/2", 20}, {"a/3", 30}, {"b/1", 11}, {"b/2", 19}, {"c/3", 31}}),
            (Paths{"a/1", "b/1", "b/2", "a/2", "a/3", "c/3"}));
}

TEST(CaptureOrder, keeps_the_lists_order_within_a_sensor_whatever_the_times_say) {
  const auto list = list_of({{"a/1", 0}, {"a/2", 0}, {"b/1", 1}});
  EXPECT_EQ(order_of(list, {{"a/1", 50}, {"a/2", 5}, {"b/1", 20}}), (Paths{"b/1", "a/1", "a/2"}));
}

TEST(CaptureOrder, takes_captures_that_begin_together_in_the_lists_order) {
  const auto list = list_of({{"b/1", 1}, {"a/1", 0}});
  EXPECT_EQ(order_of(list, {{"a/1", 7}, {"b/1", 7}}), (Paths{"b/1", "a/1"}));
}

TEST(CaptureOrder, takes_what_has_no_time_as_soon_as_its_sensor_comes_to_it) {
  const auto list = list_of({{"a/1", 0}, {"a/text", 0}, {"b/1", 1}});
  EXPECT_EQ(order_of(list, {{"a/1", 5}, {"b/1", 6}}), (Paths{"a/1", "a/text", "b/1"}));
}

TEST(CaptureOrder, asks_no_capture_where_there_is_one_sensor) {
  const auto list = list_of({{"2", 0}, {"1", 0}});
  Paths asked;
  EXPECT_EQ(order_of(list, {{"1", 1}, {"2", 2}}, &asked), (Paths{"2", "1"}));
  EXPECT_EQ(asked, Paths{});
}

TEST(CaptureOrder, does_not_mix_modelled_and_real_captures) {
  const auto list = list_of({{"a/real", 0}, {"b/real", 1}, {"a/model", 0, true, true}, {"b/model", 1, true, true}});
  EXPECT_EQ(order_of(list, {{"a/real", 40}, {"b/real", 30}, {"a/model", 20}, {"b/model", 10}}),
            (Paths{"b/real", "a/real", "b/model", "a/model"}));
}

class FirstPacketTime : public LakeTest {};

TEST_F(FirstPacketTime, is_that_of_the_first_record) {
  PcapFile capture;
  capture.add(packet().at(kNov23 + 5'000'000'000).tcp().syn().from("203.0.113.9").to("198.18.0.3").port(23));
  capture.add(packet().at(kNov23 + 6'000'000'000).tcp().syn().from("203.0.113.9").to("198.18.0.3").port(23));
  EXPECT_EQ(first_packet_time(file("a.pcap", capture.content())), kNov23 + 5'000'000'000);
}

TEST_F(FirstPacketTime, is_not_known_of_text_of_standard_input_and_of_what_is_not_there) {
  EXPECT_EQ(first_packet_time(file("a.txt", "no capture\n")), std::nullopt);
  EXPECT_EQ(first_packet_time("-"), std::nullopt);
  EXPECT_EQ(first_packet_time(folder_ / "missing.pcap"), std::nullopt);
}

class TwoSensors : public LakeTest {};

TEST_F(TwoSensors, write_one_file_of_a_day_that_both_saw) {
  file("in/nightjar.toml",
       "[[sensor]]\nname = \"a\"\nkind = \"darknet\"\ncaptures = [\"a/*\"]\n"
       "[[sensor]]\nname = \"b\"\nkind = \"darknet\"\ncaptures = [\"b/*\"]\n");
  for (int number = 0; number < 4; ++number) {
    for (const std::string sensor : {"a", "b"}) {
      PcapFile capture;
      capture.add(packet()
                      .at(kNov23 + number * 86'400'000'000'000)
                      .tcp()
                      .syn()
                      .seq(sensor == "a" ? 1 : 2)  // else one would be known as the other
                      .from("203.0.113.9")
                      .to("198.18.0.3")
                      .port(23));
      file("in/" + sensor + "/" + std::to_string(number) + ".pcap", capture.content());
    }
  }
  const auto report = ingest({(folder_ / "in").string()}, {}, {.batch_packets = 4, .step_packets = 1});
  EXPECT_EQ(report.captures, 8u);
  EXPECT_EQ(report.batches, 2u) << "two days of both sensors each";
  std::map<std::string, int> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(lake_folder() / "flows")) {
    if (entry.is_regular_file()) ++files[entry.path().parent_path().filename()];
  }
  const std::map<std::string, int> one_a_day{{"day=2017-11-23", 1}, {"day=2017-11-24", 1}, {"day=2017-11-25", 1}, {"day=2017-11-26", 1}};
  EXPECT_EQ(files, one_a_day);
}

}  // namespace
}  // namespace nightjar
