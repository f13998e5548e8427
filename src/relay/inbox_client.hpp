#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

class HttpsClient;

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

/// The central node as a sensor sees it. An Error is one of the connection: trying again later may help.
class InboxClient {
 public:
  virtual ~InboxClient() = default;
  /// How much of a segment is there.
  virtual Result<InboxReply> ask(const std::string& digest) = 0;
  /// Brings a piece of at most kPieceBytes.
  virtual Result<InboxReply> bring(const std::string& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes) = 0;
};

/// By HTTPS (see inbox_server.hpp). The connection must outlive it.
class HttpsInboxClient final : public InboxClient {
 public:
  explicit HttpsInboxClient(HttpsClient& connection) : connection_(connection) {}
  Result<InboxReply> ask(const std::string& digest) override;
  Result<InboxReply> bring(const std::string& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes) override;

 private:
  HttpsClient& connection_;
};

}  // namespace nightjar
