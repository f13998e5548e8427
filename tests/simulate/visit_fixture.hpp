#pragma once
// Visits are written to a capture and read back by a small reader of this file's own: what it puts together must be what was told.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "net/packet.hpp"
#include "simulate/capture_writer.hpp"
#include "simulate/conversation.hpp"
#include "simulate/scenario.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::simulate::visit {

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::int64_t kStart = 1'511'395'200 * kSecond;  // 2017-11-23 00:00 UTC
inline constexpr std::uint32_t kPot = kHoneypotFirst + 9;
inline constexpr std::array<std::uint8_t, 20> kLinuxOptions = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 6};

/// A raw SYN of Mirai, or one of connect() with Hajime's window.
inline Knock probe(std::uint16_t port, bool raw, std::uint32_t from = 0x0b000001, std::int64_t at = kStart) {
  Knock syn;
  syn.time_ns = at;
  syn.from = {4, from, 0};
  syn.to = {4, kPot, 0};
  syn.src_port = 40'000;
  syn.dst_port = port;
  syn.sequence = raw ? kPot : 77'777;
  syn.window = raw ? 31'337 : 14'600;
  syn.ip_id = 4'711;
  syn.protocol = protocol::kTcp;
  syn.ttl = 52;
  syn.tcp_flags = tcp_flag::kSyn;
  syn.dont_fragment = !raw;
  if (!raw) syn.tcp_options = kLinuxOptions;
  syn.traffic_class = TrafficClass::scan;
  syn.filed_port = port;
  return syn;
}

struct Segment {
  std::int64_t time_us;
  std::uint32_t from, to, sequence, acknowledgement;
  std::uint16_t src_port, dst_port;
  std::uint8_t flags;
  std::string payload, frame;
};

inline std::uint32_t big(const std::string& bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

inline std::vector<Segment> read_capture(const std::string& file) {
  const std::string bytes = test::content_of(file);
  const auto little = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)]);
    return value;
  };
  std::vector<Segment> segments;
  for (std::size_t at = 24; at + 16 <= bytes.size();) {
    const std::string frame = bytes.substr(at + 16, little(at + 8));
    Segment segment{std::int64_t{little(at)} * 1'000'000 + little(at + 4),
                    big(frame, 26, 4),
                    big(frame, 30, 4),
                    big(frame, 38, 4),
                    big(frame, 42, 4),
                    static_cast<std::uint16_t>(big(frame, 34, 2)),
                    static_cast<std::uint16_t>(big(frame, 36, 2)),
                    static_cast<std::uint8_t>(frame[47]),
                    {},
                    frame};
    const std::size_t header = 14 + 20 + 4 * (static_cast<std::uint8_t>(frame[46]) >> 4);
    segment.payload = frame.substr(header, 14 + big(frame, 16, 2) - header);
    segments.push_back(segment);
    at += 16 + frame.size();
  }
  return segments;
}

/// The bytes that one side said, put together by sequence number. A byte that comes twice must come the same.
inline std::string put_together(const std::vector<Segment>& segments, std::uint32_t from, std::uint16_t src_port, std::uint16_t dst_port) {
  std::map<std::uint32_t, char> bytes;
  std::uint32_t first = 0;
  for (const Segment& segment : segments) {
    if (segment.from != from || segment.src_port != src_port || segment.dst_port != dst_port) continue;
    if (segment.flags & tcp_flag::kSyn) first = segment.sequence + 1;
    for (std::uint32_t i = 0; i < segment.payload.size(); ++i) {
      const auto [place, is_new] = bytes.emplace(segment.sequence - first + i, segment.payload[i]);
      EXPECT_TRUE(is_new || place->second == segment.payload[i]) << "byte " << place->first << " changes";
    }
  }
  std::string text;
  for (const auto& [at, byte] : bytes) {
    EXPECT_EQ(at, text.size()) << "a hole";
    text += byte;
  }
  return text;
}

