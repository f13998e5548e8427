#include "simulate/tool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "decode/decode.hpp"
#include "decode/tcp_options.hpp"
#include "fingerprint/catalogue.hpp"
#include "fingerprint/classify.hpp"
#include "simulate/tool_packets.hpp"

// What a tool says of its packets is compared with what the rooms decode and fingerprint find in the bytes; how its packets look, with
// docs/definitions.md and the sources that each tool names.

namespace nightjar::simulate {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

struct Seen {
  Undecodable reason;
  Packet packet;
};
Seen seen(const MadePacket& made) {
  const auto size = static_cast<std::uint32_t>(made.record.size() - 16);
  const RawPacket raw{made.event.time_ns, made.record.data() + 16, size, size, 1, 0};
  Seen result{};
  result.reason = decode(raw, {}, result.packet);
  return result;
}

const Tool& tool_named(std::string_view name) {
  const Tool* const tool = find_tool(name);
  EXPECT_NE(tool, nullptr) << name;
  return *tool;
}

std::set<std::string_view> names_of(std::uint32_t fingerprints) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < fingerprint_catalogue().size(); ++i) {
    if (fingerprints >> i & 1) names.insert(fingerprint_catalogue()[i].name);
  }
  return names;
}

std::uint32_t fingerprints_of(const Packet& packet, TrafficClass traffic_class) {
  std::uint32_t marks = 0;
  const std::uint32_t facts = facts_of(packet);
  for (std::size_t i = 0; i < fingerprint_catalogue().size(); ++i) {
    const bool has =
        fingerprint_catalogue()[i].matches(facts, packet.window, row_port(packet, traffic_class), static_cast<std::uint8_t>(traffic_class));
    if (has) marks |= 1U << i;
  }
  return marks;
}

/// All that differs between what the tool said and what is in the bytes; empty if nothing does.
std::string difference(const MadePacket& made) {
  const auto& [reason, packet] = seen(made);
  const Knock& said = made.knock;
  std::string text;
  const auto compare = [&](std::string_view what, std::uint64_t by_tool, std::uint64_t in_bytes) {
    if (by_tool == in_bytes) return;
    text += std::string(what) + ": tool " + std::to_string(by_tool) + ", bytes " + std::to_string(in_bytes) + "; ";
  };
  compare("decodable", said.decodable ? 1 : 0, reason == Undecodable::none ? 1 : 0);
  if (!said.decodable || reason != Undecodable::none) return text;
  const TrafficClass traffic_class = classify(packet);
  compare("class", static_cast<unsigned>(said.traffic_class), static_cast<unsigned>(traffic_class));
  compare("port", said.filed_port, row_port(packet, traffic_class));
  compare("fingerprints", said.fingerprints, fingerprints_of(packet, traffic_class));
  compare("protocol", said.protocol, packet.protocol);
  compare("source", made.event.src, packet.src);
  compare("destination", made.event.dst, packet.dst);
  compare("source port", said.src_port, packet.src_port);
  compare("destination port", said.dst_port, packet.dst_port);
  return text;
}

TEST(ToolTest, BytesAreWhatEachToolSaysOfThem) {
  // So many SYNs that a chance of 2^-16 would show with near certainty.
  constexpr int kScans = 300'000, kOthers = 10'000;
  for (const Tool& tool : tools()) {
    Maker maker;
    Random random({1, tool.name.size()});
    int wrong = 0;
    const bool scans = maker.make(tool, event_for(tool, random)).knock.traffic_class == TrafficClass::scan;
    for (int i = 0; i < (scans ? kScans : kOthers) && wrong < 3; ++i) {
      const Event event = attempt_of(tool, event_for(tool, random), random.below(static_cast<std::uint32_t>(tool.attempts.size())));
      const std::string text = difference(maker.make(tool, event));
      if (!text.empty()) ++wrong;
      EXPECT_EQ(text, "") << tool.name << ", port " << event.port << ", host " << event.host_seed << ", probe " << event.probe_seed;
    }
  }
}

