#include "honeypot/login_rule.hpp"

#include <string>

namespace nightjar {

bool LoginRule::lets_in(const Persona& persona, std::string_view user, std::string_view password) const {
  std::string what = "login ";
  what += user;
  what += '\n';
  what += password;
  return persona.number(what) % 100 < share_percent;
}

}  // namespace nightjar
