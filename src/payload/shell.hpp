#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

/// How deep `$(...)`, backquotes, `sh -c` and loops may stand in each other; what is deeper is left as it stands.
inline constexpr unsigned kMostShellDepth = 8;
/// Commands that are listed of one text; further ones are not.
inline constexpr std::size_t kMostShellCommands = 4'096;

/// A word of a command without its quotes and backslashes. A variable that the same text sets stands as its value, one that it does not
/// set as `$NAME`; `$IFS` is a blank.
struct ShellWord {
  std::string text;
  bool cut = false;  ///< the text ended within it: it may have been longer
};

struct ShellRedirection {
  bool output = true;  ///< `>`, `>>`, `>&`; else `<`
  ShellWord target;    ///< a file, `/dev/tcp/HOST/PORT`, or a number
};

/// A program and its arguments, as a shell would start it.
struct ShellCommand {
  std::vector<ShellWord> words;  ///< at least one: the program
  std::vector<ShellRedirection> redirections;
  std::size_t at = 0;  ///< where it begins in the text; of a command within another's words: where that one begins
  bool cut = false;    ///< the text ended within it: words may be missing
};

/// Lists the simple commands of a text in the order in which they stand, those of `$(...)` before the command they are a word of. Reads
/// POSIX shell and what malware uses of bash: quotes, backslashes, comments, lists, pipes, redirections, variables, `${IFS}`, braces,
/// `for` over known words (its body once a word), `sh -c`, `eval`, and what `echo` and `printf` (-e, \x, octal) or `base64 -d` would
/// write where that becomes a word, is piped into a shell, or fills a file that the text starts. Both branches of `if`, `&&` and `||` are
/// listed. Nothing is run. Any bytes will do: a quote without its end stands for itself.
/// `open`: the text may have been longer; what stands at its end is `cut`, unless a blank, `;` or the like ends it.
/// Time and memory grow with the text's length (at most 16 times its length, and 64 KiB, of expanded text).
std::vector<ShellCommand> read_shell(std::string_view text, bool open);

/// The words of the program that does the work, without what only starts it: `busybox`, `sudo`, `nohup`, `timeout 5`, `env A=b`, `then`,
/// `do`, the five fields of a line of crontab, and the like. Empty where nothing is left.
std::span<const ShellWord> program_words(const ShellCommand& command);

/// sh, bash and the like, by name or path.
bool is_shell(std::string_view program);

/// The last part of a path: "/bin/busybox" -> "busybox".
std::string_view base_name(std::string_view path);

}  // namespace nightjar