TEST(ToolTest, PacketsDependOnTheirEventsAlone) {
  for (const Tool& tool : tools()) {
    Maker used;
    Random random({2});
    for (int i = 0; i < 100; ++i) {
      const Event event = attempt_of(tool, event_for(tool, random), random.below(static_cast<std::uint32_t>(tool.attempts.size())));
      Maker fresh;
      EXPECT_EQ(used.make(tool, event).record, fresh.make(tool, event).record) << tool.name;
      // What another tool left in the knock does not show.
      used.make(tools()[random.below(static_cast<std::uint32_t>(tools().size()))], event);
    }
  }
}

TEST(ToolTest, AttemptsOfAProbeShareTheirPortsAndNumbers) {
  for (const Tool& tool : tools()) {
    if (tool.name == "fragment") continue;  // its second packet is no retransmission
    Maker maker;
    Random random({3});
    for (int i = 0; i < 200; ++i) {
      const Event event = event_for(tool, random);
      const Knock first = maker.make(tool, event).knock;
      for (std::size_t attempt = 1; attempt < tool.attempts.size(); ++attempt) {
        const Knock again = maker.make(tool, attempt_of(tool, event, attempt)).knock;
        EXPECT_EQ(again.src_port, first.src_port) << tool.name;
        EXPECT_EQ(again.dst_port, first.dst_port) << tool.name;
        EXPECT_EQ(again.sequence, first.sequence) << tool.name;
        EXPECT_EQ(again.acknowledgement, first.acknowledgement) << tool.name;
      }
    }
  }
}

TEST(ToolTest, ProbesOfAHostDiffer) {
  for (const Tool& tool : tools()) {
    Maker maker;
    Random random({4});
    std::set<std::vector<std::uint8_t>> frames;
    for (int i = 0; i < 50; ++i) {
      Event event = event_for(tool, random, 1);
      event.dst = 0x647f0001;
      event.time_ns = 1'500'000'000'000'000'000;
      event.port = tool.port != 0 ? tool.port : 7547;
      frames.insert(maker.make(tool, event).frame());
    }
    EXPECT_GE(frames.size(), 45U) << tool.name;
  }
}

/// What all first SYNs of many hosts of a tool are like.
struct Look {
  std::set<std::uint16_t> windows;
  std::set<std::string_view> options;
  std::set<bool> dont_fragment;
  int lowest_ttl = 255, highest_ttl = 0;
};
Look look_of(std::string_view name, std::uint16_t port = 23, std::size_t attempt = 0) {
  Look look;
  Maker maker;
  Random random({5});
  for (int i = 0; i < 3000; ++i) {
    Event event = event_for(tool_named(name), random);
    event.port = port;
    event.protocol = 6;
    const Packet packet = seen(maker.make(tool_named(name), attempt_of(tool_named(name), event, attempt))).packet;
    look.windows.insert(packet.window);
    look.options.insert(option_layout_name(packet.option_layout));
    look.dont_fragment.insert(packet.dont_fragment);
    look.lowest_ttl = std::min<int>(look.lowest_ttl, packet.ttl);
    look.highest_ttl = std::max<int>(look.highest_ttl, packet.ttl);
  }
  return look;
}

TEST(ToolTest, SynsLookAsTheirProgramsSendThem) {
  struct Expected {
    std::string_view tool;
    std::set<std::uint16_t> windows;  ///< empty: any
    std::string_view options;
    bool dont_fragment;
    int initial_ttl;  ///< of which 5 to 28 are lost on the way
  };
  const std::vector<Expected> kExpected = {
      {"mirai", {}, "none", false, 64},
      {"mirai-variant", {}, "none", false, 64},
      {"hajime-like", {14600}, "mss,sok,ts,nop,ws", true, 64},
      {"window-14600", {14600}, "mss,sok,ts,nop,ws", true, 64},
      {"linux", {29200}, "mss,sok,ts,nop,ws", true, 64},
      {"bruteforce", {5840}, "mss,sok,ts,nop,ws", true, 64},
      {"windows-7", {8192}, "mss,nop,ws,nop,nop,sok", true, 128},
      {"windows-xp", {64240, 65535}, "mss,nop,nop,sok", true, 128},
      {"masscan", {1024}, "none", false, 255},
      {"masscan-2023", {1025}, "mss", false, 255},
      {"zmap", {65535}, "none", false, 255},
      {"zmap-4.1", {65535}, "mss,nop,ws,nop,nop,sok", false, 64},
      {"survey", {1024, 65535}, "none", false, 255},
  };
  for (const Expected& expected : kExpected) {
    const Look look = look_of(expected.tool);
    if (!expected.windows.empty()) {
      EXPECT_EQ(look.windows, expected.windows) << expected.tool;
    }
    EXPECT_THAT(look.options, ElementsAre(expected.options)) << expected.tool;
    EXPECT_THAT(look.dont_fragment, ElementsAre(expected.dont_fragment)) << expected.tool;
    EXPECT_EQ(look.highest_ttl, expected.initial_ttl - 5) << expected.tool;
    EXPECT_EQ(look.lowest_ttl, expected.initial_ttl - 28) << expected.tool;
  }
}

