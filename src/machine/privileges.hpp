#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>

#include "base/result.hpp"

namespace nightjar {

/// The rights of root that the program ever asks for, by the numbers of linux/capability.h.
enum class Capability : std::uint8_t {
  net_bind_service = 10,  ///< ports below 1024
  net_admin = 12,         ///< transparent sockets (TPROXY), large receive buffers, promiscuous interfaces
  net_raw = 13,           ///< packet sockets and rings, raw IP
  ipc_lock = 14,          ///< rings beyond the limit of locked memory
};

/// A set of them.
class Capabilities {
 public:
  constexpr Capabilities() = default;
  constexpr Capabilities(std::initializer_list<Capability> list) {
    for (const Capability one : list) bits_ |= std::uint64_t{1} << static_cast<unsigned>(one);
  }
  constexpr std::uint64_t bits() const { return bits_; }

 private:
  std::uint64_t bits_ = 0;
};

/// How a command that opens sockets gives its rights away, in two steps around the opening. Both want a process of one thread, and both
/// check what they did: on an Error the program must end. Processes forked or executed afterwards have no more rights than this one.
///
///   become_user(options.user, {Capability::net_bind_service});   // files are made by that user from here on
///   ... open sockets, rings, folders ...
///   give_up_after_opening(options.user);                         // and nothing is left

/// Turns root into `user` (a name of passwd), with that user's groups; of root's rights those in `keep` stay for the opening. Nothing can
/// bring others back: the bounding set is emptied, no_new_privs is set. An empty name: stays who it is, and changes nothing. Fails for root
/// itself, an unknown name, and when it is neither root nor already that user. A signal that the process asked for its parent's death stays
/// asked for.
Result<void> become_user(const std::string& user, Capabilities keep);

/// Whoever this is: only `keep` is left of the rights it has, for good, and no program that it executes gets more. Fails when that cannot
/// be seen to be so. Root that did not become a user stays root of its own files, without any other right but `keep`: see `become_user`.
Result<void> give_up_privileges(Capabilities keep);

/// What a command with `--user` does once its sockets are open: gives up everything, except that root which named no user stays what it is
/// (whoever says so in words may: a folder of another user's is written by root alone).
Result<void> give_up_after_opening(const std::string& user);

/// Whether this process may execute a program: one in root's home is not there for a user. The sentence names the user and what to do.
Result<void> check_may_run(const std::filesystem::path& program);

/// Whether this process has a right at the moment.
bool has_right(Capability right);

/// Does `part` as `user` in a child, and brings back what it failed with; an empty name: here, as who this is. This process must have no
/// other thread.
Result<void> as_user(const std::string& user, const std::function<Result<void>()>& part);

/// Whether this process is root, which `--user` is the cure for.
bool is_root();

/// Whether the user of this process may write into a folder and the files in it; one that is not there yet is fine where it could be made.
/// The sentence names the user and what to do.
Result<void> check_may_write(const std::filesystem::path& folder);

}  // namespace nightjar
