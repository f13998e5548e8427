// What `nightjar doctor` finds on machines that are well and on machines that are not: networks of the test's own, made so with ip and
// sysctl.
#include <gtest/gtest.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <pwd.h>
#include <sys/ioctl.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "support/own_network.hpp"
#include "support/packet_builder.hpp"
#include "support/pcap_file.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using namespace test;

bool check(bool truth, const std::string& what) {
  if (!truth) std::printf("not so: %s\n", what.c_str());
  return truth;
}

class Doctor : public ::testing::Test {
 protected:
  int run(const std::vector<std::string>& arguments) const {
    Program program(NIGHTJAR_BINARY, arguments, {}, (folder_ / "out").string(), (folder_ / "err").string());
    return program.wait().status;
  }
  int doctor(const std::string& config = "") const {
    return run({"doctor", "--config", config.empty() ? (folder_ / "etc/nightjar.toml").string() : config});
  }
  int init(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"init", (folder_ / "etc").string(), "--quiet"});
    return run(arguments);
  }
  std::string out() const { return content_of((folder_ / "out").string()); }
  bool says(const std::string& line) const { return check(out().find(line) != std::string::npos, "says '" + line + "':\n" + out()); }

  /// All files below the folder, with when they were changed.
  std::map<std::string, std::filesystem::file_time_type> files() const {
    std::map<std::string, std::filesystem::file_time_type> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.path().filename() != "out" && entry.path().filename() != "err") all[entry.path()] = entry.last_write_time();
    }
    return all;
  }
  TempFolder folder_;
};

/// What `ethtool -K IF gro on` does.
bool set_gro(const std::string& interface, std::uint32_t on) {
  ethtool_value value{ETHTOOL_SGRO, on};
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_data = reinterpret_cast<char*>(&value);
  const int asks = socket(AF_INET, SOCK_DGRAM, 0);
  const bool done = ioctl(asks, SIOCETHTOOL, &request) == 0;
  close(asks);
  return done;
}

class DoctorInANetwork : public Doctor {
 protected:
  void SetUp() override {
    if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
  }
  static bool cable() {
    return check(OwnNetwork::command("ip link add va type veth peer name vb && ip link set va up && ip link set vb up && "
                                     "sysctl -w net.ipv4.ip_forward=0"),
                 "a cable");
  }
};

TEST_F(DoctorInANetwork, FindsNothingToMendWhereAllIsDoneAndChangesNothing) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!cable() || !check(init({"-i", "va", "--prefix", "45.0.0.0/24", "--honeypot", "transparent", "--reflector"}) == 0, "init"))
      return false;
    if (!OwnNetwork::command("nft list tables")) {
      std::printf("(nft is not here: rules cannot be loaded)\n");
      return true;
    }
    if (!check(OwnNetwork::command((folder_ / "etc/firewall-up.sh").string()), "up")) return false;
    // Without counters, and without the addresses that an interface gives itself for IPv6 a second later.
    const auto before = files();
    OwnNetwork::command("nft -s list ruleset > " + (folder_ / "out.before").string() + "; ip -4 route show table all > " +
                        (folder_ / "err.before").string());
    const bool good = check(doctor() == 0, out()) && says("ok: interface va is up\n") && says("ok: the rules of the firewall are loaded") &&
                      says("ok: packets to 45.0.0.0/24 come to the programs of this machine\n") &&
                      says("ok: net.ipv4.tcp_synack_retries is 0\n") && says("ok: the ports that are needed are free") &&
                      says("ok: there is no lake yet");
    const std::string again = "nft -s list ruleset | cmp - " + (folder_ / "out.before").string() +
                              " && ip -4 route show table all | cmp - " + (folder_ / "err.before").string();
    auto after = files();
    after.erase((folder_ / "out.before").string());
    after.erase((folder_ / "err.before").string());
    return good && check(OwnNetwork::command(again), "rules and routes are as before") && check(before == after, "no file was touched");
  }));
}

TEST_F(DoctorInANetwork, NamesEveryFaultAndItsCure) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!cable() || !check(init({"-i", "va", "--prefix", "45.0.0.0/24", "--honeypot", "transparent", "--reflector"}) == 0, "init"))
      return false;
    if (!check(OwnNetwork::command("sysctl -w net.ipv4.ip_forward=1 && ip link set va down"), "faults")) return false;
    const int dns = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(53);
    if (!check(bind(dns, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0, "port 53")) return false;
    std::string own_name = content_of("/proc/self/comm");
    own_name.pop_back();
    const bool faults =
        check(doctor() == 1, "status") && says("fail: interface va is down; ip link set va up\n") &&
        says(
            "warn: net.ipv4.ip_forward is 1: packets to watched addresses may be sent on to others; sysctl -w "
            "net.ipv4.ip_forward=0\n") &&
        says("fail: packets to 45.0.0.0/24 do not come to the programs of this machine; ip route replace local 45.0.0.0/24 dev lo") &&
        says("fail: UDP port 53 (dns) is taken by " + own_name + "; stop it");
    close(dns);
    return faults && check(OwnNetwork::command("ip link del va"), "gone") && check(doctor() == 1, "status") &&
           says("fail: there is no interface va; name another in [[capture]]: there are lo");
  }));
}

TEST_F(DoctorInANetwork, SeesThatAnInterfacePutsPacketsTogether) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!cable() || !check(init({"-i", "va", "--prefix", "45.0.0.0/24"}) == 0, "init")) return false;
    if (!check(set_gro("va", 1), "gro on")) return false;
    return check(doctor() == 0, out()) &&
           says("warn: interface va puts packets of a conversation together before they are counted; ethtool -K va gro off\n") &&
           check(set_gro("va", 0), "gro off") && check(doctor() == 0, out()) && says("ok: interface va leaves packets as they came\n");
  }));
}

