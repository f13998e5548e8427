#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "relay/segment_inbox.hpp"

namespace nightjar {

/// The central node's door for segments and attacks.
struct InboxServerOptions {
  std::string address = "::";              ///< to listen at; "::" is all of IPv4 and IPv6
  std::uint16_t port = 9471;               ///< 0: any that is free
  std::filesystem::path certificate, key;  ///< PEM; of TLS, and there is nothing without
  std::filesystem::path tokens;            ///< see TokenTable
  std::filesystem::path folder;            ///< an inbox for each sensor, by its name
  InboxLimits limits;
  std::size_t connections = 64;          ///< at a time; more wait in the kernel's queue
  std::uint32_t handshake_seconds = 10;  ///< until TLS is spoken
  std::uint32_t request_seconds = 120;   ///< for the head and for the body of a request, and between two
};

/// The largest body of a request: one piece of a segment.
inline constexpr std::size_t kPieceBytes = 1 << 20;
/// Attacks that a request may tell of, and that an answer has at most.
inline constexpr std::size_t kMostAttacksTold = 2'000, kMostAttacksAnswered = 10'000;

/// Takes segments by HTTPS, each piece one request:
///
///   GET /v1/segments/DIGEST                     how much of it is here
///   PUT /v1/segments/DIGEST?size=N&offset=N     the next piece
///   Authorization: Bearer TOKEN
///
/// and shares attacks among reflectors (AttackHub): lines of prefixes in, {"cursor": N, "attacks": [...]} of the others out
///
///   POST /v1/attacks?since=CURSOR
///
/// Answers {"have": N, "complete": false}, with "error" and a status of 4xx or 5xx where a piece was not taken. Whose segment it is says
/// the token alone. Memory: one piece a connection. Single-threaded; pieces are written to the disk on this thread.
class InboxServer {
 public:
  /// Says a sentence to the operator. Never one with a token.
  using Say = std::function<void(const std::string&)>;
  struct Counts {
    std::uint64_t attacks = 0;              ///< told of
    std::uint64_t segments = 0, bytes = 0;  ///< completed; received in pieces that were taken
    std::uint64_t refused = 0;              ///< pieces
    std::uint64_t unknown = 0;              ///< requests without a known token
    std::uint64_t broken = 0;               ///< connections that ended otherwise than they should
  };

  /// Listens from here on. A mistake in a file is a sentence that names it.
  static Result<std::unique_ptr<InboxServer>> open(const InboxServerOptions& options, Say say);
  virtual ~InboxServer() = default;

  virtual std::uint16_t port() const = 0;
  /// Of the tokens as last read.
  virtual std::vector<std::string> sensors() const = 0;
  /// Until `stop`. Where `reload` becomes true it is set back, tokens and certificate are read again, and `reloaded` is called; those that
  /// cannot be read stay as they were, which is said.
  virtual Result<void> run(const std::atomic<bool>& stop, std::atomic<bool>& reload, const std::function<void()>& reloaded) = 0;
  virtual const Counts& counts() const = 0;
};

}  // namespace nightjar
