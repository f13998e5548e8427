#include "honeypot/visit.hpp"

#include <algorithm>
#include <utility>

namespace nightjar {
namespace {

/// How long first bytes may remain a riddle: a client that speaks a known protocol sends its first words in one piece, or nearly.
constexpr std::chrono::milliseconds kRiddle{500};

}  // namespace

Visit::Visit(const Persona& persona, const LoginRule& login, const VisitLimits& limits, std::uint16_t port, std::uint64_t number)
    : opening_{persona, login, port, number}, limits_(limits), service_(&service_of(port)) {}

Answer Visit::answer_at(const Moment& now, std::string& out) const {
  const std::uint32_t most = bytes_in_ == 0 ? std::min(limits_.bytes_before_client, limits_.bytes_out) : limits_.bytes_out;
  return {out, most > bytes_out_ ? most - bytes_out_ : 0, now.unix_seconds};
}

Visit::Next Visit::opened(const Moment& now, std::string& out) {
  opened_ = heard_ = now.monotonic;
  Answer answer = answer_at(now, out);
  const std::size_t before = out.size();
  if (service_->greets) start(*service_, answer);
  return next(answer, now, before, out);
}

Visit::Next Visit::received(std::string_view bytes, const Moment& now, std::string& out) {
  heard_ = now.monotonic;
  bytes = bytes.substr(0, limits_.bytes_in - bytes_in_);
  bytes_in_ += static_cast<std::uint32_t>(bytes.size());
  Answer answer = answer_at(now, out);
  const std::size_t before = out.size();
  if (!bytes.empty()) hear(bytes, answer);
  if (bytes_in_ == limits_.bytes_in) answer.close();
  return next(answer, now, before, out);
}

Visit::Next Visit::silent(const Moment& now, std::string& out) {
  Answer answer = answer_at(now, out);
  const std::size_t before = out.size();
  if (now.monotonic - opened_ >= limits_.total || now.monotonic - heard_ >= limits_.idle) {
    answer.close();
  } else if (!settled_ && !first_.empty()) {
    settle(Spoken::other, answer);
  } else if (dialogue_) {
    dialogue_->silent(answer);
  }
  return next(answer, now, before, out);
}

/// Until the protocol is settled, bytes are gathered; then the dialogue gets them all at once.
void Visit::hear(std::string_view bytes, Answer& answer) {
  if (settled_) return dialogue_->received(bytes, answer);
  // A riddle is solved by its first bytes, so that no cut changes the answer.
  const std::size_t gathered = std::min(bytes.size(), kEnoughToRecognise - first_.size());
  first_ += bytes.substr(0, gathered);
  Spoken spoken = Spoken::undecided;
  for (std::size_t size = 1; size <= first_.size() && spoken == Spoken::undecided; ++size)
    spoken = recognise(std::string_view(first_).substr(0, size));
  if (spoken == Spoken::undecided && first_.size() < kEnoughToRecognise) return answer.call_after(kRiddle);
  first_ += bytes.substr(gathered);
  settle(spoken, answer);
}

void Visit::settle(Spoken spoken, Answer& answer) {
  settled_ = true;
  const Service& spoken_service = service_of(spoken);
  if (spoken_service.spoken != Spoken::other && &spoken_service != service_) {
    service_ = &spoken_service;
    dialogue_.reset();
  }
  if (!dialogue_) start(*service_, answer);
  const std::string first = std::exchange(first_, {});
  dialogue_->received(first, answer);  // in one call: what it asks for in the middle of them no longer counts at their end
}

void Visit::start(const Service& service, Answer& answer) {
  dialogue_ = service.make(opening_);
  dialogue_->opened(answer);
}

Visit::Next Visit::next(const Answer& answer, const Moment& now, std::size_t before, const std::string& out) {
  bytes_out_ += static_cast<std::uint32_t>(out.size() - before);
  const std::chrono::milliseconds left = std::min(opened_ + limits_.total, heard_ + limits_.idle) - now.monotonic;
  if (answer.closed() || bytes_out_ >= limits_.bytes_out || left.count() <= 0) return {true, {}};
  return {false, answer.silence().count() > 0 ? std::min(answer.silence(), left) : left};
}

}  // namespace nightjar