TEST_F(DoctorInANetwork, CountsTheMachinesOwnAddressAmongTheWatched) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    return cable() && check(OwnNetwork::command("ip addr add 45.0.0.9/32 dev va"), "address") &&
           check(init({"-i", "va", "--prefix", "45.0.0.0/24", "--sensor", "alpha"}) == 0, "init") && check(doctor() == 0, out()) &&
           says(
               "warn: 45.0.0.9 of interface va lies among the addresses of sensor alpha: this machine's own traffic is counted; watch "
               "addresses that nobody uses\n");
  }));
}

TEST_F(Doctor, TellsAMistakeInTheFileAndLooksAtTheMachineStill) {
  const auto file = folder_.write("bad.toml", "[run]\ndetect_minuts = 5\n");
  EXPECT_EQ(doctor(file.string()), 1);
  EXPECT_EQ(out().find("fail: " + file.string() + ":2: unknown key \"detect_minuts\" in [run]; did you mean \"detect_minutes\"?"), 0u)
      << out();
  EXPECT_NE(out().find("clock"), std::string::npos) << out();
  EXPECT_EQ(doctor((folder_ / "missing.toml").string()), 1);
  EXPECT_EQ(out().find("fail: "), 0u) << out();
}

TEST_F(Doctor, KnowsUsersAndWhatTheyMayWrite) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  if (getpwnam("nobody") == nullptr) GTEST_SKIP() << "this machine has no user 'nobody'";
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  ASSERT_EQ(init({"-i", "lo", "--prefix", "45.0.0.0/24", "--user", "no-such-user"}), 0);
  EXPECT_EQ(doctor(), 1);
  EXPECT_NE(out().find("fail: there is no user no-such-user; adduser --system --group --no-create-home no-such-user\n"), std::string::npos)
      << out();
  std::filesystem::remove_all(folder_ / "etc");
  ASSERT_EQ(init({"-i", "lo", "--prefix", "45.0.0.0/24", "--user", "nobody"}), 0);
  std::filesystem::permissions(folder_ / "etc", std::filesystem::perms(0755));
  EXPECT_EQ(doctor(), 1);
  const std::string lake = (folder_ / "etc/lake").string();
  EXPECT_NE(out().find("fail: folder of the lake: the user 'nobody' may not write " + (folder_ / "etc").string() + ": make the folder " +
                       lake + " and give it to that user: chown -R nobody " + lake),
            std::string::npos)
      << out();
  for (const char* name : {"etc/lake", "etc/state", "etc/segments"}) {
    std::filesystem::create_directories(folder_ / name);
    ASSERT_EQ(chown((folder_ / name).c_str(), getpwnam("nobody")->pw_uid, 0), 0);
  }
  doctor();
  EXPECT_NE(out().find("ok: folder of the lake can be written: " + lake + "\n"), std::string::npos) << out();
  EXPECT_EQ(out().find("fail: folder"), std::string::npos) << out();
}

TEST_F(Doctor, SaysHowOldTheNewestBatchIs) {
  ASSERT_EQ(init({"-i", "lo", "--prefix", "198.18.0.0/24"}), 0);
  const PcapFile capture = darknet_traffic(50, 1);
  const std::string lake = (folder_ / "etc/lake").string();
  ASSERT_EQ(run({"ingest", folder_.write("a.pcap", capture.content()).string(), "--lake", lake, "--sensor", "s", "--quiet"}), 0);
  doctor();
  EXPECT_TRUE(std::regex_search(out(), std::regex("ok: lake of format 1 can be read: version 1, 1 batches, [0-9]+ files\n"))) << out();
  EXPECT_TRUE(std::regex_search(out(), std::regex("ok: the newest batch is [0-9.]+ s old\n"))) << out();
  for (const auto& entry : std::filesystem::directory_iterator(lake + "/batches")) {
    const std::string older =
        std::regex_replace(content_of(entry.path()), std::regex("\"created_ns\": ?[0-9]+"), "\"created_ns\":1511395200000000000");
    std::ofstream(entry.path()) << older;
  }
  doctor();
  EXPECT_NE(out().find("warn: the newest batch is "), std::string::npos) << out();
}

TEST_F(Doctor, SaysWhatIsNoLake) {
  ASSERT_EQ(init({"-i", "lo", "--prefix", "192.0.2.0/24"}), 0);
  folder_.write("etc/lake/holiday.jpg", "x");
  EXPECT_EQ(doctor(), 1);
  EXPECT_NE(out().find("; name the right folder, or use the program that wrote it\n"), std::string::npos) << out();
}

TEST_F(Doctor, IsJsonForPrograms) {
  ASSERT_EQ(init({"-i", "nosuch0", "--prefix", "192.0.2.0/24"}), 0);
  EXPECT_EQ(run({"doctor", "--config", (folder_ / "etc/nightjar.toml").string(), "--format", "json"}), 1);
  const auto json = nlohmann::json::parse(out(), nullptr, false);
  ASSERT_TRUE(json.is_object()) << out();
  std::map<std::string, std::size_t> counted;
  bool told = false;
  for (const auto& each : json["checks"]) {
    ++counted[each["level"].get<std::string>()];
    told = told || (each["about"] == "interface" && each["what"] == "there is no interface nosuch0" && each["level"] == "fail");
    EXPECT_EQ(each["advice"].get<std::string>().empty(), each["level"] == "ok") << each;
  }
  EXPECT_TRUE(told) << out();
  for (const char* level : {"ok", "warn", "fail"}) EXPECT_EQ(json[level].get<std::size_t>(), counted[level]) << level;
}

}  // namespace
}  // namespace nightjar
