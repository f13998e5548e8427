#pragma once
#include <cstdint>
#include <string_view>

#include "honeypot/persona.hpp"

namespace nightjar {

/// Which logins a honeypot lets in. A pair of user and password is always let in or never, by the persona's seed: who found a password
/// today can come again with it, as Mirai's loader does after its scanner.
struct LoginRule {
  std::uint8_t share_percent = 100;  ///< of all pairs that are let in; 100: everybody, which gathers most; 0: nobody
  std::uint8_t most_attempts = 3;    ///< in one conversation; then it is closed

  bool lets_in(const Persona& persona, std::string_view user, std::string_view password) const;
};

}  // namespace nightjar
