// Commands that are started as root and go on as somebody else: what the kernel says of their processes, and whose their files are.
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/own_network.hpp"
#include "support/packet_builder.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using namespace test;

bool check(bool truth, const std::string& what) {
  if (!truth) std::printf("not so: %s\n", what.c_str());
  return truth;
}

/// Asks until it is so, for half a minute.
bool comes_true(const std::function<bool()>& what) {
  for (int tries = 0; tries < 300; ++tries) {
    if (what()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

std::string status_line(const std::string& process, const std::string& name) {
  std::ifstream file("/proc/" + process + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, name.size() + 2, name + ":\t") == 0) return line.substr(name.size() + 2);
  }
  return "none";
}

/// Processes of the program that have this word on their command line.
std::vector<std::string> processes_with(const std::string& word) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string line = content_of(entry.path() / "cmdline");
    if (line.rfind(NIGHTJAR_BINARY, 0) == 0 && line.find(word) != std::string::npos) found.push_back(entry.path().filename());
  }
  return found;
}

class Rights : public ::testing::Test {
 protected:
  void SetUp() override {
    if (getuid() != 0) GTEST_SKIP() << "only root has rights to give up";
    if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
    nobody_ = getpwnam("nobody");
    if (nobody_ == nullptr) GTEST_SKIP() << "this machine has no user 'nobody'";
    const std::string as_nobody = "setpriv --reuid=nobody --regid=" + std::to_string(nobody_->pw_gid) + " --clear-groups ";
    if (std::system((as_nobody + NIGHTJAR_BINARY + " --version >/dev/null 2>&1").c_str()) != 0)
      GTEST_SKIP() << "the user 'nobody' cannot run the program where it lies here";
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  }
  std::string folder_of_nobody(const std::string& name) const {
    std::filesystem::create_directories(folder_ / name);
    if (chown((folder_ / name).c_str(), nobody_->pw_uid, nobody_->pw_gid) != 0) std::perror("chown");
    return (folder_ / name).string();
  }
  bool is_nobody_without_rights(const std::string& process) const {
    const std::string id = std::to_string(nobody_->pw_uid);
    bool good = check(status_line(process, "Uid") == id + "\t" + id + "\t" + id + "\t" + id, process + ": " + status_line(process, "Uid"));
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
      good = check(status_line(process, set) == "0000000000000000", set + (" " + status_line(process, set))) && good;
    return check(status_line(process, "NoNewPrivs") == "1", "NoNewPrivs") && good;
  }
  bool all_belong_to_nobody(const std::string& where) const {
    bool good = true;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(where)) {
      struct stat facts {};
      good = check(lstat(entry.path().c_str(), &facts) == 0 && facts.st_uid == nobody_->pw_uid, entry.path().string()) && good;
    }
    return good;
  }
  std::string said() const { return content_of(folder_ / "said"); }

  TempFolder folder_;
  const passwd* nobody_ = nullptr;
};

TEST_F(Rights, OfACaptureAreGoneInAllItsProcessesAndItsFilesAreTheUsers) {
  const std::string segments = folder_of_nobody("segments"), lake = folder_of_nobody("lake");
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!check(OwnNetwork::command("ip link add va type veth peer name vb && ip link set va up && ip link set vb up"), "a cable"))
      return false;
    Program capture(NIGHTJAR_BINARY,
                    {"capture", "-i", "vb", "--sensor", "rights", "--segments", segments, "--lake", lake, "--every", "1", "--keep-free-mb",
                     "0", "--user", "nobody", "tcp"},
                    {"NIGHTJAR_GEODATA="}, (folder_ / "told").string(), (folder_ / "said").string());
    if (!check(comes_true([&] { return processes_with(segments).size() >= 2; }), "keeper and worker: " + said())) return false;
    bool good = true;
    for (const std::string& process : processes_with(segments)) good = is_nobody_without_rights(process) && good;
    FrameSender sender("va");
    sender.send(PacketBuilder().from("11.0.0.1").to("192.0.2.1").tcp().src_port(40000).port(23).syn().ethernet());
    good = check(comes_true([&] { return std::filesystem::exists(lake + "/versions/1.json"); }), "a batch in the lake: " + said()) && good;
    capture.kill(SIGTERM);
    return check(capture.wait().status == 0, said()) && good && all_belong_to_nobody(segments) && all_belong_to_nobody(lake);
  }));
}

TEST_F(Rights, OfAReflectorAreGoneAndItAnswersStill) {
  EXPECT_TRUE(OwnNetwork::passes([&] {
    if (!check(OwnNetwork::command("ip route add local 45.0.0.0/24 dev lo && ip addr add 45.1.0.2/32 dev lo"), "addresses")) return false;
    Program reflector(NIGHTJAR_BINARY,
                      {"reflector", "--contact", "abuse@example.org", "--mode", "chargen=emulated", "--state",
                       folder_of_nobody("home") + "/state", "--user", "nobody"},
                      {}, (folder_ / "told").string(), (folder_ / "said").string());
    if (!check(comes_true([&] { return said().find("reachable as") != std::string::npos; }), said())) return false;
    const auto processes = processes_with("chargen=emulated");
    bool good = check(processes.size() == 1, std::to_string(processes.size()) + " processes") && is_nobody_without_rights(processes[0]);
    good = check(status_line(processes[0], "Seccomp") == "2", "a filter of system calls: " + status_line(processes[0], "Seccomp")) && good;
    const int asks = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in from{}, to{};
    from.sin_family = to.sin_family = AF_INET;
    inet_pton(AF_INET, "45.1.0.2", &from.sin_addr);
    inet_pton(AF_INET, "45.0.0.7", &to.sin_addr);
    to.sin_port = htons(19);
    timeval patience{5, 0};
    setsockopt(asks, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char answer[2048];
    good =
        check(bind(asks, reinterpret_cast<sockaddr*>(&from), sizeof from) == 0 &&
                  sendto(asks, "x", 1, 0, reinterpret_cast<sockaddr*>(&to), sizeof to) == 1 && recv(asks, answer, sizeof answer, 0) == 512,
              "512 bytes of CharGen") &&
        good;
    close(asks);
    reflector.kill(SIGTERM);
    return check(reflector.wait().status == 0, said()) && good && all_belong_to_nobody((folder_ / "home").string()) &&
           check(content_of(folder_ / "home/state/egress.log").find("chargen 45.1.0.2") != std::string::npos, "the ledger");
  }));
}

TEST_F(Rights, AreAskedForBeforeAnythingBegins) {
  std::filesystem::create_directories(folder_ / "roots");
  std::filesystem::permissions(folder_ / "roots", std::filesystem::perms(0755));
  const std::string roots = (folder_ / "roots").string();
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"capture", "-i", "lo", "--segments", roots, "--user", "nobody"},
           {"capture", "-i", "lo", "--segments", folder_of_nobody("segments"), "--lake", roots, "--user", "nobody"},
           {"reflector", "--state", roots, "--user", "nobody"}}) {
    Program program(NIGHTJAR_BINARY, arguments, {}, "/dev/null", (folder_ / "said").string());
    EXPECT_EQ(program.wait().status, 1);
    EXPECT_EQ(said(), "nightjar: the user 'nobody' may not write " + roots + ": make the folder " + roots +
                          " and give it to that user: chown -R nobody " + roots + "\n");
  }
}

}  // namespace
}  // namespace nightjar
