// Which word of a command is the program that does the work.
#include <algorithm>
#include <array>

#include "payload/shell.hpp"
#include "payload/shell_reader.hpp"

namespace nightjar {
namespace {

/// Programs that start the program of their arguments, and how many arguments of their own stand before it.
struct Starter {
  std::string_view name;
  std::size_t arguments;
};
constexpr std::array kStarters = {
    Starter{"busybox", 0}, Starter{"toybox", 0},  Starter{"sudo", 0},     Starter{"nohup", 0}, Starter{"exec", 0},    Starter{"command", 0},
    Starter{"builtin", 0}, Starter{"env", 0},     Starter{"time", 0},     Starter{"nice", 0},  Starter{"setsid", 0},  Starter{"stdbuf", 0},
    Starter{"xargs", 0},   Starter{"timeout", 1}, Starter{"unbuffer", 0}, Starter{"cmd", 0},   Starter{"cmd.exe", 0}, Starter{"start", 0},
};

/// "*/5", "0-23", "@daily": a field of a line of crontab.
bool is_cron_field(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789*/,-") == std::string_view::npos && text != "-";
}

}  // namespace

bool is_shell(std::string_view program) {
  constexpr std::array<std::string_view, 7> kShells = {"sh", "bash", "ash", "dash", "zsh", "ksh", "hush"};
  return std::find(kShells.begin(), kShells.end(), base_name(program)) != kShells.end();
}

std::span<const ShellWord> program_words(const ShellCommand& command) {
  std::span<const ShellWord> words = command.words;
  if (words.size() > 5 && std::all_of(words.begin(), words.begin() + 5, [](const ShellWord& word) { return is_cron_field(word.text); })) {
    words = words.subspan(5);
    if (words.size() > 1 && words[0].text == "root") words = words.subspan(1);  // crontab of the system: a user
  } else if (words.size() > 1 && words[0].text.starts_with('@')) {
    words = words.subspan(1);
  }
  while (!words.empty()) {
    const std::string_view name = base_name(words[0].text);
    const auto starter = std::find_if(kStarters.begin(), kStarters.end(), [&](const Starter& entry) { return entry.name == name; });
    if (starter == kStarters.end()) return words;
    words = words.subspan(1);
    // Options of the starter: `nice -n 5`, `cmd /c`, `env A=b`.
    while (!words.empty() && (words[0].text.starts_with('-') || !assigned_name(words[0].text).empty() ||
                              (starter->name.starts_with("cmd") && words[0].text.starts_with('/')))) {
      const bool number = words.size() > 1 && words[0].text.size() == 2 && !words[1].text.empty() &&
                          words[1].text.find_first_not_of("0123456789") == std::string::npos;
      words = words.subspan(number ? 2 : 1);
    }
    words = words.subspan(std::min(starter->arguments, words.size()));
  }
  return words;
}

}  // namespace nightjar
