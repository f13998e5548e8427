// The honeypot at real sockets, in networks of the test's own.
#include "station/tcp_door.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <vector>

#include "honeypot/mirai.hpp"
#include "station/tcp_door_network.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using test::Caller;
using test::check;
using test::OwnNetwork;
using test::PotNetwork;

Prefix prefix(const char* text) { return *parse_prefix(text); }

/// Runs a door in a child while `meanwhile` goes on here; `log` gets a line for each conversation, and one of counts at the end. `files`:
/// how many the child may have open once the door is.
bool while_answering(const TcpDoor::Options& options, const std::string& log, const std::function<bool()>& meanwhile, rlim_t files = 0) {
  const auto answer = [&](const std::atomic<bool>& stop, const std::function<void()>& ready) {
    std::FILE* file = std::fopen(log.c_str(), "w");
    auto door = TcpDoor::open(options, Persona(budget::Secret{1, 2}),
                              [&](const EndedConversation& ended) { std::fprintf(file, "%s\n", to_json(ended).c_str()); });
    if (!door) return check(false, door.error().sentence);
    if (files > 0) {
      const rlimit limit{files, files};
      setrlimit(RLIMIT_NOFILE, &limit);
    }
    ready();
    (*door)->run(stop, {});
    const DoorCounters& counts = (*door)->counters();
    std::fprintf(file, "conversations=%llu of_network=%llu never=%llu exhausted=%llu\n",
                 static_cast<unsigned long long>(counts.conversations), static_cast<unsigned long long>(counts.of_network),
                 static_cast<unsigned long long>(counts.never), static_cast<unsigned long long>(counts.exhausted));
    return std::fclose(file) == 0;
  };
  return test::beside(answer, meanwhile);
}

class TcpDoorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
  }
  std::string log() const { return (folder_ / "log").string(); }
  std::string logged() const { return test::content_of(log()); }
  static TcpDoor::Options on_loopback(std::initializer_list<std::uint16_t> ports) {
    TcpDoor::Options options;
    for (const std::uint16_t port : ports) options.listen.push_back({{4, 0x7f000001, 0}, port});
    return options;
  }
  /// In networks of a sensor and its clients, with the rules of these nets; `meanwhile` runs in the clients'.
  bool at_sensor(const std::vector<PotNet>& nets, const std::function<bool()>& meanwhile) {
    return OwnNetwork::passes([&] {
      const PotNetwork network;
      FirewallPlan plan;
      plan.nets = nets;
      plan.ports_left_out.clear();
      TcpDoor::Options options;
      for (const PotNet& net : nets) (net.way == PotWay::redirect ? options.redirect : options.transparent).push_back(net.prefix);
      return check(network.good(), "networks") && PotNetwork::apply(plan, folder_.path().string()) && while_answering(options, log(), [&] {
               network.enter_clients();
               const bool good = meanwhile();
               network.enter_sensor();
               return good;
             });
    });
  }
  TempFolder folder_;
};

/// What an address of the sensor says to `words` (empty: by itself) holds `answer`.
bool answers(const std::string& address, std::uint16_t port, std::string_view words, std::string_view answer) {
  Caller caller("", address, port);
  const std::string where = address + " port " + std::to_string(port);
  if (!check(caller.connected(), where + " answers")) return false;
  if (!words.empty() && !check(caller.say(words), where + " listens")) return false;
  const std::string heard = caller.hear_until(answer);
  return check(heard.find(answer) != heard.npos, where + " says '" + std::string(answer) + "', not '" + heard + "'");
}

