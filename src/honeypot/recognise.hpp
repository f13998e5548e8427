#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nightjar {

/// Protocols that a client's first bytes give away on any port.
enum class Spoken : std::uint8_t {
  undecided,  ///< may still become one of the others
  other,
  http,
  tls,
  ssh,
  telnet,
  smb,
  adb,
  redis,
  rdp
};

/// Bytes that suffice to decide.
inline constexpr std::size_t kEnoughToRecognise = 16;

/// `first`: all that the client has said so far. HTTP: a method of it and a target ("GET /", "GET http:", "CONNECT x"); TLS: a
/// ClientHello of any version; SSH: its banner; telnet: a negotiation; SMB 1 and 2 behind the four bytes of NetBIOS; ADB: CNXN; Redis: an
/// array ("*1\r\n"); RDP: a connection request (RFC 1006, X.224).
Spoken recognise(std::string_view first);

}  // namespace nightjar
