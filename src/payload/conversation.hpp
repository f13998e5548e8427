#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nightjar {

/// The client's bytes that are kept of a conversation; what follows is only counted.
inline constexpr std::size_t kMostClientBytes = 65'536;
/// The same of the honeypot's bytes: enough to read prompts and "incorrect" by.
inline constexpr std::size_t kMostServerBytes = 16'384;

/// Bytes of one side that came without a byte of the other between them.
struct Turn {
  bool client = true;
  std::uint32_t size = 0;  ///< bytes of `client` or `server`, in order
  friend bool operator==(const Turn&, const Turn&) = default;
};

/// A TCP conversation with a honeypot as it was seen, ended or not.
struct Conversation {
  std::int64_t first_ns = 0, last_ns = 0;  ///< nanoseconds since 1970 UTC
  std::uint64_t src = 0, src_low = 0;      ///< the client
  std::uint64_t dst = 0, dst_low = 0;      ///< the honeypot's address
  std::uint64_t packets = 0;               ///< of both sides
  std::uint64_t segments = 0;              ///< packets of the client that carried bytes, repeated ones too
  std::uint64_t bytes = 0;                 ///< bytes of the client's stream, kept or not; repeated ones once
  std::uint64_t server_bytes = 0;          ///< the same of the honeypot
  std::string client;                      ///< its bytes in order, up to the first gap and at most kMostClientBytes
  std::string server;                      ///< the same of the honeypot, at most kMostServerBytes
  std::vector<Turn> turns;                 ///< who spoke in which order, over `client` and `server`
  std::uint32_t facts = 0;                 ///< of another SYN of this client to this address and port, at most 30 s before; 0: none
  std::uint16_t window = 0;                ///< TCP window of that SYN
  std::uint16_t src_port = 0, port = 0;    ///< of the client, of the honeypot
  std::uint16_t sensor = 0;
  std::uint8_t ip_version = 0;
  bool handshake = false;  ///< SYN, SYN-ACK and its acknowledgement were seen
  bool cut = false;        ///< `client` is not all that was sent: too long, a gap, a capture that kept only the front of packets
  bool ended = false;      ///< by FIN, RST or silence; else it was still open when it was handed over
};

}  // namespace nightjar
