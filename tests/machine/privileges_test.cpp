// What is given up cannot come back. Each test gives up rights in a child: this process keeps its own.
#include "machine/privileges.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

bool check(bool truth, const std::string& what) {
  if (!truth) std::printf("not so: %s\n", what.c_str());
  return truth;
}

bool passes_in_child(const std::function<bool()>& part) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const bool good = part();
    std::fflush(nullptr);
    _exit(good ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// A line of /proc/self/status: what the kernel says, whatever the program thinks.
std::string status_line(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, name.size() + 2, name + ":\t") == 0) return line.substr(name.size() + 2);
  }
  return "none";
}

bool can_take_port_80() {
  const int door = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(80);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool taken = bind(door, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 || errno == EADDRINUSE;
  close(door);
  return taken;
}

bool worked(const Result<void>& result) { return check(bool(result), result ? "" : result.error().sentence); }

constexpr char kNothing[] = "0000000000000000";

class PrivilegesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (getuid() != 0) GTEST_SKIP() << "only root has rights to give up";
    if (getpwnam("nobody") == nullptr) GTEST_SKIP() << "this machine has no user 'nobody'";
  }
};

TEST_F(PrivilegesTest, KeepsForTheOpeningOnlyWhatWasAskedFor) {
  EXPECT_TRUE(passes_in_child([] {
    return worked(become_user("nobody", {Capability::net_bind_service})) && check(getuid() == getpwnam("nobody")->pw_uid, "is nobody") &&
           check(status_line("CapEff") == "0000000000000400", "CapEff " + status_line("CapEff")) && check(can_take_port_80(), "port 80") &&
           check(socket(AF_INET, SOCK_RAW, IPPROTO_UDP) < 0, "no raw socket");
  }));
}

TEST_F(PrivilegesTest, LeavesNothingAfterTheOpening) {
  EXPECT_TRUE(passes_in_child([] {
    if (!worked(become_user("nobody", {Capability::net_bind_service, Capability::net_raw})) || !worked(give_up_privileges({})))
      return false;
    bool good = check(!can_take_port_80(), "no port 80") && check(status_line("NoNewPrivs") == "1", "NoNewPrivs");
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
      good = check(status_line(set) == kNothing, set + (" " + status_line(set))) && good;
    const std::string id = std::to_string(getpwnam("nobody")->pw_uid);
    return check(status_line("Uid") == id + "\t" + id + "\t" + id + "\t" + id, status_line("Uid")) && good;
  }));
}

TEST_F(PrivilegesTest, CannotComeBack) {
  EXPECT_TRUE(passes_in_child([] {
    if (!worked(become_user("nobody", {Capability::net_raw}))) return false;
    return check(setuid(0) != 0 && setreuid(0, 0) != 0 && setresgid(0, 0, 0) != 0, "ids stay") &&
           check(std::system("test \"$(grep CapEff /proc/self/status | tr -d '\\t')\" = CapEff:0000000000000000") == 0,
                 "a program that it executes has no rights");
  }));
}

TEST_F(PrivilegesTest, KeepsNoGroupOfRoot) {
  EXPECT_TRUE(passes_in_child([] {
    gid_t groups[64];
    if (!worked(become_user("nobody", {}))) return false;
    const int count = getgroups(64, groups);
    for (int i = 0; i < count; ++i) {
      if (!check(groups[i] != 0, "group 0")) return false;
    }
    return check(getegid() != 0, "effective group 0");
  }));
}

TEST_F(PrivilegesTest, KeepTheWishToEndWithTheParent) {
  EXPECT_TRUE(passes_in_child([] {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int wish = 0;
    return worked(become_user("nobody", {Capability::net_raw})) && worked(give_up_after_opening("nobody")) &&
           check(prctl(PR_GET_PDEATHSIG, &wish) == 0 && wish == SIGTERM, "signal " + std::to_string(wish)) &&
           check(status_line("CapEff") == kNothing, status_line("CapEff"));
  }));
}

