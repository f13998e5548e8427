#include "payload/telnet_dialogue.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr std::size_t kMostSaid = 4'096, kMostWaiting = 8'192;

bool is_plain(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7f : c == '\t' || c == '\x1b';
  });
}

}  // namespace

void TelnetDialogue::client_says(std::string_view bytes) {
  std::string text;
  client_.read(bytes, text);
  for (const char c : text) character(c);
}

void TelnetDialogue::character(char c) {
  if (binary_) return;
  const bool follows_cr = after_cr_;
  after_cr_ = c == '\r';
  if (follows_cr && (c == '\n' || c == '\0')) return;
  if (!typing_) {
    typing_ = true;
    asked_ = waiting_.empty() ? prompt_at_end(said_, {}) : Prompt::none;
  }
  constexpr char kInterrupt = 3, kDelete = 127;
  switch (c) {
    case '\r':
    case '\n': return end_line();
    case '\0': return;
    case '\b':
    case kDelete:
      if (!line_.empty()) line_.pop_back();
      return;
    case kInterrupt: line_.clear(); return;
    default: line_ += c;
  }
}

void TelnetDialogue::end_line() {
  const std::string line = std::move(line_);
  line_.clear();
  typing_ = false;
  if (state_ != State::in_shell && !is_plain(line)) {  // no one types this for a name
    binary_ = true;
    return;
  }
  if (waiting_.empty()) {
    const Prompt prompt = believed(asked_ != Prompt::none ? asked_ : prompt_at_end(said_, line));
    // Return alone wakes a terminal up, or asks for the question once more.
    if (line.empty() && state_ == State::fresh && prompt != Prompt::password) return;
    if (answer(line, prompt)) return;
  }
  if (waiting_.size() < kMostWaiting) waiting_.push_back(line);
}

void TelnetDialogue::server_says(std::string_view bytes) {
  std::string text;
  server_.read(bytes, text);
  server_is_text_ = server_is_text_ && is_terminal_text(text);
  for (const char c : text) server_spoke_ = server_spoke_ || static_cast<unsigned char>(c) > ' ';
  // Line by line, for each may be the prompt of a line that is waiting.
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    hear(std::string_view(text).substr(at, end == std::string::npos ? end : end - at + 1), end != std::string::npos);
    at = end == std::string::npos ? text.size() : end + 1;
  }
}

void TelnetDialogue::hear(std::string_view text, bool line_over) {
  said_ += text;
  if (said_.size() > 2 * kMostSaid) {
    const std::size_t gone = said_.size() - kMostSaid;
    said_.erase(0, gone);
    searched_ -= std::min(searched_, gone);
  }
  while (!waiting_.empty()) {
    std::string_view line = said_;
    Prompt prompt = Prompt::none;
    if (line_over) {
      while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
      line = line.substr(line.find_last_of("\r\n") + 1);
      prompt = prompt_in_line(line, waiting_.front());
    } else {
      prompt = prompt_at_end(line, waiting_.front());
    }
    if (!answer(waiting_.front(), believed(prompt))) return;
    waiting_.pop_front();
  }
}

/// A prompt without a word that asks counts only where it is telnet that is spoken.
Prompt TelnetDialogue::believed(Prompt prompt) const {
  const bool telnet = known_port_ || client_.negotiated() || server_.negotiated() || server_is_text_;
  return telnet || prompt == Prompt::user || prompt == Prompt::password ? prompt : Prompt::none;
}

/// Whether the line was the answer to the prompt; else it waits for one.
bool TelnetDialogue::answer(const std::string& line, Prompt prompt) {
  switch (state_) {
    case State::fresh:
      if (prompt == Prompt::user || prompt == Prompt::unclear) return take_user(line);
      if (prompt == Prompt::password) return take_password(line);
      if (prompt != Prompt::shell) return false;
      state_ = State::in_shell;
      command(line);
      return true;
    case State::user_given:
      if (prompt == Prompt::password || prompt == Prompt::unclear) return take_password(line);
      if (prompt == Prompt::user) return take_user(line);
      if (prompt != Prompt::shell) return false;
      // A user without a password.
      if (typed_.logins.size() < kMostLogins) typed_.logins.push_back({user_, "", true});
      state_ = State::in_shell;
      command(line);
      return true;
    case State::password_given: return answer_after_password(line, prompt);
    case State::in_shell:
      if (prompt == Prompt::password) return take_password(line);
      if (prompt == Prompt::user) return take_user(line);
      command(line);
      return true;
  }
  return false;
}

bool TelnetDialogue::answer_after_password(const std::string& line, Prompt prompt) {
  // What was searched for the line before it need not be searched again, but for words that go on in what is new.
  constexpr std::size_t kLongestWord = 32;
  const std::string_view fresh = std::string_view(said_).substr(searched_ - std::min(searched_, kLongestWord));
  if (says_incorrect(fresh)) rejected_ = true;
  failed_ = failed_ || says_failed(fresh);
  searched_ = said_.size();
  if (prompt != Prompt::shell && failed_) rejected_ = true;
  if (prompt == Prompt::user || (rejected_ && prompt == Prompt::unclear)) return take_user(line);
  if (prompt == Prompt::password) return take_password(line);
  if (prompt != Prompt::shell || rejected_) return false;
  if (!typed_.logins.empty()) typed_.logins.back().accepted = true;
  state_ = State::in_shell;
  command(line);
  return true;
}

void TelnetDialogue::forget_said() {
  said_.clear();
  searched_ = 0;
  failed_ = false;
}

bool TelnetDialogue::take_user(const std::string& line) {
  user_ = line;
  forget_said();
  rejected_ = false;
  state_ = line.empty() ? State::fresh : State::user_given;
  return true;
}

bool TelnetDialogue::take_password(const std::string& line) {
  if (typed_.logins.size() < kMostLogins) typed_.logins.push_back({user_, line, false});
  forget_said();
  rejected_ = false;
  state_ = State::password_given;
  return true;
}

void TelnetDialogue::command(const std::string& line) {
  forget_said();
  if (line.find_first_not_of(" \t") != std::string::npos && typed_.commands.size() < kMostTypedCommands) typed_.commands.push_back(line);
}

Typed TelnetDialogue::finish() {
  typed_.environment_login = client_.environment_user().starts_with('-');
  const Prompt prompt = believed(prompt_at_end(said_, {}));
  if (state_ == State::password_given && prompt == Prompt::shell && !says_incorrect(said_) && !typed_.logins.empty()) {
    typed_.logins.back().accepted = true;
    state_ = State::in_shell;
  } else if (state_ == State::user_given && prompt == Prompt::shell && typed_.logins.size() < kMostLogins) {
    typed_.logins.push_back({user_, "", true});
    state_ = State::in_shell;
  }
  const bool silent = state_ == State::fresh && !server_spoke_ && (known_port_ || client_.negotiated() || server_.negotiated());
  if (silent && waiting_.size() >= 2) {
    take_user(waiting_.front());
    waiting_.pop_front();
  }
  if (state_ == State::user_given && !waiting_.empty()) {
    take_password(waiting_.front());
    waiting_.pop_front();
  }
  // Typed without a look at the answer; after a refusal nobody reads it.
  if (state_ == State::in_shell || (state_ == State::password_given && !rejected_ && !says_incorrect(said_)))
    for (const std::string& line : waiting_) command(line);
  if (state_ == State::in_shell && typing_) command(line_);
  return std::move(typed_);
}

}  // namespace nightjar
