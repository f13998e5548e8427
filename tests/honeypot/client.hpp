#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "honeypot/visit.hpp"

namespace nightjar::test {

/// A client that has connected to the honeypot, with a clock that goes when told to.
class Client {
 public:
  struct Pot {
    Persona persona{budget::Secret{0x6e69676874, 0x6a6172}};
    LoginRule login;
    VisitLimits limits;
  };

  explicit Client(std::uint16_t port) : Client(port, Pot{}) {}
  Client(std::uint16_t port, Pot pot, std::uint64_t number = 1) : pot_(pot), visit_(pot_.persona, pot_.login, pot_.limits, port, number) {
    hear(visit_.opened(now_, heard_));
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// What is said back, up to the next pause.
  std::string say(std::string_view bytes) {
    const std::size_t before = heard_.size();
    if (!closed_) hear(visit_.received(bytes, now_, heard_));
    return heard_.substr(before);
  }
  /// Says nothing until the honeypot does something: speaks or closes. What it says.
  std::string wait() {
    const std::size_t before = heard_.size();
    while (!closed_ && heard_.size() == before) {
      now_.monotonic += wait_;
      hear(visit_.silent(now_, heard_));
    }
    return heard_.substr(before);
  }
  /// Says it and waits.
  std::string ask(std::string_view bytes) {
    const std::string at_once = say(bytes);
    return at_once.empty() ? wait() : at_once;
  }
  void pass(std::chrono::milliseconds time) { now_.monotonic += time; }

  const std::string& heard() const { return heard_; }  ///< all of it
  bool closed() const { return closed_; }
  std::chrono::milliseconds wait_time() const { return wait_; }
  const Visit& visit() const { return visit_; }

 private:
  void hear(const Visit::Next& next) {
    closed_ = next.close;
    wait_ = next.wait;
  }

  Pot pot_;
  Moment now_{std::chrono::milliseconds(5'000), 1'700'000'000};  // 2023-11-14 22:13:20 UTC
  Visit visit_;
  std::string heard_;
  bool closed_ = false;
  std::chrono::milliseconds wait_{0};
};

}  // namespace nightjar::test
