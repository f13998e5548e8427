// A capture of a network of the test's own, while the processes that write it are killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <map>
#include <thread>

#include "capture/reader.hpp"
#include "live/capture_keeper.hpp"
#include "support/own_network.hpp"
#include "support/packet_builder.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using test::FrameSender;
using test::OwnNetwork;

/// In the child of a test: says what is wrong, and makes it fail.
bool check(bool truth, const std::string& what) {
  if (!truth) std::printf("not so: %s\n", what.c_str());
  return truth;
}

bool make_cable() {
  return OwnNetwork::command(
      "ip link add va type veth peer name vb && ip link set va up && ip link set vb up && "
      "sysctl -w net.ipv6.conf.va.disable_ipv6=1 net.ipv6.conf.vb.disable_ipv6=1");
}

/// Numbered frames: the number is the source address.
test::ByteVector frame(std::uint32_t number) {
  const std::uint32_t source = 0x0B000000 + number;
  const Address address{4, source, 0};
  return test::PacketBuilder().from(format(address)).to("192.0.2.1").tcp().src_port(40000).port(23).syn().ethernet();
}

/// How often each number is in the segments, and what they say was dropped.
struct Kept {
  std::map<std::uint32_t, int> times;
  std::uint64_t drops = 0, gaps = 0;
  std::size_t files = 0;
  bool damaged = false;
};
Kept kept_in(const std::filesystem::path& folder) {
  Kept kept;
  const auto segments = list_segments(folder, "alpha");
  if (!segments) return kept;
  for (const Segment& segment : *segments) {
    auto reader = CaptureReader::open(segment.path, {});
    if (!reader) continue;
    ++kept.files;
    PacketBlock block;
    while ((*reader)->next(block)) {
      for (const RawPacket& packet : block.packets) {
        if (packet.captured < 34) continue;
        std::uint32_t source = 0;
        std::memcpy(&source, packet.bytes + 26, 4);
        ++kept.times[ntohl(source) - 0x0B000000];
      }
    }
    kept.drops += (*reader)->facts().kernel_drops;
    kept.gaps += (*reader)->facts().gaps;
    kept.damaged = kept.damaged || (*reader)->facts().damage.has_value();
  }
  return kept;
}

CaptureOptions options_for(const std::filesystem::path& folder) {
  CaptureOptions options;
  options.ring.interface = "vb";
  options.ring.blocks = 8;
  options.ring.retire_ms = 20;
  options.segments = folder;
  options.sensor = "alpha";
  options.rules.keep_free = 0;
  return options;
}

class LiveCapture : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
  }
  TempFolder folder_;
};

/// Runs a keeper in a child of its own (it must have no other thread) while `meanwhile(keeper's pid)` goes on here; then stops it.
bool while_capturing(const CaptureOptions& options, const std::function<void(pid_t)>& meanwhile) {
  const pid_t keeper = fork();
  if (keeper == 0) {
    static std::atomic<bool> stop{false};
    std::signal(SIGTERM, [](int) { stop = true; });
    auto opened = CaptureKeeper::open(options, [](const std::string&) {});
    if (!opened) {
      std::printf("%s\n", opened.error().sentence.c_str());
      std::fflush(nullptr);
      _exit(1);
    }
    _exit((*opened)->run(stop) ? 0 : 2);
  }
  usleep(300'000);
  meanwhile(keeper);
  kill(keeper, SIGTERM);
  int status = 0;
  waitpid(keeper, &status, 0);
  return check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the capture ends well, not with " + std::to_string(status));
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> list;
  const std::string path = "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
  if (std::FILE* file = std::fopen(path.c_str(), "r")) {
    int number = 0;
    while (std::fscanf(file, "%d", &number) == 1) list.push_back(number);
    std::fclose(file);
  }
  return list;
}

bool each_once(const Kept& kept, std::uint32_t packets) {
  bool good = check(!kept.damaged, "segments are whole") && check(kept.drops == 0, std::to_string(kept.drops) + " dropped");
  for (std::uint32_t number = 0; number < packets && good; ++number) {
    const auto found = kept.times.find(number);
    const int times = found == kept.times.end() ? 0 : found->second;
    good = check(times == 1,
                 "packet " + std::to_string(number) + " of " + std::to_string(packets) + " is there " + std::to_string(times) + " times");
  }
  return good;
}

TEST_F(LiveCapture, KeepsEveryPacketOnceThoughItsWriterIsKilledTwentyTimes) {
  constexpr std::uint32_t kPackets = 20'000;
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!check(make_cable(), "a cable")) return false;
    CaptureOptions options = options_for(folder_.path());
    options.rules.bytes = 300'000;
    int killed = 0;
    const bool ended = while_capturing(options, [&](pid_t keeper) {
      FrameSender sender("va");
      for (std::uint32_t number = 0; number < kPackets; ++number) {
        sender.send(frame(number));
        if (number % 10 == 9) usleep(1000);
        if (number % 950 == 949 && killed < 20) {
          for (const pid_t child : children_of(keeper)) killed += kill(child, SIGKILL) == 0 ? 1 : 0;
        }
      }
      usleep(1'500'000);
    });
    const Kept kept = kept_in(folder_.path());
    return ended && check(killed >= 20, std::to_string(killed) + " killed") && check(kept.files > 2, "several segments") &&
           each_once(kept, kPackets);
  }));
}

