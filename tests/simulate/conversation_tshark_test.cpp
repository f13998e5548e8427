#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <sstream>

#include "visit_fixture.hpp"

namespace nightjar::simulate::visit {
namespace {

/// What another reader makes of it; skipped where it is not installed.
class TsharkTest : public ConversationTest {
 protected:
  static constexpr const char* kTshark = "/usr/bin/tshark";
  void SetUp() override {
    if (!std::filesystem::exists(kTshark)) GTEST_SKIP() << "no tshark";
    for (const Conversation& conversation : conversations()) {
      for (std::uint32_t seed = 0; seed < 14; ++seed) {
        const auto number = static_cast<std::uint32_t>(visits_.size());
        const Knock syn = probe(conversation.port, seed % 2 == 0, 0x0b000001 + number, kStart + number * 60 * kSecond);
        add_visit(syn, &conversation, 1'000 + number, sheet_, &visits_.emplace_back());
      }
    }
    write();
  }
  std::string tshark(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-r", file_});
    const std::string output = (folder_ / "tshark.txt").string();
    EXPECT_EQ(test::Program(kTshark, arguments, {}, output).wait().status, 0);
    return test::content_of(output);
  }
  std::vector<VisitTold> visits_;
};

TEST_F(TsharkTest, ComplainsOnlyOfWhatIsDisturbedOnPurpose) {
  std::set<std::string> disturbed;
  for (const VisitTold& visit : visits_) {
    for (const auto& connection : visit.connections)
      if (connection.disturbed) disturbed.insert(format(Address{4, connection.from, 0}) + "\t" + std::to_string(connection.from_port));
  }
  EXPECT_EQ(
      tshark({"-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", "ip.checksum.status==0 or tcp.checksum.status==0"}),
      "");
  // Told what the ports are for, it finds nothing malformed; its reader of the debug bridge wants whole messages in a segment.
  EXPECT_EQ(tshark({"-d", "tcp.port==81,http", "-d", "tcp.port==7547,http", "-d", "tcp.port==37215,http", "-d", "tcp.port==52869,http",
                    "-Y", "_ws.malformed and not tcp.port==5555"}),
            "");
  std::istringstream flagged(tshark({"-Y", "tcp.analysis.flags", "-T", "fields", "-e", "ip.src", "-e", "tcp.srcport", "-e", "ip.dst", "-e",
                                     "tcp.dstport", "-e", "_ws.expert.message"}));
  int flags = 0;
  for (std::string line; std::getline(flagged, line); ++flags) {
    std::array<std::string, 5> field;
    std::istringstream fields(line);
    for (std::string& each : field) std::getline(fields, each, '\t');
    const bool from_pot = field[0] == format(Address{4, kPot, 0});
    EXPECT_TRUE(disturbed.contains(from_pot ? field[2] + "\t" + field[3] : field[0] + "\t" + field[1])) << line;
  }
  EXPECT_GT(flags, 0) << "there are disturbed ones";
}

TEST_F(TsharkTest, FollowsEachConnectionToTheSameBytes) {
  // Its numbers of connections are in order of their first packet, those of raw SYNs among them.
  std::map<std::pair<std::string, std::string>, std::string> number;
  std::istringstream list(
      tshark({"-Y", "tcp.flags.syn==1 and tcp.flags.ack==0", "-T", "fields", "-e", "ip.src", "-e", "tcp.srcport", "-e", "tcp.stream"}));
  for (std::string from, port, stream; list >> from >> port >> stream;) number[{from, port}] = stream;
  std::vector<std::string> arguments = {"-q"};
  std::vector<const VisitTold::Connection*> asked;
  for (const VisitTold& visit : visits_) {
    for (const auto& connection : visit.connections) {
      asked.push_back(&connection);
      arguments.insert(arguments.end(),
                       {"-z", "follow,tcp,raw," + number[{format(Address{4, connection.from, 0}), std::to_string(connection.from_port)}]});
    }
  }
  // Answers come in the reverse order of the questions; each begins with a line that names both ends.
  std::map<std::string, std::pair<std::string, std::string>> followed;
  std::pair<std::string, std::string>* current = nullptr;
  std::istringstream answer(tshark(arguments));
  const auto bytes_of = [](const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
  };
  for (std::string line; std::getline(answer, line);) {
    if (line.starts_with("Node 0: "))
      current = &followed[line.substr(8)];
    else if (current && line.starts_with('\t'))
      current->second += bytes_of(line.substr(1));
    else if (current && !line.empty() && line.find_first_not_of("0123456789abcdef") == std::string::npos)
      current->first += bytes_of(line);
  }
  ASSERT_GT(asked.size(), 200U);
  for (const auto* connection : asked) {
    const auto& [visitor, pot] = followed[format(Address{4, connection->from, 0}) + ":" + std::to_string(connection->from_port)];
    EXPECT_EQ(visitor, connection->visitor_says);
    EXPECT_EQ(pot, connection->pot_says);
  }
}

}  // namespace
}  // namespace nightjar::simulate::visit