TEST(ToolTest, NmapDrawsItsTtlAnew) {
  const Look look = look_of("nmap");
  EXPECT_EQ(look.windows, (std::set<std::uint16_t>{1024, 2048, 3072, 4096}));
  EXPECT_THAT(look.options, ElementsAre("mss"));
  EXPECT_EQ(look.highest_ttl, 59 - 5);
  EXPECT_EQ(look.lowest_ttl, 37 - 28);
}

TEST(ToolTest, WindowsLeavesScalingOutOfItsLastAttempt) {
  EXPECT_THAT(look_of("windows-7", 445, 1).options, ElementsAre("mss,nop,ws,nop,nop,sok"));
  EXPECT_THAT(look_of("windows-7", 445, 2).options, ElementsAre("mss,nop,nop,sok"));
}

TEST(ToolTest, MarksAreThoseOfTheDefinitions) {
  using Names = std::set<std::string_view>;
  struct Expected {
    std::string_view tool;
    std::uint16_t port;
    Names marks;
  };
  const std::vector<Expected> kExpected = {
      {"mirai", 23, {"mirai", "irregular-syn"}},
      {"mirai", 445, {"mirai", "irregular-syn"}},
      {"mirai-variant", 37215, {"mirai", "irregular-syn"}},
      {"hajime-like", 81, {"hajime-like"}},
      {"hajime-like", 80, {}},
      {"window-14600", 22, {"hajime-like"}},
      {"window-14600", 443, {}},
      {"windows-7", 445, {"windows-7"}},
      {"windows-7", 139, {}},
      {"windows-xp", 445, {}},
      {"linux", 22, {}},
      {"bruteforce", 22, {}},
      {"masscan", 443, {"masscan", "irregular-syn"}},
      {"masscan-2023", 443, {"masscan", "irregular-syn"}},
      {"zmap", 443, {"zmap-classic", "irregular-syn"}},
      {"zmap-4.1", 443, {"zmap-4.1"}},
      {"nmap", 22, {}},
      {"null-scan", 23, {}},
      {"syn-ack", 80, {}},
  };
  for (const Expected& expected : kExpected) {
    const Tool& tool = tool_named(expected.tool);
    Maker maker;
    Random random({6});
    for (int i = 0; i < 100; ++i) {
      Event event = event_for(tool, random);
      event.port = expected.port;
      EXPECT_EQ(names_of(maker.make(tool, event).knock.fingerprints), expected.marks) << expected.tool << " " << expected.port;
    }
  }
}

/// How many different values each of a hundred hosts shows in fifty probes.
std::vector<std::size_t> values_a_host(std::string_view name, std::uint16_t (*value)(const Packet&)) {
  std::map<std::uint32_t, std::set<std::uint16_t>> values;
  Maker maker;
  Random random({7});
  for (int i = 0; i < 5000; ++i) {
    const MadePacket made = maker.make(tool_named(name), event_for(tool_named(name), random, 100));
    values[made.event.host_seed].insert(value(seen(made).packet));
  }
  std::vector<std::size_t> sizes;
  for (const auto& [host, set] : values) sizes.push_back(set.size());
  return sizes;
}
std::uint16_t source_port(const Packet& packet) { return packet.src_port; }
std::uint16_t window(const Packet& packet) { return packet.window; }
std::uint16_t ttl(const Packet& packet) { return packet.ttl; }
std::uint16_t ip_id(const Packet& packet) { return packet.ip_id; }

