#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "payload/typed.hpp"

namespace nightjar {

/// What one side said before the other did.
struct Speech {
  bool client;
  std::string_view text;
};

/// USER and PASS of FTP and POP3. Replies are counted to find the one to PASS (FTP: 2xx or 3xx; POP3: +OK).
std::vector<LoginAttempt> ftp_logins(const std::vector<Speech>& speeches);
/// AUTH of Redis, as a line or as an array.
std::vector<LoginAttempt> redis_logins(const std::vector<Speech>& speeches);
/// Basic authorization of HTTP requests (RFC 7617), and of RTSP's, which look the same; accepted: the answer's status is 2xx or 3xx.
std::vector<LoginAttempt> basic_logins(const std::vector<Speech>& speeches);

}  // namespace nightjar
