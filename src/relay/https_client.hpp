#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// Where the central node is.
struct CentralUrl {
  std::string host;  ///< name or address, IPv6 without brackets
  std::uint16_t port = 9471;
};
/// "https://central.example", "https://[2001:db8::1]:9471". Anything but HTTPS is refused: the token would be read on the way.
Result<CentralUrl> parse_central_url(std::string_view text);

struct HttpsClientOptions {
  CentralUrl url;
  std::string token;
  std::filesystem::path authority;  ///< PEM of certificates that are believed; empty: those of the system
  std::uint32_t seconds = 60;       ///< for each step: connecting, a request, an answer
};

/// An answer, bytes from outside: at most 1 MiB.
struct HttpsReply {
  unsigned status = 0;
  std::string body;
};

/// A connection to the central node, made where it is needed and again after it broke. Not thread-safe. An Error is one of the connection:
/// trying again later may help.
class HttpsClient {
 public:
  static Result<std::unique_ptr<HttpsClient>> make(const HttpsClientOptions& options);
  virtual ~HttpsClient() = default;
  /// Sends the token with it. `method`: GET, PUT or POST.
  virtual Result<HttpsReply> call(std::string_view method, const std::string& target, std::string_view body) = 0;
};

}  // namespace nightjar
