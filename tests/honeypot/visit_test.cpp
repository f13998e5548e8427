// A conversation's limits, and which service answers, whatever the bytes and however they are cut.
#include "honeypot/visit.hpp"

#include <gtest/gtest.h>

#include <random>

#include "client.hpp"
#include "scripts.hpp"

namespace nightjar {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::Script;

/// All that is answered to bytes in pieces, up to the end of the conversation.
std::string whole_answer(std::uint16_t port, std::initializer_list<std::string_view> pieces) {
  Client client(port);
  for (const std::string_view piece : pieces)
    if (!piece.empty()) client.say(piece);
  while (!client.closed()) client.wait();
  return client.heard();
}

class EveryScript : public ::testing::TestWithParam<Script> {};

TEST_P(EveryScript, IsAnswered) {
  const Script& script = GetParam();
  EXPECT_EQ(whole_answer(script.port, {script.said}).empty(), script.name == "bytes to nobody");
}

TEST_P(EveryScript, GetsTheSameAnswersHoweverItIsCut) {
  const Script& script = GetParam();
  const std::string_view said = script.said;
  const std::string expected = whole_answer(script.port, {said});
  for (std::size_t cut = 1; cut < said.size(); ++cut)
    ASSERT_EQ(whole_answer(script.port, {said.substr(0, cut), said.substr(cut)}), expected) << "cut at " << cut;
  Client bytewise(script.port);
  for (const char byte : said) bytewise.say(std::string_view(&byte, 1));
  while (!bytewise.closed()) bytewise.wait();
  EXPECT_EQ(bytewise.heard(), expected);
}

INSTANTIATE_TEST_SUITE_P(Scripts, EveryScript, ::testing::ValuesIn(test::scripts()), [](const auto& param) {
  std::string name;
  for (const char c : param.param.name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
  return name;
});

TEST(Visit, SilentClientIsLeftAfterTheIdleTime) {
  Client client(4'000);
  EXPECT_EQ(client.wait_time(), 30s);
  EXPECT_EQ(client.wait(), "");
  EXPECT_TRUE(client.closed());
}

TEST(Visit, DrippingClientIsLeftAfterTheWholeTime) {
  Client client(23);
  int drops = 0;
  for (; !client.closed() && drops < 1'000; ++drops) {
    client.pass(10s);
    client.say("x");
  }
  EXPECT_EQ(drops, 12) << "12 times 10 s are the 120 s of the limits";
}

TEST(Visit, LittleIsSaidBeforeTheClientSpeaks) {
  for (const Service& service : honeypot_services()) {
    for (const std::uint16_t port : service.ports) {
      const Client client(port);
      EXPECT_EQ(client.heard().empty(), !service.greets) << service.name;
      EXPECT_LE(client.heard().size(), VisitLimits().bytes_before_client) << service.name;
    }
  }
}

TEST(Visit, GreetingsKeepTheLimitThatIsSet) {
  Client::Pot pot;
  pot.limits.bytes_before_client = 5;
  EXPECT_EQ(Client(22, pot).heard(), "SSH-2");
}

TEST(Visit, NoMoreIsTakenInThanTheLimit) {
  Client::Pot pot;
  pot.limits.bytes_in = 100;
  Client client(4'000, pot);
  client.say(std::string(60, '\0'));
  EXPECT_FALSE(client.closed());
  client.say(std::string(60, '\0'));
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(client.visit().bytes_in(), 100U);
}

TEST(Visit, NoMoreIsSaidThanTheLimit) {
  Client::Pot pot;
  pot.limits.bytes_out = 3'000;
  Client client(6'379, pot);
  for (int i = 0; i < 100 && !client.closed(); ++i) client.say("INFO\r\n");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(client.heard().size(), 3'000U);
}

TEST(Visit, TheClientsFirstBytesDecideWhoAnswers) {
  Client client(22);
  EXPECT_EQ(client.visit().service().name, "ssh");
  client.say("GE");
  EXPECT_EQ(client.visit().service().name, "ssh") << "may still be anything";
  client.say("T / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.visit().service().name, "http");
}

TEST(Visit, ARiddleIsTheGenericServicesAfterAWhile) {
  Client client(4'000);
  client.say("GET");
  EXPECT_LT(client.wait_time(), 1s);
  client.wait();
  EXPECT_EQ(client.visit().service().name, "generic");
}

/// The first bytes, held back until they tell the protocol, and the rest are one piece to the service: no wait is left over between them.
TEST(Visit, ARequestInOnePieceLeavesNothingToWaitFor) {
  Client client(80);
  client.say("POST /picsdesc.xml HTTP/1.1\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_EQ(client.wait_time(), 30s);
}

TEST(Services, EachPortHasOne) {
  std::set<std::uint16_t> seen;
  for (const Service& service : honeypot_services())
    for (const std::uint16_t port : service.ports) EXPECT_TRUE(seen.insert(port).second) << port << " has two services";
  EXPECT_EQ(service_of(std::uint16_t{1}).name, "generic");
}

TEST(Visit, NoBytesPassTheLimits) {
  std::mt19937_64 random(20'170'701);
  std::vector<std::uint16_t> ports{1, 502, 1433};
  for (const Service& service : honeypot_services()) ports.insert(ports.end(), service.ports.begin(), service.ports.end());
  const auto all = test::scripts();
  for (int round = 0; round < 4'000; ++round) {
    Client::Pot pot;
    pot.limits.bytes_in = 5'000;
    pot.limits.bytes_out = 2'000;
    Client client(ports[random() % ports.size()], pot, random());
    for (int turn = 0; turn < 20 && !client.closed(); ++turn) {
      // Bytes by chance, or a script's with some of them changed.
      std::string said = random() % 2 == 0 ? all[random() % all.size()].said : std::string(1 + random() % 400, 'a');
      const std::uint64_t changes = 1 + random() % said.size();
      for (std::uint64_t i = 0; i < changes; ++i) said[random() % said.size()] = static_cast<char>(random());
      client.say(said);
      if (random() % 4 == 0 && !client.closed()) client.wait();
    }
    ASSERT_LE(client.heard().size(), 2'000U);
    ASSERT_LE(client.visit().bytes_in(), 5'000U);
    ASSERT_EQ(client.heard().size(), client.visit().bytes_out());
  }
}

}  // namespace
}  // namespace nightjar
