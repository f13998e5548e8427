// Mirai's scanner and loader against the honeypot, from the first byte to the address of the malware.
#include <gtest/gtest.h>

#include <set>

#include "client.hpp"
#include "mirai.hpp"
#include "payload/conversation.hpp"
#include "payload/malware_urls.hpp"
#include "payload/typed.hpp"

namespace nightjar {
namespace {

using test::Client;
using test::MiraiLoader;
using test::MiraiScanner;

/// The talk of both, kept as a capture would show it.
struct Recorded {
  Conversation conversation;
  void server(const std::string& bytes) { add(bytes, false); }
  void client(const std::string& bytes) { add(bytes, true); }
  void add(const std::string& bytes, bool client) {
    if (bytes.empty()) return;
    (client ? conversation.client : conversation.server) += bytes;
    conversation.turns.push_back({client, static_cast<std::uint32_t>(bytes.size())});
  }
};

template <class Peer>
Recorded talk(Client& pot, Peer& peer) {
  Recorded recorded;
  recorded.conversation.port = 23;
  std::string said = pot.heard();
  for (int turns = 0; turns < 100 && !said.empty(); ++turns) {
    recorded.server(said);
    const std::string answer = peer.hear(said);
    recorded.client(answer);
    said = answer.empty() ? "" : pot.say(answer);
  }
  return recorded;
}

TEST(Mirai, ScannerFindsALoginAndSeesBusyBox) {
  Client pot(23);
  MiraiScanner scanner("root", "xc3511");
  const Recorded recorded = talk(pot, scanner);
  EXPECT_EQ(scanner.state(), MiraiScanner::State::found);
  const Typed typed = read_typed(recorded.conversation);
  ASSERT_EQ(typed.logins.size(), 1U);
  EXPECT_EQ(typed.logins[0], (LoginAttempt{"root", "xc3511", true}));
  ASSERT_FALSE(typed.commands.empty());
  EXPECT_EQ(typed.commands.back(), "/bin/busybox MIRAI");
}

TEST(Mirai, ScannerIsToldWhenALoginIsWrong) {
  Client::Pot settings;
  settings.login.share_percent = 0;
  Client pot(23, settings);
  MiraiScanner scanner("admin", "admin");
  const Recorded recorded = talk(pot, scanner);
  EXPECT_EQ(scanner.state(), MiraiScanner::State::failed);
  EXPECT_EQ(read_typed(recorded.conversation).logins, (std::vector<LoginAttempt>{{"admin", "admin", false}}));
}

TEST(Mirai, LoaderGoesThroughToTheMalwareOnEveryDevice) {
  std::set<std::string> architectures;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    SCOPED_TRACE(seed);
    Client::Pot settings;
    settings.persona = Persona(budget::Secret{seed, 7});
    Client pot(23, settings);
    MiraiLoader loader("root", "vizxv");
    const Recorded recorded = talk(pot, loader);
    ASSERT_TRUE(loader.done()) << pot.heard();
    EXPECT_EQ(loader.way, "wget");
    architectures.insert(loader.architecture);
    const std::string& client = recorded.conversation.client;
    const auto downloads = malware_urls({reinterpret_cast<const std::uint8_t*>(client.data()), client.size()});
    ASSERT_EQ(downloads.size(), 1U);
    EXPECT_EQ(downloads[0].url, "http://198.51.100.7:80/bins/mirai." + loader.architecture);
  }
  EXPECT_EQ(architectures, (std::set<std::string>{"arm", "mips", "mpsl"})) << "seeds make different devices";
}

}  // namespace
}  // namespace nightjar
