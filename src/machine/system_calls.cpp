#include "machine/system_calls.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <memory>

namespace nightjar {
namespace {

// Calls that need no look at their arguments. What a libc of another age uses for the same thing stands beside it.
constexpr int kAllowed[] = {
    // Conversations over sockets that are there.
    SCMP_SYS(accept4), SCMP_SYS(accept), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg), SCMP_SYS(shutdown), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
    // Waiting.
    SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_create1), SCMP_SYS(poll),
    SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(eventfd2),
    SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(pause), SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall),
    // Files, with the rights that are left.
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(write),
    SCMP_SYS(pwrite64), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(stat), SCMP_SYS(fstat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
    SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(fsync),
    SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
    SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(getdents64), SCMP_SYS(flock),
    SCMP_SYS(getcwd), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(dup), SCMP_SYS(umask),
    // Memory; mmap and mprotect below.
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    // Who and when it is.
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid),
    SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(getrusage), SCMP_SYS(uname), SCMP_SYS(sysinfo),
    // What a new thread does first; its making is below.
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
    // Signals and the end.
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(exit), SCMP_SYS(exit_group)};

constexpr unsigned kMostSignals = 64;

struct SocketOption {
  int level, name;
};
constexpr std::array<SocketOption, 14> kSocketOptions = {{{SOL_SOCKET, SO_LINGER},
                                                          {SOL_SOCKET, SO_RCVBUF},
                                                          {SOL_SOCKET, SO_SNDBUF},
                                                          {SOL_SOCKET, SO_KEEPALIVE},
                                                          {SOL_SOCKET, SO_RCVLOWAT},
                                                          {SOL_SOCKET, SO_RCVTIMEO},
                                                          {SOL_SOCKET, SO_SNDTIMEO},
                                                          {IPPROTO_TCP, TCP_NODELAY},
                                                          {IPPROTO_TCP, TCP_QUICKACK},
                                                          {IPPROTO_TCP, TCP_CORK},
                                                          {IPPROTO_TCP, TCP_USER_TIMEOUT},
                                                          {IPPROTO_TCP, TCP_LINGER2},
                                                          {IPPROTO_TCP, TCP_SYNCNT},
                                                          {IPPROTO_TCP, TCP_WINDOW_CLAMP}}};

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

/// Names and numbers of calls whose use says that somebody else is at work; for the sentence, names must be there before the filter is.
struct Named {
  int number;
  const char* name;
};
constexpr std::array kNamed = {Named{SYS_execve, "execve"},
                               Named{SYS_execveat, "execveat"},
                               Named{SYS_fork, "fork"},
                               Named{SYS_vfork, "vfork"},
                               Named{SYS_clone, "clone"},

                               Named{SYS_socket, "socket"},
                               Named{SYS_connect, "connect"},
                               Named{SYS_bind, "bind"},
                               Named{SYS_ptrace, "ptrace"},
                               Named{SYS_kill, "kill"},
                               Named{SYS_mount, "mount"},
                               Named{SYS_bpf, "bpf"},
                               Named{SYS_keyctl, "keyctl"},
                               Named{SYS_setuid, "setuid"},
                               Named{SYS_mmap, "mmap"},
                               Named{SYS_mprotect, "mprotect"},
                               Named{SYS_unshare, "unshare"},
                               Named{SYS_io_uring_setup, "io_uring_setup"}};

/// Signal handler: only what is safe in one.
void say_and_end(int, siginfo_t* facts, void*) {
  std::array<char, 200> text{};
  std::size_t at = 0;
  const auto add = [&](const char* words) {
    while (*words != '\0' && at < text.size()) text[at++] = *words++;
  };
  std::array<char, 12> digits{};
  std::size_t first = digits.size() - 1;
  unsigned number = static_cast<unsigned>(facts->si_syscall);
  do {
    digits[--first] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  add("nightjar: system call ");
  add(digits.data() + first);
  for (const Named& named : kNamed) {
    if (named.number != facts->si_syscall) continue;
    add(" (");
    add(named.name);
    add(")");
  }
  add(" is none that answering strangers needs: it was refused, and this process ends. Please report it.\n");
  if (write(STDERR_FILENO, text.data(), at) < 0) at = 0;
  // The filter answers this very call by killing the process; the signal's own end could be put off by a handler.
  std::signal(SIGSYS, SIG_DFL);
  _exit(128 + SIGSYS);
}

Result<void> hear_of_refusals() {
  struct sigaction action {};
  action.sa_sigaction = say_and_end;
  action.sa_flags = SA_SIGINFO;
  if (sigaction(SIGSYS, &action, nullptr) != 0) return errno_error("cannot be told of refused system calls", errno);
  return {};
}

/// Adds rules; the first failure is kept.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}

  void add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    const int result = seccomp_rule_add_array(filter_, action, call, static_cast<unsigned>(conditions.size()), conditions.begin());
    // Calls that this machine's kernel has not are nothing to allow.
    if (result != 0 && result != -EDOM && error_ == 0) error_ = result;
  }
  int error() const { return error_; }

 private:
  scmp_filter_ctx filter_;
  int error_ = 0;
};

