// The modelled honeypot's visits, put together: byte for byte what was said, also where segments came twice or in another order.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "captured_steps.hpp"
#include "simulate/visit_fixture.hpp"

namespace nightjar::simulate::visit {
namespace {

class ConversationsOfVisits : public ConversationTest {
 protected:
  std::vector<nightjar::Conversation> put_together() const {
    std::vector<test::Step> steps;
    for (const Segment& segment : segments_) {
      const auto size = static_cast<std::uint32_t>(segment.frame.size());
      steps.push_back(
          test::step_of({segment.time_us * 1'000, reinterpret_cast<const std::uint8_t*>(segment.frame.data()), size, size, 1, 0}));
      steps.back().from_client = segment.from != kPot;
    }
    return test::played(steps);
  }

  /// By the definition: of SYNs of this visitor from other ports, at most 30 s before, Mirai's or else the last.
  std::uint32_t expected_facts(const VisitTold::Connection& connection) const {
    std::uint32_t facts = 0;
    for (const Segment& segment : segments_) {
      const std::int64_t before = connection.first_ns - segment.time_us * 1'000;
      if (segment.flags != tcp_flag::kSyn || segment.from != connection.from || segment.src_port == connection.from_port || before < 0 ||
          before > 30 * kSecond)
        continue;
      if (segment.sequence == kPot) return fact::kSeqIsDst;
      facts = fact::kDontFragment;
    }
    return facts;
  }
};

TEST_F(ConversationsOfVisits, AreWhatWasSaid) {
  std::size_t disturbed = 0, connections = 0, marked = 0, cut = 0;
  for (const Conversation& conversation : conversations()) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      SCOPED_TRACE(std::string(conversation.name) + " " + std::to_string(seed));
      const bool raw = seed % 2 == 0;
      visit(std::string(conversation.name), seed, raw);
      const auto all = put_together();
      ASSERT_EQ(all.size(), told_.connections.size() + (raw ? 1 : 0)) << "the raw SYN is a conversation of its own";
      for (const auto& connection : told_.connections) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) {
          return each.src == connection.from && each.src_port == connection.from_port &&
                 each.first_ns / 1'000 == connection.first_ns / 1'000;
        });
        ASSERT_NE(found, all.end());
        ASSERT_EQ(found->client, connection.visitor_says.substr(0, kMostClientBytes));
        ASSERT_EQ(found->server, connection.pot_says.substr(0, kMostServerBytes));
        ASSERT_EQ(found->bytes, connection.visitor_says.size());
        ASSERT_EQ(found->server_bytes, connection.pot_says.size());
        ASSERT_EQ(found->cut, connection.visitor_says.size() > kMostClientBytes);
        ASSERT_TRUE(found->handshake);
        ASSERT_EQ(found->facts, expected_facts(connection));
        std::uint64_t sizes[2] = {0, 0};
        for (const Turn& turn : found->turns) sizes[turn.client] += turn.size;
        ASSERT_EQ(sizes[1], found->client.size());
        ASSERT_EQ(sizes[0], found->server.size());
        disturbed += connection.disturbed;
        cut += found->cut;
        marked += found->facts == fact::kSeqIsDst && found->window == 31'337;
        ++connections;
      }
    }
  }
  EXPECT_GT(disturbed, connections / 10) << "segments came twice, late or in another order";
  EXPECT_GT(marked, connections / 4) << "Mirai's SYN came before";
  EXPECT_LT(cut, connections / 2);
}

TEST_F(ConversationsOfVisits, ALookSaysNothing) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    sheet_ = {};
    add_visit(probe(8'080, seed % 2 == 0), nullptr, seed, sheet_, &told_);
    read_back();
    const auto all = put_together();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].packets, segments_.size());
    EXPECT_EQ(all[0].bytes + all[0].server_bytes, 0u);
    EXPECT_EQ(all[0].first_ns, kStart);
    EXPECT_FALSE(all[0].cut);
    EXPECT_EQ(all[0].handshake, std::any_of(segments_.begin(), segments_.end(), [](const Segment& segment) {
                return segment.from != kPot && (segment.flags & (tcp_flag::kAck | tcp_flag::kRst)) == tcp_flag::kAck;
              }));
  }
}

}  // namespace
}  // namespace nightjar::simulate::visit