TEST(ToolTest, AMiraiProcessHasOneSourcePortAndOneWindow) {
  EXPECT_THAT(values_a_host("mirai", source_port), Each(1U));
  EXPECT_THAT(values_a_host("mirai", window), Each(1U));
  EXPECT_THAT(values_a_host("mirai", ip_id), Each(Ge(30U)));
  EXPECT_THAT(values_a_host("mirai-variant", window), Each(1U));
  EXPECT_THAT(values_a_host("masscan", source_port), Each(1U));
  EXPECT_THAT(values_a_host("linux", source_port), Each(Ge(30U)));
}

TEST(ToolTest, MiraisSourcePortsStartAt1024AndDifferBetweenProcesses) {
  std::set<std::uint16_t> ports, windows;
  Maker maker;
  Random random({8});
  for (int i = 0; i < 20'000; ++i) {
    const MadePacket made = maker.make(tool_named("mirai"), event_for(tool_named("mirai"), random));
    ports.insert(made.knock.src_port);
    windows.insert(made.knock.window);
  }
  EXPECT_GE(*ports.begin(), 1024);
  // Of 64,512 ports and 65,536 windows 20,000 draws show 17,200.
  EXPECT_THAT(ports.size(), AllOf(Ge(16'800U), Le(17'600U)));
  EXPECT_THAT(windows.size(), AllOf(Ge(16'800U), Le(17'600U)));
}

TEST(ToolTest, NoBotDrawsAWindowThatMeansAnother) {
  // 600,000 draws would show each of them nine times.
  Maker maker;
  Random random({11});
  for (int i = 0; i < 600'000; ++i) {
    const std::uint16_t drawn = maker.make(tool_named("mirai"), event_for(tool_named("mirai"), random)).knock.window;
    ASSERT_TRUE(drawn != 8192 && drawn != 14600 && drawn != 65535) << drawn;
  }
}

TEST(ToolTest, AHostIsAlwaysAsFarAway) {
  for (const Tool& tool : tools()) {
    if (tool.name == "nmap" || tool.name == "broken") continue;
    EXPECT_THAT(values_a_host(tool.name, ttl), Each(1U)) << tool.name;
  }
}

TEST(ToolTest, BackscatterAcknowledgesAndQuotesWhatWasForged) {
  Maker maker;
  Random random({9});
  std::set<std::uint8_t> protocols;
  for (int i = 0; i < 1000; ++i) {
    const MadePacket made = maker.make(tool_named("icmp-unreachable"), event_for(tool_named("icmp-unreachable"), random));
    const Packet packet = seen(made).packet;
    EXPECT_EQ(packet.quote.src, made.event.dst);
    EXPECT_EQ(packet.quote.dst_port, made.event.port);
    EXPECT_EQ(packet.quote.dst == made.event.src, packet.icmp_code == 3);
    EXPECT_EQ(packet.quote.dst >> 16, made.event.src >> 16);
    protocols.insert(packet.quote.protocol);
    const Packet exceeded = seen(maker.make(tool_named("icmp-ttl-exceeded"), made.event)).packet;
    EXPECT_EQ(exceeded.quote.src, made.event.dst);
    EXPECT_NE(exceeded.quote.dst, made.event.src);
  }
  EXPECT_THAT(protocols, ElementsAre(6, 17));
}

TEST(ToolTest, EachIsDescribedOnce) {
  std::set<std::string_view> names;
  for (const Tool& tool : tools()) {
    EXPECT_TRUE(names.insert(tool.name).second) << tool.name;
    EXPECT_EQ(find_tool(tool.name), &tool);
    EXPECT_FALSE(tool.sentence.empty() || tool.source.empty() || tool.protocols.empty()) << tool.name;
    ASSERT_FALSE(tool.attempts.empty()) << tool.name;
    EXPECT_EQ(tool.attempts[0], 0) << tool.name;
    EXPECT_TRUE(std::is_sorted(tool.attempts.begin(), tool.attempts.end())) << tool.name;
  }
  EXPECT_EQ(find_tool("netcat"), nullptr);
}

}  // namespace
}  // namespace nightjar::simulate
