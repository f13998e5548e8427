// However captures are divided into batches, and wherever a run goes on, the same conversations come out.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <sstream>

#include "captured_steps.hpp"
#include "simulate/visit_fixture.hpp"

namespace nightjar {
namespace {

using test::play;
using test::Step;

/// What the lake would hold: of each conversation the fullest row, which is the last one.
class Lake {
 public:
  void take(Conversation&& told) {
    std::ostringstream which, what;
    which << told.sensor << ' ' << told.first_ns << ' ' << told.src << ' ' << told.src_low << ' ' << told.src_port << ' ' << told.dst << ' '
          << told.dst_low << ' ' << told.port;
    // Not that a silent client's conversation ended, which is not handed over.
    const bool end_told = told.ended && !told.client.empty();
    what << end_told << ' ' << told.last_ns << ' ' << told.packets << ' ' << told.segments << ' ' << told.bytes << ' ' << told.server_bytes
         << ' ' << told.facts << ' ' << told.window << ' ' << told.handshake << told.cut << ' ' << told.client << ' ' << told.server;
    for (const Turn& turn : told.turns) what << ' ' << turn.client << turn.size;
    auto& [fullness, row] = rows_[which.str()];
    const std::pair grown(told.packets, end_told);
    // A run that goes on does not know what the last packet of the one before showed alone: it may tell that end again.
    EXPECT_TRUE(fullness < grown || (end_told && row == what.str())) << "not fuller than before, nor ended since: " << which.str();
    fullness = grown;
    row = what.str();
  }
  friend bool operator==(const Lake&, const Lake&) = default;
  std::size_t size() const { return rows_.size(); }

 private:
  std::map<std::string, std::pair<std::pair<std::uint64_t, bool>, std::string>> rows_;  ///< packets, whether it has ended; the row
};

/// `many` visits at once, of all kinds.
std::vector<Step> visits(std::uint32_t many) {
  namespace visit = simulate::visit;
  simulate::FrameSheet sheet;
  const auto all = simulate::conversations();
  for (std::uint32_t i = 0; i < many; ++i) {
    const auto& conversation = all[i % all.size()];
    simulate::VisitTold told;
    simulate::add_visit(visit::probe(conversation.port, i % 2 == 0, 0x0b000001 + i, visit::kStart + i * visit::kSecond), &conversation, i,
                        sheet, &told);
  }
  TempFolder folder;
  simulate::CaptureWriter writer({.folder = folder / "", .prefix = "visits"});
  EXPECT_TRUE(sheet.write_until(std::numeric_limits<std::int64_t>::max(), writer));
  EXPECT_TRUE(writer.finish());
  return test::steps_of_capture(folder / "visits-2017-11-23.pcap");
}

class ConversationsBatches : public ::testing::TestWithParam<Conversations::Config> {
 protected:
  Conversations::Sink into(Lake& lake) {
    return [&lake](Conversation&& told) { lake.take(std::move(told)); };
  }
  Lake whole(const std::vector<Step>& steps) {
    Lake lake;
    Conversations conversations(GetParam(), into(lake));
    for (const Step& step : steps) play(conversations, step);
    conversations.finish();
    return lake;
  }
};

TEST_P(ConversationsBatches, AnyDivisionEndsInTheSameRows) {
  const auto steps = visits(26);
  ASSERT_GT(steps.size(), 300u);
  const Lake expected = whole(steps);
  EXPECT_GE(expected.size(), 39u) << "raw SYNs among them";
  for (std::size_t commit = 1; commit < steps.size(); ++commit) {
    Lake lake;
    Conversations conversations(GetParam(), into(lake));
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i == commit) conversations.hand_over_open();
      play(conversations, steps[i]);
    }
    conversations.finish();
    ASSERT_EQ(lake, expected) << "committed before packet " << commit;
  }
}

TEST_P(ConversationsBatches, ManyBatchesEndInTheSameRows) {
  const auto steps = visits(130);
  const Lake expected = whole(steps);
  for (const std::uint32_t mean : {1u, 2u, 7u, 100u}) {
    std::mt19937 random(mean);
    Lake lake;
    Conversations conversations(GetParam(), into(lake));
    for (const Step& step : steps) {
      play(conversations, step);
      if (random() % mean == 0) conversations.hand_over_open();
    }
    conversations.finish();
    EXPECT_EQ(lake, expected) << "a batch of about " << mean;
  }
}

TEST_P(ConversationsBatches, ARunThatGoesOnAtAnyPacketEndsInTheSameRows) {
  const auto steps = visits(26);
  const Lake expected = whole(steps);
  for (std::size_t known = 0; known <= steps.size(); ++known) {
    Lake lake;
    Conversations first(GetParam(), into(lake)), second(GetParam(), into(lake));
    for (std::size_t i = 0; i < known; ++i) play(first, steps[i]);
    first.finish();
    for (std::size_t i = 0; i < steps.size(); ++i) play(second, steps[i], i < known);
    second.finish();
    ASSERT_EQ(lake, expected) << known << " packets were known";
  }
}

TEST_P(ConversationsBatches, SensorsWhoseHoursAreReadInTurnEndInTheRowsOfEachAlone) {
  // Each hour of a sensor begins with the end of what the hour before began.
  constexpr int kHours = 3;
  const auto hour_of = [](int hour) {
    test::Script script;
    if (hour > 0) script.src_port(static_cast<std::uint16_t>(hour)).numbers(1'005, 5'001).at(hour * 3600 + 1).says("more").rst();
    if (hour + 1 < kHours) script.src_port(static_cast<std::uint16_t>(hour + 1)).at(hour * 3600 + 3599).handshake().says("word");
    return script.steps;
  };
  Lake alone, in_turn;
  for (const std::uint16_t sensor : {1, 2}) {
    Conversations conversations(GetParam(), into(alone));
    for (int hour = 0; hour < kHours; ++hour)
      for (const Step& step : hour_of(hour)) play(conversations, step, false, sensor);
    conversations.finish();
  }
  Conversations conversations(GetParam(), into(in_turn));
  for (int hour = 0; hour < kHours; ++hour)
    for (const std::uint16_t sensor : {1, 2})
      for (const Step& step : hour_of(hour)) play(conversations, step, false, sensor);
  conversations.finish();
  EXPECT_EQ(in_turn, alone);
}

INSTANTIATE_TEST_SUITE_P(Limits, ConversationsBatches,
                         ::testing::Values(Conversations::Config{}, Conversations::Config{.most_open = 3},
                                           Conversations::Config{.most_bytes = 2'000},
                                           Conversations::Config{.idle_seconds = 1, .linger_seconds = 0}));

}  // namespace
}  // namespace nightjar
