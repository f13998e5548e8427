#pragma once
#include <string>
#include <vector>

#include "payload/conversation.hpp"

namespace nightjar {

struct LoginAttempt {
  std::string user, password;
  bool accepted = false;  ///< by what the server said next; without a word of it: no
  friend bool operator==(const LoginAttempt&, const LoginAttempt&) = default;
};

/// What a client typed into a conversation, or had typed for it.
struct Typed {
  std::vector<LoginAttempt> logins;   ///< at most kMostLogins
  std::vector<std::string> commands;  ///< not empty ones, one a line; at most kMostTypedCommands
  /// A user name that is an option of login(1) came in telnet's environment: CVE-2026-24061 (telnet_text.hpp).
  bool environment_login = false;
};
inline constexpr std::size_t kMostLogins = 1'024, kMostTypedCommands = 4'096;

/// Login attempts and commands of a conversation.
/// Telnet and raw shells: answers are paired with the prompts of the server (server_prompt.hpp) in their order, also where the client did
/// not wait for them; what follows a shell's prompt are commands. Lines end with CR LF, CR NUL, LF or CR and may come a character at a
/// time; backspaces are applied. Accepted is a login that a shell's prompt follows. A server without a word: the first two lines are a user
/// and a password, if there was negotiation or the port is 23 or 2323. FTP, POP3: USER and PASS; Redis: AUTH; HTTP: Basic authorization;
/// accepted by the answer's code. HTTP and the Android debug bridge: commands are those hidden in the request (malware_urls.hpp). Anything
/// else, binary or not: nothing.
Typed read_typed(const Conversation& conversation);

}  // namespace nightjar
