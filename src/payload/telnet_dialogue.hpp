#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "payload/server_prompt.hpp"
#include "payload/telnet_text.hpp"
#include "payload/typed.hpp"

namespace nightjar {

/// Pairs what a telnet server asks with what the client answers, while both come in.
class TelnetDialogue {
 public:
  /// `known_port`: 23 or the like, where telnet is spoken whether anybody negotiates or not.
  explicit TelnetDialogue(bool known_port) : known_port_(known_port) {}

  void client_says(std::string_view bytes);
  void server_says(std::string_view bytes);
  Typed finish();

 private:
  enum class State : std::uint8_t { fresh, user_given, password_given, in_shell };

  void character(char c);
  void end_line();
  void hear(std::string_view text, bool line_over);
  bool answer(const std::string& line, Prompt prompt);
  bool answer_after_password(const std::string& line, Prompt prompt);
  bool take_user(const std::string& line);
  bool take_password(const std::string& line);
  void command(const std::string& line);
  void forget_said();
  Prompt believed(Prompt prompt) const;

  bool known_port_;
  TelnetText client_, server_;
  State state_ = State::fresh;
  std::string line_;  ///< being typed
  bool typing_ = false, after_cr_ = false;
  Prompt asked_ = Prompt::none;      ///< when typing began
  std::deque<std::string> waiting_;  ///< lines whose prompt has not come
  std::string said_;                 ///< by the server since the last answer, the last few KiB
  std::size_t searched_ = 0;         ///< bytes of it in which a refusal was looked for
  bool failed_ = false;              ///< "login failed" or the like stands in them
  bool server_spoke_ = false, server_is_text_ = true, binary_ = false, rejected_ = false;
  std::string user_;
  Typed typed_;
};

}  // namespace nightjar
