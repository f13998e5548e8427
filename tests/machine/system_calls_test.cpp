// Each test puts a child under the filter and has it try what it must not, or what it must still be able to do.
#include "machine/system_calls.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

struct End {
  int status = 0;
  std::string said;
  bool killed() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS; }
  bool well() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }
};

class SystemCalls : public ::testing::Test {
 protected:
  /// The child's end, and what it wrote to standard error.
  End under_the_filter(const std::function<bool()>& part) const {
    const auto said = folder_ / "said";
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      const int file = open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      dup2(file, STDERR_FILENO);
      if (auto kept = keep_to_answering(); !kept) {
        std::fprintf(stderr, "%s\n", kept.error().sentence.c_str());
        _exit(2);
      }
      _exit(part() ? 0 : 1);
    }
    End end;
    waitpid(child, &end.status, 0);
    end.said = test::content_of(said);
    return end;
  }
  void SetUp() override {
    const End end = under_the_filter([] { return true; });
    if (end.said.find("takes no filter") != std::string::npos) GTEST_SKIP() << end.said;
  }
  TempFolder folder_;
};

TEST_F(SystemCalls, ThatStrangersWouldWantEndTheProcessAndAreNamed) {
  struct Try {
    const char* name;
    std::function<void()> call;
  };
  static std::array<char, 16384> room{};
  const std::vector<Try> tries = {
    {"59 (execve)",
     [] {
       char* none[] = {nullptr};
       execve("/bin/true", none, none);
     }},
    {"322 (execveat)", [] { syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0); }},
    {"41 (socket)", [] { socket(AF_INET, SOCK_STREAM, 0); }},
    {"41 (socket)", [] { socket(AF_NETLINK, SOCK_RAW, 0); }},
    {"41 (socket)", [] { socket(AF_UNIX, SOCK_STREAM, 0); }},
    {"165 (mount)", [] { mount("none", "/", "tmpfs", 0, nullptr); }},
    {"321 (bpf)", [] { syscall(SYS_bpf, 0, room.data(), 16); }},
    {"250 (keyctl)", [] { syscall(SYS_keyctl, 0, 0, 0, 0, 0); }},
    {"105 (setuid)", [] { syscall(SYS_setuid, 0); }},
    {"272 (unshare)", [] { syscall(SYS_unshare, 0); }},
    {"425 (io_uring_setup)", [] { syscall(SYS_io_uring_setup, 1, room.data()); }},
    {"9 (mmap)", [] { mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
    {"10 (mprotect)",
     [] {
       void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       mprotect(memory, 4096, PROT_READ | PROT_EXEC);
     }},
    {"54", [] { setsockopt(0, SOL_SOCKET, SO_ATTACH_FILTER, room.data(), 16); }},
    {"175", [] { syscall(SYS_init_module, room.data(), 16, ""); }},
    {"246", [] { syscall(SYS_kexec_load, 0, 0, room.data(), 0); }},
    {"298", [] { syscall(SYS_perf_event_open, room.data(), 0, -1, -1, 0); }},
    {"323", [] { syscall(SYS_userfaultfd, 0); }},
    {"90", [] { chmod("/", 0777); }},
#if !defined(NIGHTJAR_SANITIZED)
    // The helper that a sanitizer looks for leaks with needs these.
    {"(ptrace)", [] { ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"62 (kill)", [] { kill(getppid(), 0); }},
    {"57 (fork)", [] { syscall(SYS_fork); }},
    {"56 (clone)", [] { syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
#endif
  };
  for (const Try& each : tries) {
    const End end = under_the_filter([&] {
      each.call();
      return true;
    });
    EXPECT_TRUE(end.killed()) << each.name << ": status " << end.status;
    EXPECT_NE(end.said.find(each.name), std::string::npos) << end.said;
    EXPECT_EQ(end.said.find("nightjar: system call "), 0u) << end.said;
  }
}

TEST_F(SystemCalls, CannotBeUnheardByAnotherHandler) {
  const End end = under_the_filter([] {
    std::signal(SIGSYS, SIG_IGN);
    return true;
  });
  EXPECT_TRUE(end.killed()) << end.status;
  const End high = under_the_filter([] {
    // The kernel looks at the lower half of the number.
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    syscall(SYS_rt_sigaction, (1UL << 32) | SIGSYS, &action, nullptr, 8UL);
    syscall(SYS_setuid, 0);
    return true;
  });
  EXPECT_TRUE(high.killed()) << high.status;
}

TEST_F(SystemCalls, OfAnotherNumberingEndTheProcess) {
#if defined(__x86_64__)
  // The same kernel is reached by calls of 32 bits, which have other numbers: 11 is execve there, munmap here.
  const End end = under_the_filter([] {
    long answer = 11;
    asm volatile("int $0x80" : "+a"(answer) : "b"(0), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
    return true;
  });
  EXPECT_TRUE(WIFSIGNALED(end.status)) << end.status;
#else
  GTEST_SKIP() << "there is no second numbering here that this test knows";
#endif
}

TEST_F(SystemCalls, LetThreadsBeMadeThatAreHeldToo) {
  const End good = under_the_filter([] {
    int counted = 0;
    std::thread([&] { ++counted; }).join();
    return counted == 1;
  });
  EXPECT_TRUE(good.well()) << good.status << good.said;
  const End bad = under_the_filter([] {
    std::thread([] { socket(AF_INET, SOCK_STREAM, 0); }).join();
    return true;
  });
  EXPECT_TRUE(bad.killed()) << bad.status;
  // It cannot be seen what this one asks for: it is not there.
  const End unseen = under_the_filter([] { return syscall(SYS_clone3, nullptr, 0) == -1 && errno == ENOSYS; });
  EXPECT_TRUE(unseen.well()) << unseen.status << unseen.said;
}

TEST_F(SystemCalls, HoldsThreadsThatWereThereBefore) {
  const auto said = folder_ / "said";
  const pid_t child = fork();
  if (child == 0) {
    const int file = open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDERR_FILENO);
    std::atomic<bool> filtered{false};
    std::thread other([&] {
      while (!filtered) usleep(1000);
      socket(AF_INET, SOCK_DGRAM, 0);
      _exit(0);
    });
    filtered = bool(keep_to_answering());
    other.join();
    _exit(3);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) << status << test::content_of(said);
}

/// Everything that a door does between its opening and its end.
TEST_F(SystemCalls, LeaveWhatAnsweringNeeds) {
  // Sockets are opened before.
  const int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  const int datagrams = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ASSERT_EQ(bind(door, reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(listen(door, 4), 0);
  ASSERT_EQ(getsockname(door, reinterpret_cast<sockaddr*>(&at), &size), 0);
  ASSERT_EQ(connect(client, reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(write(client, "hello", 5), 5);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(datagrams, reinterpret_cast<sockaddr*>(&own), size), 0);
  ASSERT_EQ(getsockname(datagrams, reinterpret_cast<sockaddr*>(&own), &size), 0);
  const auto file = folder_ / "kept" / "file";
  const End end = under_the_filter([&] {
    int step = 0;
    const auto good = [&](bool truth) {
      ++step;
      if (!truth) std::fprintf(stderr, "step %d: %s\n", step, std::strerror(errno));
      return truth;
    };
    const int poll = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    if (!good(poll >= 0) || !good(epoll_ctl(poll, EPOLL_CTL_ADD, door, &event) == 0) || !good(epoll_wait(poll, &event, 1, 2000) == 1))
      return false;
    const int conversation = accept4(door, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    char bytes[64];
    const int on = 1;
    if (!good(conversation >= 0) || !good(recv(conversation, bytes, sizeof bytes, 0) == 5) || !good(send(conversation, "hi", 2, 0) == 2) ||
        !good(setsockopt(conversation, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) || !good(shutdown(conversation, SHUT_WR) == 0) ||
        !good(close(conversation) == 0))
      return false;
    if (!good(sendto(datagrams, "x", 1, 0, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 1)) return false;
    mmsghdr message{};
    iovec piece{bytes, sizeof bytes};
    message.msg_hdr.msg_iov = &piece;
    message.msg_hdr.msg_iovlen = 1;
    if (!good(recvmmsg(datagrams, &message, 1, 0, nullptr) == 1)) return false;
    // Files, large memory, time, randomness, a handler.
    if (!good(std::filesystem::create_directories(folder_ / "kept"))) return false;
    const std::vector<char> large(20 << 20, 'x');
    const int kept = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    if (!good(write(kept, large.data(), 1000) == 1000) || !good(fsync(kept) == 0) || !good(close(kept) == 0)) return false;
    std::filesystem::rename(file, folder_ / "kept" / "other");
    std::signal(SIGTERM, SIG_IGN);
    char random[16];
    if (!good(syscall(SYS_getrandom, random, sizeof random, 0) == sizeof random) || !good(time(nullptr) > 0)) return false;
    std::printf("and it may print\n");
    std::fflush(stdout);
    return good(system_call_filters() == 1);
  });
  EXPECT_TRUE(end.well()) << end.status << " " << end.said;
  EXPECT_EQ(std::filesystem::file_size(folder_ / "kept" / "other"), 1000u);
  close(door);
  close(client);
  close(datagrams);
}

TEST_F(SystemCalls, LetABugOfOursEndAsOne) {
  const End end = under_the_filter([]() -> bool { std::abort(); });
  EXPECT_TRUE(WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGABRT) << end.status;
}

}  // namespace
}  // namespace nightjar
