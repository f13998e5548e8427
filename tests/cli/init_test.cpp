// What `nightjar init` writes is read by the program as it is, and taken by nft and ip; and it never overwrites.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <sstream>

#include "sensor/sensors.hpp"
#include "service/settings.hpp"
#include "support/own_network.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using namespace test;

class Init : public ::testing::Test {
 protected:
  int init(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "init");
    Program program(NIGHTJAR_BINARY, arguments, {}, (folder_ / "out").string(), (folder_ / "err").string());
    return program.wait().status;
  }
  std::string where() const { return (folder_ / "etc").string(); }
  std::string file(const std::string& name) const { return content_of((folder_ / "etc" / name).string()); }
  std::string out() const { return content_of((folder_ / "out").string()); }
  std::string err() const { return content_of((folder_ / "err").string()); }

  TempFolder folder_;
};

TEST_F(Init, WritesAFileThatBothReadersTakeAsItIs) {
  ASSERT_EQ(init({where(), "-i", "lo", "--prefix", "198.51.100.0/24", "--prefix", "2001:db8:7::/48", "--sensor", "tokyo \"1\"", "--data",
                  (folder_ / "data").string(), "--user", "nobody"}),
            0)
      << err();
  const auto settings = read_settings(folder_ / "etc" / "nightjar.toml");
  ASSERT_TRUE(settings) << settings.error().sentence;
  EXPECT_EQ(settings->path(settings->run, "lake"), (folder_ / "data/lake").string());
  EXPECT_EQ(settings->path(settings->run, "state"), (folder_ / "data/state").string());
  EXPECT_EQ(settings->run.text("user"), "nobody");
  EXPECT_EQ(settings->run.number("detect_minutes"), 5) << "what nobody said stands at its default";
  ASSERT_EQ(settings->captures.size(), 1u);
  EXPECT_EQ(settings->captures[0].text("interface"), "lo");
  EXPECT_EQ(settings->captures[0].text("sensor"), "tokyo \"1\"");
  EXPECT_EQ(settings->path(settings->captures[0], "segments"), (folder_ / "data/segments").string());
  EXPECT_FALSE(settings->reflector || settings->honeypot);
  const auto sensors = read_sensor_config(folder_ / "etc" / "nightjar.toml");
  ASSERT_TRUE(sensors) << sensors.error().sentence;
  ASSERT_EQ(sensors->sensors.size(), 1u);
  EXPECT_EQ(sensors->sensors[0].name, "tokyo \"1\"");
  EXPECT_EQ(sensors->sensors[0].kind, SensorKind::darknet);
  ASSERT_EQ(sensors->sensors[0].prefixes.size(), 2u);
  EXPECT_EQ(format(sensors->sensors[0].prefixes[1].prefix), "2001:db8:7::/48");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "etc" / "firewall-up.sh")) << "a darknet needs no rules";
  // Every key of every table is there to be found.
  for (const Setting& setting : setting_table())
    EXPECT_NE(file("nightjar.toml").find("\n# " + std::string(setting.sentence) + "\n"), std::string::npos) << setting.key;
}

TEST_F(Init, MakesTwoSensorsWhereConversationsAndDatagramsAreAnswered) {
  ASSERT_EQ(init({where(), "-i", "lo", "--prefix", "198.51.100.0/24", "--honeypot", "transparent", "--reflector", "--contact",
                  "abuse@example.org"}),
            0)
      << err();
  const auto settings = read_settings(folder_ / "etc" / "nightjar.toml");
  ASSERT_TRUE(settings) << settings.error().sentence;
  ASSERT_EQ(settings->captures.size(), 2u);
  EXPECT_EQ(settings->captures[0].text("filter"), "not udp");
  EXPECT_EQ(settings->captures[1].text("filter"), "udp");
  ASSERT_TRUE(settings->honeypot && settings->reflector);
  EXPECT_EQ(settings->honeypot->find("options")->values, (std::vector<std::string>{"--transparent", "198.51.100.0/24"}));
  EXPECT_EQ(settings->reflector->text("contact"), "abuse@example.org");
  EXPECT_EQ(settings->reflector->find("own")->values, (std::vector<std::string>{"198.51.100.0/24"}));
  EXPECT_EQ(settings->path(settings->run, "lake"), (folder_ / "etc/lake").string());
  const auto sensors = read_sensor_config(folder_ / "etc" / "nightjar.toml");
  ASSERT_TRUE(sensors) << sensors.error().sentence;
  ASSERT_EQ(sensors->sensors.size(), 2u);
  EXPECT_EQ(sensors->sensors[0].kind, SensorKind::honeypot);
  EXPECT_EQ(sensors->sensors[1].kind, SensorKind::reflector);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(sensors->sensors[i].name, settings->captures[i].text("sensor"));
}

