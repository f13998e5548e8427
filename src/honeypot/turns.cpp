#include "honeypot/turns.hpp"

namespace nightjar {
namespace {

constexpr std::chrono::milliseconds kWordOver{200};  ///< after such a silence a client waits for an answer

}  // namespace

void TurnsDialogue::opened(Answer& answer) { answer.send(greeting_); }

void TurnsDialogue::received(std::string_view bytes, Answer& answer) {
  heard_ += bytes.size();
  while (at_ < turns_.size() && turns_[at_].after > 0 && heard_ >= turns_[at_].after) {
    heard_ -= turns_[at_].after;
    say(answer);
  }
  if (at_ < turns_.size() && turns_[at_].after == 0 && heard_ > 0) answer.call_after(kWordOver);
}

void TurnsDialogue::silent(Answer& answer) {
  if (at_ == turns_.size() || turns_[at_].after > 0 || heard_ == 0) return;
  heard_ = 0;
  say(answer);
}

void TurnsDialogue::say(Answer& answer) {
  answer.send(turns_[at_].answer);
  if (turns_[at_].close) answer.close();
  ++at_;
}

}  // namespace nightjar