TEST_F(PrivilegesTest, NamesTheProgramThatTheUserMayNotRun) {
  TempFolder folder;
  const auto program = folder.write("home/program", "#!/bin/sh\n");
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(program, std::filesystem::perms(0755));
  std::filesystem::permissions(folder / "home", std::filesystem::perms(0700));
  EXPECT_TRUE(passes_in_child([&] {
    if (!worked(become_user("nobody", {}))) return false;
    const auto hidden = check_may_run(program);
    return check(!hidden && hidden.error().sentence.find("the user 'nobody' may not run " + program.string()) == 0, "hidden") &&
           worked(check_may_run("/bin/sh"));
  }));
}

TEST_F(PrivilegesTest, RootThatStaysRootHasNoOtherRight) {
  EXPECT_TRUE(passes_in_child([] {
    return worked(become_user("", {})) && worked(give_up_privileges({Capability::net_raw})) &&
           check(status_line("CapEff") == "0000000000002000", status_line("CapEff")) && check(!can_take_port_80(), "port 80");
  }));
}

TEST_F(PrivilegesTest, RefusesRootAndWhoIsNotThereInASentence) {
  EXPECT_TRUE(passes_in_child([] {
    const auto root = become_user("root", {}), stranger = become_user("no-such-user", {});
    return check(!root && root.error().sentence.find("is root: nothing would be given up") != std::string::npos, "root") &&
           check(!stranger && stranger.error().sentence.find("there is no user 'no-such-user'; make one: adduser") == 0, "stranger") &&
           check(getuid() == 0, "nothing changed");
  }));
}

TEST_F(PrivilegesTest, WhoIsNotRootCannotBecomeAnotherButMayStayWhoItIs) {
  EXPECT_TRUE(passes_in_child([] {
    if (!worked(become_user("nobody", {}))) return false;
    const auto other = become_user("daemon", {});
    return check(!other &&
                     other.error().sentence == "cannot become the user 'daemon': started as 'nobody'; start it as root, or as that user",
                 other ? "became daemon" : other.error().sentence) &&
           worked(become_user("nobody", {})) && worked(give_up_privileges({}));
  }));
}

TEST_F(PrivilegesTest, NamesTheFolderThatTheUserMayNotWrite) {
  TempFolder folder;
  folder.write("mine/packet", "x");
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  EXPECT_TRUE(passes_in_child([&] {
    if (!worked(become_user("nobody", {}))) return false;
    const auto there = check_may_write(folder / "mine"), missing = check_may_write(folder / "new" / "deep");
    const std::string mine = (folder / "mine").string();
    return check(!there && there.error().sentence == "the user 'nobody' may not write " + mine + ": make the folder " + mine +
                                                         " and give it to that user: chown -R nobody " + mine,
                 there ? "may write" : there.error().sentence) &&
           check(!missing && missing.error().sentence.find("may not write " + folder.path().string()) != std::string::npos, "missing");
  }));
}

TEST_F(PrivilegesTest, NamesTheFileThatRootLeftInTheUsersFolder) {
  TempFolder folder;
  const auto file = folder.write("mine/budget", "x");
  const passwd* nobody = getpwnam("nobody");
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  ASSERT_EQ(chown((folder / "mine").c_str(), nobody->pw_uid, nobody->pw_gid), 0);
  const auto refused = [&] { return check_may_write(folder / "mine"); };
  EXPECT_TRUE(passes_in_child([&] {
    if (!worked(become_user("nobody", {}))) return false;
    const auto there = refused();
    return check(!there && there.error().sentence.find("may not write " + file.string()) != std::string::npos, "budget");
  }));
  ASSERT_EQ(chown(file.c_str(), nobody->pw_uid, nobody->pw_gid), 0);
  EXPECT_TRUE(passes_in_child([&] { return worked(become_user("nobody", {})) && worked(refused()); }));
}

}  // namespace
}  // namespace nightjar
