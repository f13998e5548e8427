#include "ingest/doubtful_clock.hpp"

#include <gmock/gmock.h>

#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86'400'000'000'000;

class DoubtfulClockTest : public LakeTest {
 protected:
  /// 400 packets on 40 days; each is a day before the one that came before it, but every 40th.
  std::string forty_days_backwards() {
    PcapFile capture;
    for (std::int64_t i = 0; i < 400; ++i) capture.add(packet().at(kNov23 + (39 - i % 40) * kDay).tcp().syn().ack().src_port(80));
    return file("forty.pcap", capture.content());
  }
};

TEST_F(DoubtfulClockTest, is_spoken_of_where_times_jump_to_and_fro_over_many_days) {
  const auto report = ingest({forty_days_backwards()}, {.sensor = "lab"});
  EXPECT_THAT(report.remarks,
              ElementsAre("packets of lab spread over 40 days, and their times step back 390 times: is the clock of this sensor right?"));
  for (const char* table : {"flows", "minutes", "backscatter", "sensor_days"})
    EXPECT_EQ(ask_one("SELECT sum(packets) FROM " + std::string(table)), "400") << table;
}

TEST_F(DoubtfulClockTest, is_not_spoken_of_for_a_slow_sensor_in_order) {
  PcapFile capture;
  for (std::int64_t i = 0; i < 400; ++i) capture.add(packet().at(kNov23 + i * kDay).tcp().syn());
  EXPECT_THAT(ingest({file("slow.pcap", capture.content())}).remarks, IsEmpty());
}

TEST(DoubtfulClock, is_told_by_sensor) {
  std::vector<Sensor> sensors(2);
  sensors[0].name = "a";
  sensors[1].name = "b";
  std::vector<SensorDayRow> ledger;
  for (std::int64_t day = 0; day < 33; ++day) {
    SensorDayRow row{};
    row.day = day;
    row.sensor = 1;
    row.clock_steps = 1;
    ledger.push_back(row);
  }
  EXPECT_THAT(doubtful_clocks(ledger, sensors),
              ElementsAre("packets of b spread over 33 days, and their times step back 33 times: is the clock of this sensor right?"));
  ledger.pop_back();
  EXPECT_THAT(doubtful_clocks(ledger, sensors), IsEmpty());
}

}  // namespace
}  // namespace nightjar
