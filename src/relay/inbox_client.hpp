#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// Where the central node is.
struct InboxUrl {
  std::string host;  ///< name or address, IPv6 without brackets
  std::uint16_t port = 9471;
};
/// "https://central.example", "https://[2001:db8::1]:9471". Anything but HTTPS is refused: the token would be read on the way.
Result<InboxUrl> parse_inbox_url(std::string_view text);

struct InboxClientOptions {
  InboxUrl url;
  std::string token;
  std::filesystem::path authority;  ///< PEM of certificates that are believed; empty: those of the system
  std::uint32_t seconds = 60;       ///< for each step: connecting, a request, an answer
};

/// What the central node said.
struct InboxReply {
  std::uint64_t have = 0;
  bool complete = false;
  unsigned status = 0;   ///< of HTTP
  std::string sentence;  ///< of a refusal; bytes from outside
  bool taken() const { return status == 200; }
  /// Nothing that may be mended by waiting: this segment, or this token.
  bool hopeless() const { return status == 401 || status == 404 || status == 413 || status == 415; }
};

/// A connection to the central node, made where it is needed and again after it broke. Not thread-safe. An Error is one of the connection:
/// trying again later may help.
class InboxClient {
 public:
  static Result<std::unique_ptr<InboxClient>> make(const InboxClientOptions& options);
  virtual ~InboxClient() = default;
  /// How much of a segment is there.
  virtual Result<InboxReply> ask(const std::string& digest) = 0;
  /// Brings a piece of at most kPieceBytes.
  virtual Result<InboxReply> bring(const std::string& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes) = 0;
};

}  // namespace nightjar