bool every_service_answers(const std::string& one, const std::string& other) {
  return answers(one, 23, "", "ogin") && answers(other, 80, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.") &&
         answers(one, 6379, "PING\r\n", "+PONG") && answers(other, 22, "", "SSH-2.0-") &&
         answers(one, 65'535, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.") && answers(other, 1, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.");
}

TEST_F(TcpDoorTest, TakesEveryPortOfAPrefixTransparently) {
  EXPECT_TRUE(at_sensor({{prefix("45.0.0.0/24")}, {prefix("2a00:45::/48")}}, [] {
    return every_service_answers("45.0.0.1", "45.0.0.254") && every_service_answers("2a00:45::1", "2a00:45:0:7::5");
  }));
  EXPECT_NE(logged().find(R"("dst":"45.0.0.254","dst_port":80,"service":"http")"), std::string::npos) << logged();
  EXPECT_NE(logged().find(R"("dst":"2a00:45:0:7::5","dst_port":1,)"), std::string::npos) << logged();
  EXPECT_NE(logged().find("conversations=12 "), std::string::npos) << logged();
}

TEST_F(TcpDoorTest, TakesEveryPortOfAPrefixByRedirection) {
  EXPECT_TRUE(at_sensor({{prefix("45.0.0.0/24"), PotWay::redirect}, {prefix("2a00:45::/48"), PotWay::redirect}}, [] {
    return every_service_answers("45.0.0.1", "45.0.0.254") && every_service_answers("2a00:45::1", "2a00:45:0:7::5");
  }));
  EXPECT_NE(logged().find(R"("dst":"45.0.0.254","dst_port":80,"service":"http")"), std::string::npos) << logged();
  EXPECT_NE(logged().find(R"("dst":"2a00:45:0:7::5","dst_port":1,)"), std::string::npos) << logged();
}

TEST_F(TcpDoorTest, DoesNotAnswerForTheMachineItself) {
  EXPECT_TRUE(at_sensor({{prefix("45.0.0.0/24")}}, [] {
    Caller caller("", "45.1.0.1", kDoorPort);
    return check(!caller.connected() || (caller.hear().empty() && caller.over()), "the door's own port is closed");
  }));
  EXPECT_NE(logged().find("conversations=0 "), std::string::npos) << logged();
}

/// A conversation of one of Mirai's two peers through a connection.
template <class Peer, class Done>
bool talks(Peer& peer, Caller& caller, const Done& done) {
  while (!done()) {
    const std::string heard = caller.hear();
    if (heard.empty()) return false;
    const std::string words = peer.hear(heard);
    if (!words.empty() && !caller.say(words)) return false;
  }
  return true;
}

TEST_F(TcpDoorTest, TakesMiraisScannerAndLoaderToTheMalwaresAddress) {
  EXPECT_TRUE(at_sensor({{prefix("45.0.0.0/24")}}, [] {
    test::MiraiScanner scanner("root", "xc3511");
    Caller first("45.3.0.9", "45.0.0.66", 23);
    bool good = check(first.connected() && talks(scanner, first, [&] { return scanner.state() == test::MiraiScanner::State::found; }),
                      "the scanner finds a login");
    test::MiraiLoader loader("root", "xc3511");
    Caller second("45.2.0.2", "45.0.0.66", 23);
    good = check(second.connected() && talks(loader, second, [&] { return loader.done(); }), "the loader comes to its end") && good;
    return check(!loader.architecture.empty() && loader.way == "wget", "it knows the machine and a way to fetch") && good;
  }));
}

TEST_F(TcpDoorTest, SaysOfEachConversationWhoWhatAndHowMuch) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return while_answering(on_loopback({2323}), log(), [] { return answers("127.0.0.1", 2323, "GET / HTTP/1.0\r\n\r\n", "HTTP/1."); });
  }));
  const std::string line = logged().substr(0, logged().find('\n'));
  EXPECT_NE(line.find(R"("src":"127.0.0.1","src_port":)"), std::string::npos) << line;
  EXPECT_NE(line.find(R"("dst":"127.0.0.1","dst_port":2323,"service":"http","bytes_in":18,)"), std::string::npos) << line;
}

TEST_F(TcpDoorTest, AnswersWhoHasClosedHisHalf) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return while_answering(on_loopback({8080, 7777}), log(), [] {
      bool good = true;
      for (const auto& [port, words] : {std::pair{8080, "GET / HTTP/1.0\r\n\r\n"}, std::pair{7777, "what?\r\n"}}) {
        Caller caller("", "127.0.0.1", static_cast<std::uint16_t>(port));
        caller.say(words);
        caller.say_no_more();
        const std::string heard = caller.hear();
        good = check(port == 7777 || !heard.empty(), "an answer") && check(caller.is_closed(), "and the end, by a FIN") && good;
      }
      return good;
    });
  }));
}

TEST_F(TcpDoorTest, ClosesWhoIsSilentAndWhoStaysTooLong) {
  TcpDoor::Options options = on_loopback({23, 6379});
  options.limits.visit.idle = std::chrono::milliseconds(600);
  options.limits.visit.total = std::chrono::milliseconds(1'500);
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return while_answering(options, log(), [] {
      Caller silent("", "127.0.0.1", 23);
      bool good = check(silent.is_closed(2'000), "the silent one");
      Caller busy("", "127.0.0.1", 6379);
      int said = 0;
      for (; said < 40 && !busy.over(); ++said) {
        busy.say("PING\r\n");
        busy.hear(100);
        usleep(100'000);
      }
      return check(said >= 8 && said < 40, "the busy one is closed after a while, not after " + std::to_string(said)) && good;
    });
  }));
}

TEST_F(TcpDoorTest, ClosesWhoDoesNotReadAndServesOthersMeanwhile) {
  TcpDoor::Options options = on_loopback({6379});
  options.limits.unread = std::chrono::milliseconds(700);
  options.limits.visit.bytes_out = 8 << 20;
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return while_answering(options, log(), [] {
      Caller deaf("", "127.0.0.1", 6379, 2'048);
      // Each of them is answered at length.
      std::string questions;
      for (int i = 0; i < 2'000; ++i) questions += "INFO\r\n";
      deaf.say(questions);
      const bool good = answers("127.0.0.1", 6379, "PING\r\n", "+PONG");
      usleep(1'500'000);
      return good;
    });
  }));
  EXPECT_NE(logged().find(R"("end":"unread")"), std::string::npos) << logged();
}

