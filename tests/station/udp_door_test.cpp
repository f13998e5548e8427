// The reflector at real sockets, in a network of the test's own with addresses that look public: private ones are never answered.
#include "station/udp_door.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "reflector/hub_message.hpp"
#include "support/own_network.hpp"
#include "support/packet_builder.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using test::OwnNetwork;

constexpr char kMonlist[] = "17 00 03 2a 00 00 00 00";

bool check(bool truth, const std::string& what) {
  if (!truth) std::printf("not so: %s\n", what.c_str());
  return truth;
}

/// An answer, and where it came from.
struct Heard {
  std::size_t bytes = 0;
  std::string from;
  std::uint16_t port = 0;
};

/// Asks from an address (its port is any, or `source_port`) and takes all that is answered within a third of a second.
std::vector<Heard> ask(const std::string& source, const std::string& destination, std::uint16_t port, const test::ByteVector& request,
                       std::uint16_t source_port = 0) {
  const int socket_number = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in from{}, to{};
  from.sin_family = to.sin_family = AF_INET;
  inet_pton(AF_INET, source.c_str(), &from.sin_addr);
  from.sin_port = htons(source_port);
  inet_pton(AF_INET, destination.c_str(), &to.sin_addr);
  to.sin_port = htons(port);
  std::vector<Heard> heard;
  if (bind(socket_number, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0) std::perror("bind");
  if (sendto(socket_number, request.data(), request.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to) < 0) std::perror("sendto");
  timeval patience{0, 300'000};
  setsockopt(socket_number, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  while (true) {
    char bytes[4096], text[INET_ADDRSTRLEN];
    sockaddr_in who{};
    socklen_t size = sizeof who;
    const ssize_t got = recvfrom(socket_number, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&who), &size);
    if (got < 0) break;
    heard.push_back({static_cast<std::size_t>(got), inet_ntop(AF_INET, &who.sin_addr, text, sizeof text), ntohs(who.sin_port)});
  }
  close(socket_number);
  return heard;
}

/// Runs a reflector in a child while `meanwhile` goes on here, then ends it by `signal`.
bool while_reflecting(const std::filesystem::path& state, const std::string& contact, const std::function<bool()>& meanwhile,
                      int signal = SIGTERM, int hub = -1) {
  const pid_t child = fork();
  if (child == 0) {
    static std::atomic<bool> stop{false};
    std::signal(SIGTERM, [](int) { stop = true; });
    reflector::ReflectorConfig config;
    config.contact = contact;
    // Without a contact none may even be asked for.
    for (const reflector::OfferedService& service : reflector::offered_services())
      config.modes[static_cast<std::size_t>(service.service)] = contact.empty() ? reflector::Mode::listen : reflector::Mode::emulated;
    if (hub >= 0) config.budget.sensors = 2;
    auto door = UdpDoor::open({state, true, hub}, std::move(config), [](const std::string&) {});
    if (!door) std::printf("%s\n", door.error().sentence.c_str());
    std::fflush(nullptr);
    _exit(door && (*door)->run(stop) ? 0 : 1);
  }
  usleep(700'000);
  const bool good = meanwhile();
  kill(child, signal);
  int status = 0;
  waitpid(child, &status, 0);
  return check(signal == SIGKILL || (WIFEXITED(status) && WEXITSTATUS(status) == 0), "the reflector ends well") && good;
}

class UdpDoorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
  }
  /// The prefix that answers, and three who ask.
  static bool make_addresses() {
    return OwnNetwork::command(
        "ip route add local 45.0.0.0/24 dev lo && ip addr add 45.1.0.2/32 dev lo && ip addr add 45.2.0.2/32 dev lo && ip addr add "
        "45.3.0.2/32 dev lo");
  }
  TempFolder folder_;
};

TEST_F(UdpDoorTest, AnswersFromTheAddressAndPortThatWereAskedInAWholePrefix) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return check(make_addresses(), "addresses") && while_reflecting(folder_ / "state", "abuse@example.org", [&] {
             const auto chargen = ask("45.1.0.2", "45.0.0.77", 19, test::hex("01"));
             return check(chargen.size() == 1, std::to_string(chargen.size()) + " answers of CharGen") &&
                    check(chargen[0].bytes == 512 && chargen[0].from == "45.0.0.77" && chargen[0].port == 19,
                          "512 bytes from 45.0.0.77:19");
           });
  }));
}

