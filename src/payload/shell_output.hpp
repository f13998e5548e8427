#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "payload/shell.hpp"

namespace nightjar {

/// What a command writes to its standard output, where the text alone tells: `echo` (with -e the escapes too, as BusyBox and bash have
/// them), `printf` (%s %b %c %d %%), `which NAME` and `command -v NAME` (the name). At most 64 KiB. nullopt: not known.
std::optional<std::string> shell_output(const ShellCommand& command);

/// What a filter makes of what it is given: `base64 -d`, `xxd -r -p`, `rev`, `cat`. nullopt: not known.
std::optional<std::string> shell_filter(const ShellCommand& command, std::string_view input);

/// \n \t \r \a \b \f \v \e \\, \xH, \xHH, octal \NNN and \0NNN; anything else stands as it is. A \c ends the text.
std::string decode_escapes(std::string_view text);

/// RFC 4648 4 and 5 (both alphabets); blanks and line ends are skipped, the rest from the first other character on is left out.
std::string decode_base64(std::string_view text);

}  // namespace nightjar
