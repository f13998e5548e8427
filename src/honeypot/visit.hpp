#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "honeypot/dialogue.hpp"
#include "honeypot/services.hpp"

namespace nightjar {

/// How much of anything one conversation may take.
struct VisitLimits {
  std::uint32_t bytes_in = 2'097'152;        ///< of the client; enough for a dropper that comes by the conversation itself
  std::uint32_t bytes_out = 65'536;          ///< of the honeypot
  std::uint32_t bytes_before_client = 256;   ///< of the honeypot before the client has said a byte: greetings are short
  std::chrono::milliseconds total{120'000};  ///< from its opening on
  std::chrono::milliseconds idle{30'000};    ///< without a byte of the client; bots of Mirai's kind give up after as long
};

/// When it is, for whom has no clock.
struct Moment {
  std::chrono::milliseconds monotonic{0};  ///< since any moment, never going back
  std::int64_t unix_seconds = 0;           ///< UTC, for what is told to clients
};

/// A client's conversation with the honeypot, from its accepted connection to the end: finds the service by the port or by the first
/// bytes, and keeps the limits. Owned by one thread.
class Visit {
 public:
  /// What to do now: send what was appended to `out`, then close, or wait.
  struct Next {
    bool close = false;
    std::chrono::milliseconds wait{0};  ///< call silent() if the client says nothing for so long; more than 0 unless `close`
  };

  /// The rule and the limits must outlive it. `number`: differs between conversations, by counting or by chance.
  Visit(const Persona& persona, const LoginRule& login, const VisitLimits& limits, std::uint16_t port, std::uint64_t number);

  /// Call once, first. Each call appends to `out` what is to be sent.
  Next opened(const Moment& now, std::string& out);
  Next received(std::string_view bytes, const Moment& now, std::string& out);
  Next silent(const Moment& now, std::string& out);

  /// The service that answers; the port's as long as the client has not shown another.
  const Service& service() const { return *service_; }
  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  void hear(std::string_view bytes, Answer& answer);
  void settle(Spoken spoken, Answer& answer);
  void start(const Service& service, Answer& answer);
  Answer answer_at(const Moment& now, std::string& out) const;
  Next next(const Answer& answer, const Moment& now, std::size_t before, const std::string& out);

  Opening opening_;
  const VisitLimits& limits_;
  const Service* service_;
  std::unique_ptr<Dialogue> dialogue_;
  std::string first_;  ///< the client's first bytes, until they tell the protocol
  std::chrono::milliseconds opened_{0}, heard_{0};
  std::uint32_t bytes_in_ = 0, bytes_out_ = 0;
  bool settled_ = false;  ///< which protocol it is
};

}  // namespace nightjar
