#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "honeypot/login_rule.hpp"
#include "honeypot/persona.hpp"

namespace nightjar {

/// What a dialogue knows of its conversation. The rule of logins outlives the dialogue.
struct Opening {
  Persona persona;
  const LoginRule& login;
  std::uint16_t port;    ///< that the client called
  std::uint64_t number;  ///< of the conversation: makes salts and cookies differ
};

/// What a dialogue has to say, gathered while it is called. Never more than there is room for: the rest is left out.
class Answer {
 public:
  /// Bytes are appended to `out`, at most `room`. `unix_seconds`: the time of day, as the caller knows it.
  Answer(std::string& out, std::size_t room, std::int64_t unix_seconds) : out_(out), room_(room), unix_seconds_(unix_seconds) {}

  void send(std::string_view bytes) {
    const std::size_t fits = std::min(bytes.size(), room_);
    out_.append(bytes.substr(0, fits));
    room_ -= fits;
  }
  void send(char byte) { send(std::string_view(&byte, 1)); }
  /// Ends the conversation once everything is sent. What the dialogue says afterwards is still sent.
  void close() { closed_ = true; }
  /// Has Dialogue::silent() called if the client says nothing for so long. Without it silence only ends the conversation, in the end.
  void call_after(std::chrono::milliseconds silence) { silence_ = silence; }

  std::size_t room() const { return room_; }
  std::int64_t unix_seconds() const { return unix_seconds_; }
  bool closed() const { return closed_; }
  std::chrono::milliseconds silence() const { return silence_; }  ///< 0: not asked for

 private:
  std::string& out_;
  std::size_t room_;
  std::int64_t unix_seconds_;
  std::chrono::milliseconds silence_{0};
  bool closed_ = false;
};

/// One protocol, as the honeypot speaks it: a state machine of bytes. No clock, no sockets, nothing is run, fetched or stored elsewhere.
/// What it answers depends on the client's bytes and their order, not on how they are cut into pieces; and on silences that it asked for.
/// Memory of a silent conversation: a few hundred bytes. Of a talking one: bounded, whatever is sent.
class Dialogue {
 public:
  virtual ~Dialogue() = default;
  /// The client is there and has said nothing yet, or nothing but what told the protocol.
  virtual void opened(Answer&) {}
  /// The client's next bytes, at least one.
  virtual void received(std::string_view bytes, Answer&) = 0;
  /// The client was silent for as long as Answer::call_after() said. Asked for anew each time.
  virtual void silent(Answer&) {}

 protected:
  Dialogue() = default;
  Dialogue(const Dialogue&) = default;
  Dialogue& operator=(const Dialogue&) = default;
};

}  // namespace nightjar
