// A wave that is there when a darknet wakes up: when it began nobody saw, and that is said, however often detection goes on.
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "exposure/darknet_lake.hpp"
#include "incident/incident_files.hpp"
#include "judge/detect_incidents.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerMinute = 60'000;
constexpr std::int64_t kWave = kDay + 12, kEnd = kDay + 16;  ///< day on which it is first seen, and end of the data

class UnwatchedOnset : public ::testing::Test {
 protected:
  UnwatchedOnset() {
    lake_.hum_days(kDay, kEnd, 5);
    lake_.knock(kDay, kEnd, {.sources = 20});
    lake_.knock(kWave, kEnd, {.sources = 400, .first_source = 0x64500000});
  }
  /// The wave's incident, judged up to these days one after the other.
  Incident wave(const std::vector<std::int64_t>& ends) const {
    const TempFolder folder;
    std::filesystem::copy(lake_.root(), folder / "lake", std::filesystem::copy_options::recursive);
    const RowsLake copy(folder / "lake");
    for (const std::int64_t end : ends) {
      DetectIncidentsOptions options;
      options.threads = 1;
      options.to_day = end;
      Lake lake = copy.lake();
      take(detect_incidents(lake, options));
    }
    const auto session = copy.session();
    for (Incident& one : take(read_incidents(*session, {})))
      if (one.kind != IncidentKind::sensor) return std::move(one);
    ADD_FAILURE() << "there is no wave";
    return {};
  }
  DarknetLake lake_;
};

TEST_F(UnwatchedOnset, OfAWaveThatWasSeenFromItsBeginningNothingIsSaid) {
  lake_.write();
  const Incident seen = wave({kEnd});
  EXPECT_EQ(seen.onset_ms, kWave * kMinutesOfDay * kMsPerMinute);
  EXPECT_EQ(seen.unwatched_to_ms, 0);
}

TEST_F(UnwatchedOnset, OfOneThatWasThereWhenTheDarknetWokeItIsSaid) {
  lake_.hush(kWave * kMinutesOfDay - 720, kWave * kMinutesOfDay);
  lake_.write();
  for (const std::vector<std::int64_t>& ends : {std::vector{kEnd}, {kWave + 1, kEnd}, {kWave + 1, kWave + 2, kWave + 3, kEnd}}) {
    const Incident unseen = wave(ends);
    EXPECT_EQ(unseen.unwatched_from_ms, (kWave * kMinutesOfDay - 720) * kMsPerMinute);
    EXPECT_EQ(unseen.unwatched_to_ms, kWave * kMinutesOfDay * kMsPerMinute);
  }
}

}  // namespace
}  // namespace nightjar
