#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "honeypot/dialogue.hpp"

namespace nightjar {

/// What is said next, and when.
struct Turn {
  std::size_t after;  ///< so many bytes of the client since the last turn; 0: as soon as it has said something and is silent
  std::string answer;
  bool close = false;  ///< behind the answer
};

/// A dialogue that says one thing after the other, whatever the client says: for protocols of which only the first words matter.
class TurnsDialogue : public Dialogue {
 public:
  TurnsDialogue(std::string greeting, std::vector<Turn> turns) : greeting_(std::move(greeting)), turns_(std::move(turns)) {}
  void opened(Answer& answer) override;
  void received(std::string_view bytes, Answer& answer) override;
  void silent(Answer& answer) override;

 private:
  void say(Answer& answer);

  std::string greeting_;
  std::vector<Turn> turns_;
  std::size_t at_ = 0, heard_ = 0;
};

}  // namespace nightjar
