// What another reader makes of captures that others took: the same bytes of both sides in the same turns. Skipped where the captures or
// tshark are not there.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "captured_steps.hpp"
#include "net/address.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

constexpr const char* kTshark = "/usr/bin/tshark";

/// What both ends of a connection said, one end's name first.
struct Followed {
  struct Piece {
    bool second;
    std::string bytes;
  };
  std::string first, second;
  std::vector<Piece> pieces;

  std::string said(const std::string& end) const {
    std::string all;
    for (const Piece& piece : pieces)
      if ((piece.second ? second : first) == end) all += piece.bytes;
    return all;
  }
};

std::string bytes_of(std::string_view digits) {
  const test::ByteVector bytes = test::hex(digits);
  return {bytes.begin(), bytes.end()};
}

class ConversationsByTshark : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    file_ = std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / GetParam();
    if (!std::filesystem::exists(file_)) GTEST_SKIP() << "no " << file_;
    if (!std::filesystem::exists(kTshark)) GTEST_SKIP() << "no tshark";
  }
  std::string tshark(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"-r", file_.string()});
    const std::string output = (folder_ / "tshark.txt").string();
    EXPECT_EQ(test::Program(kTshark, arguments, {}, output).wait().status, 0);
    return test::content_of(output);
  }
  std::vector<Followed> followed() const {
    std::istringstream numbers(tshark({"-Y", "tcp", "-T", "fields", "-e", "tcp.stream"}));
    int streams = 0;
    for (int number = 0; numbers >> number;) streams = std::max(streams, number + 1);
    std::vector<std::string> arguments = {"-q"};
    for (int number = 0; number < streams; ++number) arguments.insert(arguments.end(), {"-z", "follow,tcp,raw," + std::to_string(number)});
    std::vector<Followed> all;
    std::istringstream answer(tshark(arguments));
    for (std::string line; std::getline(answer, line);) {
      if (line.starts_with("Node 0: ")) {
        all.emplace_back().first = line.substr(8);
      } else if (line.starts_with("Node 1: ")) {
        all.back().second = line.substr(8);
      } else if (!line.empty() && line.find_first_not_of("0123456789abcdef\t") == std::string::npos) {
        all.back().pieces.push_back({line.starts_with('\t'), bytes_of(line.substr(line.starts_with('\t') ? 1 : 0))});
      }
    }
    EXPECT_EQ(all.size(), static_cast<std::size_t>(streams));
    return all;
  }

  TempFolder folder_;
  std::filesystem::path file_;
};

std::string end_of(std::uint8_t version, std::uint64_t high, std::uint64_t low, std::uint16_t port) {
  return format(Address{version, high, low}) + ":" + std::to_string(port);
}

/// The pieces as turns, as far as texts are kept.
std::vector<Turn> turns_of(const Followed& followed, const std::string& client) {
  std::vector<Turn> turns;
  std::size_t room[2] = {kMostServerBytes, kMostClientBytes};
  for (const auto& piece : followed.pieces) {
    const bool of_client = (piece.second ? followed.second : followed.first) == client;
    const std::size_t size = std::min(room[of_client], piece.bytes.size());
    room[of_client] -= size;
    if (size == 0) continue;
    if (turns.empty() || turns.back().client != of_client) turns.push_back({of_client, 0});
    turns.back().size += static_cast<std::uint32_t>(size);
  }
  return turns;
}

TEST_P(ConversationsByTshark, SayTheSame) {
  std::map<std::pair<std::string, std::string>, std::vector<Followed>> streams;  // by both ends
  for (Followed& each : followed()) streams[std::minmax(each.first, each.second)].push_back(std::move(each));
  std::size_t talks = 0, bytes = 0;
  for (const Conversation& told : test::played(test::steps_of_capture(file_))) {
    const std::string client = end_of(told.ip_version, told.src, told.src_low, told.src_port),
                      pot = end_of(told.ip_version, told.dst, told.dst_low, told.port);
    SCOPED_TRACE(client + " -> " + pot);
    const auto found = streams.find(std::minmax(client, pot));
    ASSERT_NE(found, streams.end());
    ASSERT_EQ(found->second.size(), 1u) << "no port is used twice in these captures";
    const Followed& same = found->second.front();
    const std::string client_said = same.said(client), pot_said = same.said(pot);
    EXPECT_EQ(told.client, client_said.substr(0, kMostClientBytes));
    EXPECT_EQ(told.server, pot_said.substr(0, kMostServerBytes));
    EXPECT_EQ(told.bytes, client_said.size());
    EXPECT_EQ(told.server_bytes, pot_said.size());
    EXPECT_EQ(told.cut, client_said.size() > kMostClientBytes);
    EXPECT_EQ(told.turns, turns_of(same, client));
    ++talks;
    bytes += client_said.size() + pot_said.size();
    streams.erase(found);
  }
  EXPECT_GT(talks, 4u);
  EXPECT_GT(bytes, 1'000u);
  for (const auto& [ends, left] : streams)
    for (const Followed& each : left) EXPECT_TRUE(each.pieces.empty()) << ends.first << " and " << ends.second << " said something";
}

INSTANTIATE_TEST_SUITE_P(Captures, ConversationsByTshark,
                         ::testing::Values("exploit/WebattackRCE.pcap", "exploit/eternalblue-success-unpatched-win7.pcap",
                                           "exploit/log4j-webapp-exploit.pcap", "exploit/malicious-ssh-bruteforce.pcap",
                                           "general/methods.pcap"),
                         [](const auto& instance) {
                           std::string name;
                           for (const char letter : instance.param) name += std::isalnum(static_cast<unsigned char>(letter)) ? letter : '_';
                           return name;
                         });

}  // namespace
}  // namespace nightjar