/// The kernel looks at 32 bits of these arguments, whatever stands above them.
scmp_arg_cmp equal(unsigned argument, unsigned long value) { return {argument, SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, value & 0xFFFFFFFF}; }

void add_arguments(Rules& rules) {
  const scmp_arg_cmp no_code{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) rules.add(SCMP_ACT_ALLOW, call, {no_code});
  for (const SocketOption& option : kSocketOptions)
    rules.add(SCMP_ACT_ALLOW, SCMP_SYS(setsockopt),
              {equal(1, static_cast<unsigned>(option.level)), equal(2, static_cast<unsigned>(option.name))});
  for (const unsigned request : {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC})
    rules.add(SCMP_ACT_ALLOW, SCMP_SYS(fcntl), {equal(1, request)});
  // The last is how stdio asks whether it writes to a terminal.
  for (const unsigned long request : {FIONREAD, FIONBIO, TCGETS}) rules.add(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), {equal(1, request)});
  // Threads, but no processes. What clone3 should do cannot be seen from here; who hears that it is not there uses clone.
  rules.add(SCMP_ACT_ALLOW, SCMP_SYS(clone), {{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD}});
  rules.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  // Signals may be set anew (a handler of SIGTERM), but not the one that tells of refusals.
  rules.add(SCMP_ACT_KILL_PROCESS, SCMP_SYS(rt_sigaction), {equal(0, SIGSYS)});
  for (unsigned number = 1; number <= kMostSignals; ++number) {
    if (number != SIGSYS) rules.add(SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction), {equal(0, number)});
  }
  // abort(), which is how a bug of ours ends: a signal to itself.
  rules.add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {equal(0, static_cast<unsigned>(getpid()))});
}

/// What a sanitizer does when the process ends: it looks for leaks from a helper process.
void add_sanitizers(Rules& rules) {
#if defined(NIGHTJAR_SANITIZED)
  for (const int call : {SCMP_SYS(clone), SCMP_SYS(ptrace), SCMP_SYS(wait4), SCMP_SYS(prctl), SCMP_SYS(sigaltstack), SCMP_SYS(kill),
                         SCMP_SYS(process_vm_readv), SCMP_SYS(pipe2), SCMP_SYS(pipe), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit),
                         SCMP_SYS(arch_prctl), SCMP_SYS(set_robust_list), SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler)})
    rules.add(SCMP_ACT_ALLOW, call);
#else
  (void)rules;
#endif
}

#if defined(NIGHTJAR_SANITIZED)
std::atomic<bool> filtered{false};
#endif

}  // namespace

#if defined(NIGHTJAR_SANITIZED)
/// A sanitizer looks for leaks at the end from a helper process, which the filter does not let it have: it would wait for ever.
extern "C" int __lsan_is_turned_off() { return filtered ? 1 : 0; }
#endif

Result<void> keep_to_answering() {
  const auto failed = [](int error) {
    return Error{std::string("the kernel takes no filter of system calls (") + std::strerror(error) +
                 "), so it does not start; --any-call goes on without"};
  };
  const Filter filter(seccomp_init(SCMP_ACT_TRAP));
  if (!filter) return failed(ENOMEM);
  if (const int result = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS); result != 0)
    return failed(-result);
  if (const int result = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1); result != 0) return failed(-result);
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree instead of a list; older libraries have only the list
  Rules rules(filter.get());
  for (const int call : kAllowed) rules.add(SCMP_ACT_ALLOW, call);
  add_arguments(rules);
  add_sanitizers(rules);
  if (rules.error() != 0) return failed(-rules.error());
  if (auto heard = hear_of_refusals(); !heard) return heard;
#if defined(NIGHTJAR_SANITIZED)
  filtered = true;
#endif
  if (const int result = seccomp_load(filter.get()); result != 0) return failed(-result);
  if (system_call_filters() == 0) return failed(ENOSYS);
  return {};
}

unsigned system_call_filters() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    unsigned count = 0;
    if (word == "Seccomp_filters:" && status >> count) return count;
  }
  return 0;
}

}  // namespace nightjar