/// Nobody acknowledges what the other has not said, nor goes back, nor hears faster than the way is; the pot leaves no hole.
inline void expect_right_numbers(const std::vector<Segment>& segments) {
  using Flow = std::tuple<std::uint32_t, std::uint16_t, std::uint32_t, std::uint16_t>;
  std::map<Flow, std::uint32_t> behind, acknowledged;
  std::map<Flow, std::map<std::uint32_t, std::int64_t>> ends;  // where a segment ended, and when it first did
  for (const Segment& s : segments) {
    const Flow flow{s.from, s.src_port, s.to, s.dst_port}, back{s.to, s.dst_port, s.from, s.src_port};
    EXPECT_LE(s.payload.size(), 1460U);
    const std::uint32_t end = s.sequence + static_cast<std::uint32_t>(s.payload.size()) + ((s.flags & tcp_flag::kSyn) ? 1 : 0) +
                              ((s.flags & tcp_flag::kFin) ? 1 : 0);
    if (s.from == kPot && behind.contains(flow)) {
      EXPECT_EQ(s.sequence, behind[flow]) << s.time_us;
    }
    if (!behind.contains(flow) || static_cast<std::int32_t>(end - behind[flow]) > 0) behind[flow] = end;
    ends[flow].emplace(end, s.time_us);
    if (!(s.flags & tcp_flag::kAck)) continue;
    ASSERT_TRUE(behind.contains(back));
    EXPECT_LE(static_cast<std::int32_t>(s.acknowledgement - behind[back]), 0) << s.time_us << " acknowledges what nobody said";
    if (acknowledged.contains(flow)) {
      EXPECT_GE(static_cast<std::int32_t>(s.acknowledgement - acknowledged[flow]), 0) << s.time_us;
    }
    acknowledged[flow] = s.acknowledgement;
    const auto heard = ends[back].find(s.acknowledgement);
    ASSERT_NE(heard, ends[back].end()) << s.time_us << " acknowledges half a segment";
    // Round trips are 50 ms and more: the visitor cannot know of what the pot has just said.
    if (s.from != kPot) {
      EXPECT_GE(s.time_us, heard->second + 49'000);
    }
  }
}

class ConversationTest : public ::testing::Test {
 protected:
  void visit(const std::string& name, std::uint64_t seed, bool raw) {
    const Conversation* conversation = find_conversation(name);
    ASSERT_NE(conversation, nullptr) << name;
    sheet_ = {};
    last_ = add_visit(probe(conversation->port, raw), conversation, seed, sheet_, &told_);
    read_back();
  }
  void read_back() {
    write();
    segments_ = read_capture(file_);
    std::filesystem::remove(file_);
  }
  void write() {
    CaptureWriter writer({.folder = folder_ / "", .prefix = "visits"});
    const auto wrote = sheet_.write_until(std::numeric_limits<std::int64_t>::max(), writer);
    ASSERT_TRUE(wrote) << wrote.error().sentence;
    const auto finished = writer.finish();
    ASSERT_TRUE(finished) << finished.error().sentence;
    file_ = (folder_ / "visits-2017-11-23.pcap").string();
  }
  /// The first visit of that sort that was not broken off.
  void whole_visit(const std::string& name, bool raw) {
    for (std::uint64_t seed = 1; seed == 1 || told_.broken_off; ++seed) visit(name, seed, raw);
  }
  std::string said() const {
    std::string all;
    for (const auto& connection : told_.connections) all += connection.visitor_says;
    return all;
  }
  /// Bytes behind the header of the last request.
  std::string body() const {
    const std::string& request = told_.connections.back().visitor_says;
    return request.substr(request.find("\r\n\r\n") + 4);
  }

  TempFolder folder_;
  FrameSheet sheet_;
  VisitTold told_;
  std::int64_t last_ = 0;
  std::vector<Segment> segments_;
  std::string file_;
};

}  // namespace nightjar::simulate::visit
