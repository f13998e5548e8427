#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace nightjar {

/// One side of a telnet connection without its negotiation (RFC 854, 855), read in pieces as they come: IAC with its command and option,
/// subnegotiations as a whole, IAC IAC as one byte 255. Memory: 1 KiB at most.
class TelnetText {
 public:
  /// Appends what is left of `bytes` to `text`. A command may begin in one piece and end in the next.
  void read(std::string_view bytes, std::string& text);

  /// A WILL, WONT, DO, DONT or subnegotiation was seen.
  bool negotiated() const { return negotiated_; }
  /// The variable USER that was sent in an environment (RFC 1408, 1572), empty without one. One that begins with "-f" becomes an option of
  /// login(1) in telnetd of GNU inetutils and needs no password (CVE-2026-24061).
  const std::string& environment_user() const { return environment_user_; }

 private:
  enum class State : std::uint8_t { text, command, option, inside, inside_command };
  void end_subnegotiation();

  State state_ = State::text;
  bool negotiated_ = false;
  std::string inside_;  ///< of the subnegotiation that is being read
  std::string environment_user_;
};

}  // namespace nightjar
