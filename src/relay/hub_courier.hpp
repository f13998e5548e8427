#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "relay/https_client.hpp"

namespace nightjar {

/// Carries the attack list between a reflector and the central node, in a process of its own beside the reflector: that one waits for
/// nobody. `link`: a socket pair's end (SOCK_SEQPACKET), with one reflector::hub_message a datagram; what the reflector tells goes to the
/// central node, what other sensors told there comes back. At most `kCourierEvery` and the time of the requests between the two.
/// Connections that fail are tried again; what was told meanwhile waits, at most 100,000 attacks. Until `stop`, or the reflector's end of
/// the link closes.
void carry_attacks(int link, HttpsClient& central, const std::atomic<bool>& stop, const std::function<void(const std::string&)>& say);

inline constexpr std::chrono::milliseconds kCourierEvery{1'000};

}  // namespace nightjar
