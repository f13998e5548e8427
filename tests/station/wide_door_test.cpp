// Wide nets at an interface, and floods of SYNs against all ways to answer, in networks of the test's own.
#include "station/wide_door.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/time.hpp"
#include "honeypot/tcp_segment.hpp"
#include "net/packet.hpp"
#include "station/tcp_door.hpp"
#include "station/tcp_door_network.hpp"
#include "station/wide_sniffer.hpp"
#include "support/packet_builder.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using test::beside;
using test::Caller;
using test::check;
using test::count_of;
using test::kHandshake;
using test::OwnNetwork;
using test::PotNetwork;
using test::Sniffer;
using test::operator+;

Prefix prefix(const char* text) { return *parse_prefix(text); }

/// SYNs from addresses all over the Internet, in a frame for the sensor; run in the clients' network.
std::uint64_t flood(std::uint8_t third, std::chrono::milliseconds time) {
  test::FrameSender sender("vc");
  std::vector<std::uint8_t> packet;
  std::uint64_t state = 88'172'645'463'325'252U, sent = 0;
  const auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) {
    for (int i = 0; i < 64; ++i) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      TcpSegment segment;
      segment.src = {4, 0x50000000 | (state >> 32 & 0x0fffffff), 0};  // 80.0.0.0 to 95.255.255.255
      segment.dst = {4, 0x2d000000U | std::uint32_t{third} << 8 | (state & 0xff), 0};
      segment.src_port = static_cast<std::uint16_t>(1'024 + (state >> 8 & 0x7fff));
      segment.dst_port = static_cast<std::uint16_t>(state >> 16 & 0xffff);
      segment.sequence = static_cast<std::uint32_t>(state >> 20);
      segment.flags = tcp_flag::kSyn;
      segment.window = 14'600;
      segment.mss = 1'460;
      write_segment(segment, 64, packet);
      sent += sender.send(test::hex("02000000000a 02000000000b 0800") + packet) ? 1 : 0;
    }
  }
  return sent;
}

class WideDoorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
  }

  /// A sensor that answers these nets; `meanwhile` runs in the clients' network.
  bool at_sensor(const std::vector<PotNet>& nets, const std::function<bool(const Sniffer&)>& meanwhile) {
    return OwnNetwork::passes([&] {
      const PotNetwork network;
      FirewallPlan plan;
      plan.nets = nets;
      plan.ports_left_out.clear();
      if (!check(network.good(), "networks") || !PotNetwork::apply(plan, folder_.path().string())) return false;
      return beside([&](const std::atomic<bool>& stop, const std::function<void()>& ready) { return answer(nets, stop, ready); },
                    [&] {
                      network.enter_clients();
                      const Sniffer sniffer;
                      const bool good = meanwhile(sniffer);
                      network.enter_sensor();
                      return good;
                    });
    });
  }

 private:
  static bool answer(const std::vector<PotNet>& nets, const std::atomic<bool>& stop, const std::function<void()>& ready) {
    WideDoor::Options wide;
    wide.interface = "vs";
    TcpDoor::Options door;
    for (const PotNet& net : nets) {
      if (net.way == PotWay::wide) wide.answers.served.push_back(net.prefix);
      if (net.way == PotWay::transparent) door.transparent.push_back(net.prefix);
      if (net.way == PotWay::redirect) door.redirect.push_back(net.prefix);
    }
    if (wide.answers.served.empty()) {
      auto opened = TcpDoor::open(door, Persona(budget::Secret{1, 2}), {});
      if (!opened) return check(false, opened.error().sentence);
      ready();
      (*opened)->run(stop, {});
      return true;
    }
    auto opened = WideDoor::open(wide);
    if (!opened) return check(false, opened.error().sentence);
    ready();
    (*opened)->run(stop);
    return true;
  }
  TempFolder folder_;
};

/// A client of the ordinary kind: connects, says something, and is told that this was all.
bool is_taken(const std::string& address, std::uint16_t port, std::string_view words) {
  Caller caller("", address, port);
  const std::string where = address + " port " + std::to_string(port);
  return check(caller.connected(), where + " answers") && check(caller.say(words), where + " takes words") &&
         check(caller.is_closed(), where + " ends it by a FIN, not by a RST");
}

