#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace nightjar {

/// Whether what a shell would act upon is in the text: ` ; | && $(
bool holds_shell_metacharacter(std::string_view text);

/// Whether the text itself begins as a command line ("cd /tmp;...", "/bin/busybox wget ...").
bool begins_with_command(std::string_view text, bool may_go_on);

struct HiddenCommand {
  std::size_t offset, length;  ///< in the text: what the shell would run
};
/// A command behind a shell metacharacter: ` ; | & $( or a line's end, then perhaps blanks (also "+" and "${IFS}"), then a program that
/// intruders are known to call, with or without its path. Words that are English too ("cat", "id") need something behind them that looks
/// like an argument or ends the command. What is hidden is found inside of `...` and $(...), else it goes on to the end of the text; a
/// text that begins with a command is one from its start.
/// `may_go_on`: the text ends where the payload was cut or ends; an English word there is not yet taken for a command.
std::optional<HiddenCommand> find_hidden_command(std::string_view text, bool may_go_on);

}  // namespace nightjar