TEST_F(LiveCapture, WritesDownWhatIsInTheRingWhenItsKeeperIsKilledAndTellsTheGapAfterwards) {
  constexpr std::uint32_t kPackets = 1000;
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!check(make_cable(), "a cable")) return false;
    const CaptureOptions options = options_for(folder_.path());
    while_capturing(options, [&](pid_t keeper) {
      FrameSender sender("va");
      for (std::uint32_t number = 0; number < kPackets; ++number) sender.send(frame(number));
      kill(keeper, SIGKILL);
      usleep(500'000);
    });
    std::printf("(that is as it should be: it was killed)\n");
    const bool again = while_capturing(options, [&](pid_t) {
      FrameSender sender("va");
      for (std::uint32_t number = kPackets; number < 2 * kPackets; ++number) sender.send(frame(number));
      usleep(200'000);
    });
    const Kept kept = kept_in(folder_.path());
    return again && each_once(kept, 2 * kPackets) && check(kept.gaps == 1, std::to_string(kept.gaps) + " gaps told");
  }));
}

TEST_F(LiveCapture, CountsOnAFullDiskAndGoesOnWhenThereIsRoom) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!check(make_cable(), "a cable")) return false;
    const std::string disk = (folder_ / "disk").string();
    std::filesystem::create_directories(disk);
    if (!OwnNetwork::command("mount -t tmpfs -o size=1m tmpfs " + disk)) {
      std::printf("no disk could be mounted\n");
      return false;
    }
    std::uint32_t sent = 0;
    const bool ended = while_capturing(options_for(disk), [&](pid_t) {
      FrameSender sender("va");
      const auto send = [&](std::uint32_t packets) {
        for (const std::uint32_t to = sent + packets; sent < to; ++sent) {
          sender.send(frame(sent));
          if (sent % 10 == 9) usleep(500);
        }
      };
      const std::string filler = disk + "/filler";
      send(500);
      usleep(300'000);
      OwnNetwork::command("head -c 900000 /dev/zero > " + filler);
      send(5000);
      usleep(300'000);
      std::filesystem::remove(filler);
      usleep(2'500'000);
      send(500);
      usleep(300'000);
    });
    const Kept kept = kept_in(disk);
    const std::uint64_t there = kept.times.size();
    for (const auto& [number, times] : kept.times) {
      if (!check(times == 1, "packet " + std::to_string(number) + " once")) return false;
    }
    return ended && check(kept.drops > 1000, std::to_string(kept.drops) + " not kept") &&
           check(there + kept.drops == sent,
                 std::to_string(there) + " kept and " + std::to_string(kept.drops) + " told as lost, of " + std::to_string(sent)) &&
           check(kept.times.rbegin()->first == sent - 1, "the last one was kept");
  }));
}

TEST_F(LiveCapture, CountsWhatTheKernelDropsWhileNobodyEmptiesTheRing) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!check(make_cable(), "a cable")) return false;
    CaptureOptions options = options_for(folder_.path());
    options.ring.blocks = 2;
    options.ring.block_bytes = 64 << 10;
    constexpr std::uint32_t kPackets = 5000;
    const bool ended = while_capturing(options, [&](pid_t keeper) {
      for (const pid_t child : children_of(keeper)) kill(child, SIGSTOP);
      FrameSender sender("va");
      for (std::uint32_t number = 0; number < kPackets; ++number) sender.send(frame(number));
      for (const pid_t child : children_of(keeper)) kill(child, SIGCONT);
      usleep(1'500'000);
    });
    const Kept kept = kept_in(folder_.path());
    return ended && check(kept.drops > 1000, std::to_string(kept.drops) + " dropped") &&
           check(kept.times.size() + kept.drops == kPackets,
                 std::to_string(kept.times.size()) + " and " + std::to_string(kept.drops) + " dropped");
  }));
}

TEST_F(LiveCapture, PutsVlanTagsBackAndKeepsToFilterAndLength) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!check(make_cable(), "a cable")) return false;
    CaptureOptions options = options_for(folder_.path());
    options.ring.filter = "not udp";
    options.ring.snap_length = 64;
    test::ByteVector tagged = frame(7);
    const test::ByteVector tag = test::hex("8100 2005");
    tagged.insert(tagged.begin() + 12, tag.begin(), tag.end());
    test::ByteVector longer = frame(8);
    longer.resize(500);
    const bool ended = while_capturing(options, [&](pid_t) {
      FrameSender sender("va");
      sender.send(tagged);
      sender.send(test::PacketBuilder().udp().src_port(40000).port(53).ethernet());
      sender.send(longer);
      usleep(300'000);
    });
    auto segments = *list_segments(folder_.path(), "alpha");
    if (!check(segments.size() == 1, "one segment")) return false;
    auto reader = CaptureReader::open(segments.front().path, {});
    PacketBlock block;
    if (!check((*reader)->next(block), "packets") || !check(block.packets.size() == 2, std::to_string(block.packets.size()) + " packets"))
      return false;
    const RawPacket &first = block.packets[0], &second = block.packets[1];
    return ended && check(test::ByteVector(first.bytes, first.bytes + first.captured) == tagged, "the tag stands where it stood") &&
           check(first.original == tagged.size(), "its length") &&
           check(second.captured == 64 && second.original == 500, "64 bytes of 500");
  }));
}

TEST_F(LiveCapture, OfTheLoopbackHasEachPacketOnce) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    CaptureOptions options = options_for(folder_.path());
    options.ring.interface = "lo";
    const bool ended = while_capturing(options, [&](pid_t) {
      FrameSender sender("lo");
      for (std::uint32_t number = 0; number < 100; ++number) sender.send(frame(number));
      usleep(300'000);
    });
    return ended && each_once(kept_in(folder_.path()), 100);
  }));
}

TEST_F(LiveCapture, ThatCannotBeIsASentence) {
  CaptureOptions options = options_for(folder_.path());
  options.ring.interface = "nosuch0";
  const auto opened = CaptureKeeper::open(options, [](const std::string&) {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().sentence, "there is no network interface 'nosuch0' (ip link lists them)");
}

}  // namespace
}  // namespace nightjar