TEST_F(WideDoorTest, FinishesHandshakesTakesFirstBytesAndClosesWithoutAReset) {
  EXPECT_TRUE(at_sensor({{prefix("45.0.8.0/22"), PotWay::wide}, {prefix("2a00:45::/48"), PotWay::wide}}, [](const Sniffer& sniffer) {
    const std::string request = "GET / HTTP/1.1\r\nHost: 45.0.8.1\r\n\r\n";
    bool good = is_taken("45.0.8.1", 80, request) && is_taken("45.0.11.254", 1, request) && is_taken("45.0.9.3", 65'535, "x") &&
                is_taken("2a00:45::7:1", 23, request) && is_taken("45.0.10.1", 5555, std::string(4'000, 'a'));
    Caller silent("", "45.0.8.9", 22);
    silent.say_no_more();
    good = check(silent.connected() && silent.is_closed(), "who says nothing is seen off, too") && good;
    usleep(100'000);
    const auto seen = sniffer.take();
    const auto acknowledged = [&](const char* address, std::size_t size) {
      // Its FIN acknowledges every byte: SYN and payload.
      return std::any_of(seen.begin(), seen.end(), [&](const Sniffer::Seen& one) {
        const auto syn_ack = std::find_if(seen.begin(), seen.end(), [&](const Sniffer::Seen& other) {
          return other.segment.src == one.segment.src && (other.segment.flags & kHandshake) == kHandshake;
        });
        return one.segment.src == *parse_address(address) && (one.segment.flags & tcp_flag::kFin) != 0 && syn_ack != seen.end() &&
               one.segment.acknowledgement - syn_ack->segment.acknowledgement == size;
      });
    };
    return check(acknowledged("45.0.8.1", request.size()) && acknowledged("45.0.9.3", 1) && acknowledged("2a00:45::7:1", request.size()),
                 "all bytes are acknowledged") &&
           check(count_of(seen, tcp_flag::kRst, tcp_flag::kRst) == 0, "no RST leaves the sensor") &&
           check(std::all_of(seen.begin(), seen.end(), [](const Sniffer::Seen& one) { return one.tcp; }), "and nothing but TCP") && good;
  }));
}

TEST_F(WideDoorTest, IsSilentToWhatIsNoConversation) {
  EXPECT_TRUE(at_sensor({{prefix("45.0.8.0/22"), PotWay::wide}, {prefix("45.0.0.0/24")}}, [](const Sniffer& sniffer) {
    // To a wide net and to one of the kernel's: acknowledgements of nothing, RSTs, SYN-ACKs, FINs, all flags, none; UDP, and a ping.
    const test::ByteVector link = test::hex("02000000000a 02000000000b 0800");
    test::FrameSender sender("vc");
    std::vector<std::uint8_t> packet;
    bool sent = true;
    for (const std::uint32_t destination : {0x2d000809U, 0x2d000009U}) {
      for (const int flags : {0x10, 0x04, 0x12, 0x01, 0x11, 0x29, 0x00, 0x14, 0x3f}) {
        TcpSegment segment;
        segment.src = {4, 0x2d010002, 0};
        segment.dst = {4, destination, 0};
        segment.src_port = 40'000;
        segment.dst_port = 23;
        segment.flags = static_cast<std::uint8_t>(flags);
        write_segment(segment, 64, packet);
        sent = sender.send(link + packet) && sent;
      }
      const std::string address = format(Address{4, destination, 0});
      sent = sender.send(link + test::PacketBuilder().from("45.1.0.2").to(address).udp().src_port(4'000).port(5'000).payload("x").ip()) &&
             sent;
      OwnNetwork::command("ping -c 1 -W 1 " + address);
    }
    usleep(400'000);
    const auto seen = sniffer.take();
    for (const auto& one : seen) check(false, format(one.segment.src) + " answers flags " + std::to_string(one.segment.flags));
    return check(sent, "all is sent") && check(seen.empty(), std::to_string(seen.size()) + " packets come back");
  }));
}

/// A flood of forged SYNs over a sensor: few leave, and who was known before is served all the same.
bool withstands_a_flood(std::uint8_t third, const Sniffer& sniffer) {
  const std::string first = "45.0." + std::to_string(third) + ".1", second = "45.0." + std::to_string(third) + ".2";
  const auto converses = [](const std::string& address) {
    Caller caller("45.1.0.2", address, 80);
    return caller.connected() && caller.say("GET / HTTP/1.0\r\n\r\n") && caller.is_closed();
  };
  if (!check(converses(first), "a conversation before the flood")) return false;
  // The kernel begins to stamp packets with their time a little after it was asked to.
  const auto stamped = [&] {
    converses(first);
    usleep(60'000);
    const auto seen = sniffer.take();
    return !seen.empty() && now_ns() - seen.back().time_ns > 30'000'000;
  };
  bool stamps = false;
  for (int i = 0; i < 100 && !stamps; ++i) stamps = stamped();
  if (!check(stamps, "packets have their time")) return false;
  std::uint64_t sent = 0;
  std::thread flooding([&] { sent = flood(third, std::chrono::milliseconds(2'500)); });
  std::this_thread::sleep_for(std::chrono::milliseconds(1'200));
  const bool served = converses(second);
  flooding.join();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const auto seen = sniffer.take();
  const std::size_t most = test::most_syn_acks_in_a_second(seen, {4, 0x2d010002, 0}), all = count_of(seen, kHandshake, kHandshake);
  std::printf("%llu SYNs sent in 2.5 s; %zu SYN-ACKs, %zu in the fullest second\n", static_cast<unsigned long long>(sent), all, most);
  return check(sent > 20'000, "a flood") && check(most <= 1'000, "at most a thousand SYN-ACKs in any second") &&
         check(all >= 500, "and some hundreds") && check(served, "who had finished a handshake before is served meanwhile") &&
         check(count_of(seen, tcp_flag::kRst, tcp_flag::kRst) == 0, "no RST leaves the sensor");
}

TEST_F(WideDoorTest, AFloodGetsAThousandSynAcksASecondFromAWideNet) {
  EXPECT_TRUE(at_sensor({{prefix("45.0.8.0/22"), PotWay::wide}}, [](const Sniffer& sniffer) { return withstands_a_flood(8, sniffer); }));
}

TEST_F(WideDoorTest, AFloodGetsAThousandSynAcksASecondFromTheKernelByTproxy) {
  EXPECT_TRUE(at_sensor({{prefix("45.0.0.0/24")}}, [](const Sniffer& sniffer) { return withstands_a_flood(0, sniffer); }));
}

TEST_F(WideDoorTest, AFloodGetsAThousandSynAcksASecondFromTheKernelByRedirection) {
  EXPECT_TRUE(
      at_sensor({{prefix("45.0.0.0/24"), PotWay::redirect}}, [](const Sniffer& sniffer) { return withstands_a_flood(0, sniffer); }));
}

TEST_F(WideDoorTest, SaysWhatIsWrongWithAnInterface) {
  const auto opened = WideDoor::open({"nosuch0", {.served = {prefix("45.0.8.0/22")}}});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().sentence.find("no network interface 'nosuch0'"), std::string::npos) << opened.error().sentence;
}

/// Frames as they come out of a ring, with and without a tag that the kernel took out.
TEST(IpPacketIn, FindsIpBehindTags) {
  const test::ByteVector ip = test::PacketBuilder().ip();
  const auto found = [&](const char* front, const char* before) {
    const test::ByteVector first = test::hex(front), rest = test::hex(before) + ip;
    const auto packet = ip_packet_in({0, 0, first, rest}, 1);
    return test::ByteVector(packet.begin(), packet.end()) == ip;
  };
  EXPECT_TRUE(found("", "02000000000a 02000000000b 0800"));
  EXPECT_TRUE(found("02000000000a 02000000000b 8100 0005", "0800"));
  EXPECT_TRUE(found("", "02000000000a 02000000000b 8100 0005 0800"));
  EXPECT_TRUE(found("02000000000a 02000000000b 88a8 0005", "8100 0007 0800"));
  EXPECT_FALSE(found("", "02000000000a 02000000000b 0806"));
  EXPECT_TRUE(ip_packet_in({0, 0, {}, std::span<const std::uint8_t>(ip).first(9)}, 1).empty());
  EXPECT_TRUE(ip_packet_in({0, 0, {}, {}}, 1).empty());
  EXPECT_EQ(ip_packet_in({0, 0, {}, ip}, 101).size(), ip.size());
}

}  // namespace
}  // namespace nightjar
