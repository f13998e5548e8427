#include "machine/privileges.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <vector>

#include "base/text.hpp"

namespace nightjar {
namespace {

constexpr unsigned kMostCapabilities = 64;
constexpr std::size_t kMostPasswd = 1 << 16;

struct Sets {
  std::uint64_t effective = 0, permitted = 0, inheritable = 0;
};

// The kernel's own call: glibc has none, and a library for two calls is one more to trust.
Result<Sets> capabilities_now() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (syscall(SYS_capget, &header, data.data()) != 0) return errno_error("cannot ask for this process's capabilities", errno);
  const auto whole = [&](__u32 __user_cap_data_struct::*field) { return std::uint64_t{data[1].*field} << 32 | data[0].*field; };
  return Sets{whole(&__user_cap_data_struct::effective), whole(&__user_cap_data_struct::permitted),
              whole(&__user_cap_data_struct::inheritable)};
}

/// Permitted and effective, none inheritable.
Result<void> set_capabilities(std::uint64_t bits) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  for (unsigned half = 0; half < 2; ++half) data[half].effective = data[half].permitted = static_cast<__u32>(bits >> (32 * half));
  if (syscall(SYS_capset, &header, data.data()) != 0) return errno_error("cannot give up capabilities", errno);
  return {};
}

/// What a program executed later could get from its file. Needs a right of root; returns whether it is empty now.
bool empty_bounding_set() {
  bool empty = true;
  for (unsigned number = 0; number < kMostCapabilities; ++number) {
    const int there = prctl(PR_CAPBSET_READ, number, 0, 0, 0);
    if (there < 0) break;  // the kernel knows no more
    if (there == 1 && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) empty = false;
  }
  return empty;
}

Result<void> forbid_new_rights() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
    return errno_error("cannot forbid programs to bring rights back (no_new_privs)", errno);
  // Kernels before 4.3 have none to clear.
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return {};
}

struct User {
  std::string name;
  uid_t id = 0;
  gid_t group = 0;
};

Result<User> find_user(const std::string& name) {
  std::vector<char> room(4096);
  passwd entry{};
  passwd* found = nullptr;
  int error = 0;
  while ((error = getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found)) == ERANGE && room.size() < kMostPasswd)
    room.resize(room.size() * 2);
  if (error != 0) return errno_error("cannot look for the user '" + name + "'", error);
  if (found == nullptr)
    return Error{"there is no user '" + escape_for_terminal(name) + "'; make one: adduser --system --group --no-create-home " +
                 escape_for_terminal(name)};
  if (entry.pw_uid == 0) return Error{"the user '" + name + "' is root: nothing would be given up"};
  return User{name, entry.pw_uid, entry.pw_gid};
}

std::string user_now() {
  std::array<char, 4096> room{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, room.data(), room.size(), &found) == 0 && found != nullptr) return entry.pw_name;
  return "number " + std::to_string(geteuid());
}

/// The user's own groups, but never that of root.
std::vector<gid_t> groups_of(const User& user) {
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  while (getgrouplist(user.name.c_str(), user.group, groups.data(), &count) < 0 && count > static_cast<int>(groups.size()))
    groups.resize(static_cast<std::size_t>(count));
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  groups.erase(std::remove(groups.begin(), groups.end(), 0), groups.end());
  return groups;
}

bool all_ids_are(uid_t user, gid_t group) {
  uid_t real = 0, effective = 0, saved = 0;
  gid_t real_group = 0, effective_group = 0, saved_group = 0;
  return getresuid(&real, &effective, &saved) == 0 && getresgid(&real_group, &effective_group, &saved_group) == 0 && real == user &&
         effective == user && saved == user && real_group == group && effective_group == group && saved_group == group;
}

/// The kernel forgets at a change of user that a process wants a signal when its parent dies.
class ParentsDeath {
 public:
  ParentsDeath() : parent_(getppid()) { prctl(PR_GET_PDEATHSIG, &signal_, 0, 0, 0); }
  void ask_again() const {
    if (signal_ == 0) return;
    prctl(PR_SET_PDEATHSIG, signal_, 0, 0, 0);
    if (getppid() != parent_) raise(signal_);  // it died in between
  }

 private:
  pid_t parent_;
  int signal_ = 0;
};

}  // namespace

bool is_root() { return geteuid() == 0; }

