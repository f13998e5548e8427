#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "honeypot/persona.hpp"

namespace nightjar {

/// Names of the Windows machine behind SMB.
std::string windows_name(const Persona& persona);

/// The mechanisms a server offers (RFC 4178, 4.2.1): NTLM alone.
std::string spnego_offer();
/// The answer to a client's token: a challenge to NTLM's first message, "done" to its last (MS-NLMP 2.2.1); in SPNEGO if the client's was.
/// `more`: the client has to say more. Empty: neither was in the token.
std::string ntlm_answer(std::string_view token, const Persona& persona, std::uint64_t number, std::int64_t unix_seconds, bool& more);

/// 100 ns since 1601, as Windows counts.
std::uint64_t windows_time(std::int64_t unix_seconds);

}  // namespace nightjar
