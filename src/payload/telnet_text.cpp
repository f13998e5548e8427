#include "payload/telnet_text.hpp"

namespace nightjar {
namespace {

constexpr std::uint8_t kSe = 240, kSb = 250, kWill = 251, kDont = 254, kIac = 255;
constexpr std::uint8_t kEnviron = 36, kNewEnviron = 39;  // RFC 1408, 1572
constexpr char kIs = 0, kInfo = 2, kVar = 0, kValue = 1, kEscape = 2, kUserVar = 3;
constexpr std::size_t kMostInside = 1'024;

}  // namespace

void TelnetText::read(std::string_view bytes, std::string& text) {
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    switch (state_) {
      case State::text:
        if (byte == kIac)
          state_ = State::command;
        else
          text += c;
        break;
      case State::command:
        state_ = State::text;
        if (byte == kIac) {
          text += c;
        } else if (byte == kSb) {
          inside_.clear();
          state_ = State::inside;
        } else if (byte >= kWill && byte <= kDont) {
          state_ = State::option;
        }
        break;
      case State::option:
        negotiated_ = true;
        state_ = State::text;
        break;
      case State::inside:
        if (byte == kIac)
          state_ = State::inside_command;
        else if (inside_.size() < kMostInside)
          inside_ += c;
        break;
      case State::inside_command:
        if (byte == kIac) {
          if (inside_.size() < kMostInside) inside_ += c;
          state_ = State::inside;
        } else if (byte == kSe) {
          end_subnegotiation();
          state_ = State::text;
        } else {  // a command before the end: the subnegotiation was none, or its end was lost
          state_ = byte >= kWill && byte <= kDont ? State::option : State::text;
        }
    }
  }
}

/// Finds USER among the variables of an environment: VAR name VALUE value, each byte below 4 escaped.
void TelnetText::end_subnegotiation() {
  negotiated_ = true;
  if (inside_.size() < 3) return;
  const auto option = static_cast<std::uint8_t>(inside_[0]);
  if ((option != kNewEnviron && option != kEnviron) || (inside_[1] != kIs && inside_[1] != kInfo)) return;
  std::string name, value;
  bool in_value = false;
  const auto keep = [&] {
    if (name == "USER" && environment_user_.empty()) environment_user_ = value;
    name.clear();
    value.clear();
  };
  for (std::size_t i = 2; i < inside_.size(); ++i) {
    const char c = inside_[i];
    if (c == kVar || c == kUserVar) {
      keep();
      in_value = false;
    } else if (c == kValue) {
      in_value = true;
    } else {
      if (c == kEscape && ++i == inside_.size()) break;
      (in_value ? value : name) += inside_[i];
    }
  }
  keep();
}

}  // namespace nightjar