TEST_F(Init, OverwritesNothing) {
  const auto old = folder_.write("etc/firewall-down.sh", "mine\n");
  EXPECT_EQ(init({where(), "-i", "lo", "--prefix", "198.51.100.0/24", "--honeypot", "transparent"}), 1);
  EXPECT_EQ(err(), "nightjar: " + old.string() + " is there already, and nothing is overwritten: name another folder, or move it away\n");
  EXPECT_EQ(file("firewall-down.sh"), "mine\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "etc" / "nightjar.toml")) << "all of them or none";
  std::filesystem::remove(old);
  std::filesystem::create_symlink(folder_ / "elsewhere", folder_ / "etc" / "nightjar.toml");
  EXPECT_EQ(init({where(), "-i", "lo", "--prefix", "198.51.100.0/24"}), 1) << "a link to nowhere is somebody's too";
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
}

TEST_F(Init, TellsTheNextStepsWithinEightyColumnsOfItsOwnWords) {
  ASSERT_EQ(init({where(), "-i", "lo", "--prefix", "198.51.100.0/24", "--honeypot", "transparent", "--user", "nobody"}), 0) << err();
  std::istringstream lines(out());
  for (std::string line; std::getline(lines, line);) {
    const bool holds_a_path = line.find(folder_.path().string()) != std::string::npos;
    EXPECT_TRUE(holds_a_path || line.size() <= 80) << line;
  }
  for (const char* step : {"firewall-up.sh", "doctor --config", "run --config", "To undo it", "firewall-down.sh"})
    EXPECT_NE(out().find(step), std::string::npos) << out();
}

TEST_F(Init, SaysWhatIsWrongBeforeAnythingIsWritten) {
  const auto refused = [&](std::vector<std::string> arguments, const std::string& words) {
    arguments.insert(arguments.begin(), where());
    EXPECT_EQ(init(arguments), 2) << words;
    EXPECT_NE(err().find(words), std::string::npos) << err();
    EXPECT_FALSE(std::filesystem::exists(folder_ / "etc"));
  };
  refused({"--prefix", "198.51.100.0/24"}, "--interface IF says where packets come in; this machine has ");
  refused({"-i", "lo"}, "--prefix P says which addresses are watched");
  refused({"-i", "lo", "--prefix", "198.51.100.7/24"}, "198.51.100.0/24");
  refused({"-i", "lo", "--prefix", "198.51.100.0/24", "--prefix", "198.51.100.128/25"}, "overlap");
  refused({"-i", "lo", "--prefix", "198.51.100.0/24", "--contact", "x"}, "add --reflector");
  refused({"-i", "lo\nx", "--prefix", "198.51.100.0/24"}, "control characters");
  refused({"-i", "lo", "--prefix", "198.51.100.0/24", "--sensor", "a/b"}, "--sensor: ");
}

class InitInANetwork : public Init {
 protected:
  void SetUp() override {
    if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
  }
  static bool check(bool truth, const std::string& what) {
    if (!truth) std::printf("not so: %s\n", what.c_str());
    return truth;
  }
};

TEST_F(InitInANetwork, WritesRulesThatTheKernelTakesTwiceAndGivesBack) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    for (const std::string way : {"transparent", "redirect", "wide"}) {
      std::filesystem::remove_all(folder_ / "etc");
      if (!check(init({where(), "-i", "lo", "--prefix", "198.51.100.0/24", "--honeypot", way, "--reflector"}) == 0, way + err()))
        return false;
      const auto run = [&](const std::string& name) { return OwnNetwork::command(where() + "/" + name); };
      const auto says = [&](const std::string& line) { return OwnNetwork::command(line); };
      if (!says("nft list tables")) {
        std::printf("(nft is not here: rules are not loaded)\n");
        return true;
      }
      const std::string route = "ip route show table local | grep -q 198.51.100.0/24";
      if (!check(run("firewall-up.sh"), way + ": up") || !check(run("firewall-up.sh"), way + ": up again") ||
          !check(says("nft list table inet nightjar_pots"), "the table is there"))
        return false;
      if (!check(way == "wide" || says(route), way + ": the route is there")) return false;
      if (!check(run("firewall-down.sh"), "down") || !check(run("firewall-down.sh"), "down again") ||
          !check(!says("nft list table inet nightjar_pots"), "the table is gone") || !check(!says(route), "the route is gone") ||
          !check(content_of("/proc/sys/net/ipv4/tcp_synack_retries") == "5\n", "as it was"))
        return false;
    }
    return true;
  }));
}

TEST_F(InitInANetwork, LeavesTheMachinesOwnAddressItsPortsAndNeverItsWholeNetwork) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!check(OwnNetwork::command("ip link add va type veth peer name vb && ip link set va up && ip addr add 198.51.100.9/24 dev va"),
               "va"))
      return false;
    const bool whole = check(init({where(), "-i", "va", "--prefix", "198.51.100.0/24", "--honeypot", "transparent"}) == 2, "refused") &&
                       check(err().find("holds 198.51.100.9, an address of this machine itself") != std::string::npos, err());
    const int listens = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(8443);
    if (!check(bind(listens, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 && listen(listens, 1) == 0, "a program listens"))
      return false;
    const bool one = check(init({where(), "-i", "va", "--prefix", "198.51.100.9", "--honeypot", "transparent"}) == 0, err());
    const auto settings = read_settings(folder_ / "etc" / "nightjar.toml");
    return whole && one && check(bool(settings), "settings") &&
           check(settings->honeypot->find("options")->values ==
                     std::vector<std::string>({"--transparent", "198.51.100.9/32", "--leave-out", "22", "--leave-out", "8443"}),
                 file("nightjar.toml"));
  }));
}

}  // namespace
}  // namespace nightjar