TEST_F(UdpDoorTest, GivesAnAddressThreePacketsWhateverItAsks) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return check(make_addresses(), "addresses") && while_reflecting(folder_ / "state", "abuse@example.org", [&] {
             std::size_t packets = ask("45.1.0.2", "45.0.0.1", 123, test::hex(kMonlist)).size();
             for (std::uint8_t i = 0; i < 4; ++i) packets += ask("45.1.0.2", "45.0.0." + std::to_string(2 + i), 19, test::hex("01")).size();
             return check(packets == 3, std::to_string(packets) + " packets");
           });
  }));
}

TEST_F(UdpDoorTest, IsSilentWithoutAContactAndTowardsLoopPorts) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return check(make_addresses(), "addresses") &&
           while_reflecting(folder_ / "one", "",
                            [&] { return check(ask("45.1.0.2", "45.0.0.1", 19, test::hex("01")).empty(), "no contact"); }) &&
           while_reflecting(folder_ / "two", "abuse@example.org",
                            [&] { return check(ask("45.1.0.2", "45.0.0.1", 19, test::hex("01"), 7).empty(), "from the echo port"); });
  }));
}

TEST_F(UdpDoorTest, ARestartRefillsNothing) {
  const auto state = folder_ / "state";
  EXPECT_TRUE(OwnNetwork::passes([&] {
    const auto packets = [] {
      return ask("45.1.0.2", "45.0.0.1", 123, test::hex(kMonlist)).size() + ask("45.1.0.2", "45.0.0.1", 19, test::hex("01")).size() +
             ask("45.1.0.2", "45.0.0.1", 19, test::hex("01")).size();
    };
    return check(make_addresses(), "addresses") &&
           while_reflecting(state, "abuse@example.org", [&] { return check(packets() == 3, "three"); }) &&
           while_reflecting(state, "abuse@example.org", [&] {
             return check(packets() == 0, "none after a restart") &&
                    check(!ask("45.2.0.2", "45.0.0.1", 19, test::hex("01")).empty(), "others are answered");
           });
  }));
}

TEST_F(UdpDoorTest, ListensForAnHourAfterAnEndThatWasNotClean) {
  const auto state = folder_ / "state";
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return check(make_addresses(), "addresses") &&
           while_reflecting(
               state, "abuse@example.org", [&] { return !ask("45.1.0.2", "45.0.0.1", 19, test::hex("01")).empty(); }, SIGKILL) &&
           while_reflecting(state, "abuse@example.org",
                            [&] { return check(ask("45.2.0.2", "45.0.0.1", 19, test::hex("01")).empty(), "killed"); }) &&
           check(std::filesystem::remove(state / "budget"), "a budget") && while_reflecting(state, "abuse@example.org", [&] {
             return check(ask("45.3.0.2", "45.0.0.1", 19, test::hex("01")).empty(), "no file");
           });
  }));
}

TEST_F(UdpDoorTest, WritesDownWhatWasSent) {
  const auto state = folder_ / "state";
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return check(make_addresses(), "addresses") && while_reflecting(state, "abuse@example.org", [&] {
             ask("45.1.0.2", "45.0.0.1", 19, test::hex("01"));
             return true;
           });
  }));
  const std::string log = test::content_of((state / "egress.log").string());
  EXPECT_NE(log.find("chargen 45.1.0.2"), std::string::npos) << log;
  EXPECT_NE(log.find("1 packet, 512 bytes"), std::string::npos) << log;
}

TEST_F(UdpDoorTest, AttacksThatOtherSensorsSeeAreNotAnsweredAndThoseSeenHereAreTold) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) return false;
    const auto attack = reflector::hub_message(parse_prefix("45.1.0.2").value());
    const timeval patience{5, 0};
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return check(make_addresses(), "addresses") &&
           while_reflecting(
               folder_ / "state", "abuse@example.org",
               [&] {
                 if (!check(send(ends[0], attack.data(), attack.size(), 0) > 0, "told") || usleep(300'000) != 0) return false;
                 if (!check(ask("45.1.0.2", "45.0.0.1", 19, test::hex("01")).empty(), "attacked elsewhere") ||
                     !check(ask("45.2.0.2", "45.0.0.1", 19, test::hex("01")).size() == 1, "others get one reply"))
                   return false;
                 for (int i = 0; i < 8; ++i) ask("45.3.0.2", "45.0.0.1", 123, test::hex(kMonlist));
                 std::array<std::uint8_t, 64> bytes{};
                 const ssize_t count = recv(ends[0], bytes.data(), bytes.size(), 0);
                 const auto told = reflector::attack_of({bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))});
                 return check(told && format(*told) == "45.3.0.2/32", "what is attacked here is told");
               },
               SIGTERM, ends[1]);
  }));
}

}  // namespace
}  // namespace nightjar