Result<void> become_user(const std::string& name, Capabilities keep) {
  if (name.empty()) return {};
  const auto user = find_user(name);
  if (!user) return user.error();
  if (!is_root()) {
    if (geteuid() == user->id) return {};
    return Error{"cannot become the user '" + name + "': started as '" + user_now() + "'; start it as root, or as that user"};
  }
  const auto before = capabilities_now();
  if (!before) return before.error();
  const std::uint64_t left = before->permitted & keep.bits();  // a container's root may lack some; the opening will tell
  const std::vector<gid_t> groups = groups_of(*user);
  const ParentsDeath parents_death;
  if (setgroups(groups.size(), groups.data()) != 0) return errno_error("cannot take over the groups of the user '" + name + "'", errno);
  const bool bounded = empty_bounding_set();
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return errno_error("cannot keep the rights for opening sockets", errno);
  if (setresgid(user->group, user->group, user->group) != 0 || setresuid(user->id, user->id, user->id) != 0)
    return errno_error("cannot become the user '" + name + "'", errno);
  if (auto set = set_capabilities(left); !set) return set;
  prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
  if (auto forbidden = forbid_new_rights(); !forbidden) return forbidden;
  const auto now = capabilities_now();
  if (!now) return now.error();
  if (!bounded || !all_ids_are(user->id, user->group) || now->permitted != left || setresuid(0, 0, 0) == 0)
    return Error{"root's rights could not be given up for the user '" + name + "', so it does not start"};
  parents_death.ask_again();
  return {};
}

Result<void> give_up_privileges(Capabilities keep) {
  const auto before = capabilities_now();
  if (!before) return before.error();
  empty_bounding_set();  // where it is allowed to; no_new_privs is the bar that always holds
  const std::uint64_t left = before->permitted & keep.bits();
  if (auto set = set_capabilities(left); !set) return set;
  if (auto forbidden = forbid_new_rights(); !forbidden) return forbidden;
  const auto now = capabilities_now();
  if (!now) return now.error();
  const bool root = is_root();
  if (now->permitted != left || now->effective != left || now->inheritable != 0 || (!root && setresuid(0, 0, 0) == 0))
    return Error{"the rights that sockets were opened with could not be given up, so it does not start"};
  return {};
}

Result<void> give_up_after_opening(const std::string& user) {
  if (user.empty() && is_root()) return {};
  return give_up_privileges({});
}

bool has_right(Capability right) {
  const auto now = capabilities_now();
  return now && (now->effective & Capabilities{right}.bits()) != 0;
}

Result<void> as_user(const std::string& user, const std::function<Result<void>()>& part) {
  if (user.empty()) return part();
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return errno_error("cannot start a process", errno);
  const pid_t child = fork();
  if (child < 0) return errno_error("cannot start a process", errno);
  if (child == 0) {
    Result<void> done = become_user(user, {});
    if (done) done = part();
    // Sentences are shorter than what a pipe takes at once.
    const std::string sentence = done ? std::string() : done.error().sentence;
    const bool told = write(pipe_ends[1], sentence.data(), sentence.size()) == static_cast<ssize_t>(sentence.size());
    _exit(done && told ? 0 : 1);
  }
  close(pipe_ends[1]);
  std::string sentence;
  std::array<char, 512> bytes{};
  for (ssize_t got = 0; (got = read(pipe_ends[0], bytes.data(), bytes.size())) != 0;) {
    if (got < 0 && errno != EINTR) break;
    if (got > 0) sentence.append(bytes.data(), static_cast<std::size_t>(got));
  }
  close(pipe_ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error{sentence.empty() ? "the process of the user '" + user + "' ended without an answer" : sentence};
}

Result<void> check_may_run(const std::filesystem::path& program) {
  if (faccessat(AT_FDCWD, program.c_str(), X_OK, AT_EACCESS) == 0) return {};
  return Error{"the user '" + user_now() + "' may not run " + program.string() +
               ": put the program where everybody may (/usr/bin, /opt), or open the folders above it: chmod o+x"};
}

Result<void> check_may_write(const std::filesystem::path& folder) {
  const auto refused = [&](const std::filesystem::path& where) {
    const std::string user = user_now();
    return Error{"the user '" + user + "' may not write " + where.string() + ": make the folder " + folder.string() +
                 " and give it to that user: chown -R " + user + " " + folder.string()};
  };
  const auto may = [](const std::filesystem::path& path, int what) { return faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0; };
  std::error_code error;
  std::filesystem::path there = std::filesystem::absolute(folder, error);
  if (error) return errno_error("cannot find " + folder.string(), error.value());
  if (!std::filesystem::exists(there, error)) {
    while (!std::filesystem::exists(there, error) && there.has_relative_path()) there = there.parent_path();
    if (!may(there, W_OK | X_OK)) return refused(there);
    return {};
  }
  if (!may(there, R_OK | W_OK | X_OK)) return refused(there);
  for (auto entry = std::filesystem::directory_iterator(there, error); !error && entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    if (!may(entry->path(), R_OK | W_OK)) return refused(entry->path());
  }
  return {};
}

}  // namespace nightjar