TEST_F(TcpDoorTest, HoldsAsManyConversationsWithANetworkAsItIsTold) {
  TcpDoor::Options options = on_loopback({23});
  options.limits.of_network = 5;
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return while_answering(options, log(), [] {
      std::vector<Caller> callers;
      for (int i = 0; i < 8; ++i) callers.emplace_back("127.0.0." + std::to_string(i + 1), "127.0.0.1", 23);
      int served = 0;
      for (Caller& caller : callers) served += !caller.hear(700).empty() ? 1 : 0;
      bool good = check(served == 5, std::to_string(served) + " served of one /24");
      Caller other("127.0.1.1", "127.0.0.1", 23);
      good = check(!other.hear().empty(), "another network is served") && good;
      callers.clear();
      usleep(200'000);
      Caller again("127.0.0.9", "127.0.0.1", 23);
      return check(!again.hear().empty(), "and the first again, when its conversations have ended") && good;
    });
  }));
  EXPECT_NE(logged().find("of_network=3 "), std::string::npos) << logged();
}

TEST_F(TcpDoorTest, TheMostSilentMakesRoomWhenThereAreTooMany) {
  TcpDoor::Options options = on_loopback({6379});
  options.limits.conversations = 3;
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return while_answering(options, log(), [] {
      Caller first("", "127.0.0.1", 6379), second("", "127.0.0.1", 6379), third("", "127.0.0.1", 6379);
      const auto ping = [](Caller& caller) { return caller.say("PING\r\n") && caller.hear() == "+PONG\r\n"; };
      bool good = check(ping(first) && ping(second) && ping(third), "three") && check(ping(first), "the first speaks again");
      Caller fourth("", "127.0.0.1", 6379);
      return check(ping(fourth), "a fourth") && check(second.is_closed(), "the second had to go") &&
             check(ping(first) && ping(third), "not the others") && good;
    });
  }));
  EXPECT_NE(logged().find(R"("end":"made_room")"), std::string::npos) << logged();
}

TEST_F(TcpDoorTest, LeavesAloneWhomItIsTold) {
  TcpDoor::Options options = on_loopback({6379});
  options.never = {prefix("127.0.0.9/32")};
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return while_answering(options, log(), [] {
      Caller left("127.0.0.9", "127.0.0.1", 6379);
      left.say("PING\r\n");
      return check(left.hear().empty(), "no word") && answers("127.0.0.1", 6379, "PING\r\n", "+PONG");
    });
  }));
  EXPECT_NE(logged().find("never=1 "), std::string::npos) << logged();
}

TEST_F(TcpDoorTest, GoesOnWhenTheMachineHasNoMoreFiles) {
#ifdef NIGHTJAR_SANITIZED
  GTEST_SKIP() << "the sanitizer opens files of its own where it looks at memory";
#endif
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return while_answering(
        on_loopback({6379}), log(),
        [] {
          std::vector<Caller> callers;
          for (int i = 0; i < 60; ++i) callers.emplace_back("", "127.0.0.1", 6379);
          usleep(300'000);
          callers.clear();
          usleep(300'000);
          return answers("127.0.0.1", 6379, "PING\r\n", "+PONG");
        },
        40);
  }));
  EXPECT_EQ(logged().find("exhausted=0\n"), std::string::npos) << logged();
}

TEST_F(TcpDoorTest, SaysWhatIsWrongWithAPort) {
  const TcpDoor::Options options = on_loopback({2323});
  auto one = TcpDoor::open(options, Persona(budget::Secret{1, 2}), {});
  ASSERT_TRUE(one) << one.error().sentence;
  const auto two = TcpDoor::open(options, Persona(budget::Secret{1, 2}), {});
  ASSERT_FALSE(two);
  EXPECT_NE(two.error().sentence.find("another program listens there"), std::string::npos) << two.error().sentence;
  TcpDoor::Options nowhere;
  nowhere.listen.push_back({{4, 0x2d000001, 0}, 2323});
  const auto three = TcpDoor::open(nowhere, Persona(budget::Secret{1, 2}), {});
  ASSERT_FALSE(three);
  EXPECT_NE(three.error().sentence.find("this machine has no such address"), std::string::npos) << three.error().sentence;
}

}  // namespace
}  // namespace nightjar
