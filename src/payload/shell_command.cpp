#include "payload/shell_command.hpp"

#include <algorithm>
#include <array>

namespace nightjar {
namespace {

/// Programs whose names mean nothing else, sorted.
constexpr auto kPrograms = std::to_array<std::string_view>(
    {"busybox", "certutil", "chmod",   "crontab", "curl",   "dropbear", "ftpget",   "ftpput",   "ifconfig",   "iptables",
     "killall", "mkdir",    "mkfifo",  "ncat",    "netcat", "nohup",    "nslookup", "pkill",    "powershell", "setsid",
     "sleep",   "socat",    "telnetd", "tftp",    "uname",  "utelnetd", "wget",     "wget.exe", "whoami"});
/// Programs and words of the shell that are words of people or names of parameters too, sorted.
constexpr auto kWords = std::to_array<std::string_view>(
    {"ash",  "awk",    "base64", "bash",    "cat",     "cd",     "cmd.exe", "cp",   "dd",  "dig",  "echo", "env",   "eval",
     "exec", "export", "grep",   "id",      "kill",    "ls",     "mount",   "mv",   "nc",  "perl", "php",  "ping",  "printf",
     "ps",   "pwd",    "python", "python2", "python3", "reboot", "rm",      "ruby", "sed", "sh",   "tar",  "touch", "xxd"});
static_assert(std::is_sorted(kPrograms.begin(), kPrograms.end()) && std::is_sorted(kWords.begin(), kWords.end()));

/// Folders out of which programs are run.
constexpr std::string_view kFolders[] = {"/bin/", "/sbin/", "/usr/", "/tmp/", "/var/", "/dev/", "/system/", "./", "../"};

template <class List>
bool is_in(const List& list, std::string_view word) {
  return std::binary_search(list.begin(), list.end(), word);
}

/// What begins or joins commands.
constexpr std::array<bool, 256> kJoins = [] {
  std::array<bool, 256> is{};
  for (const char c : {'`', ';', '|', '&', '\n', '$'}) is[static_cast<unsigned char>(c)] = true;
  return is;
}();

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '+'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
}

/// Behind blanks and what stands for them.
std::size_t behind_blanks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (is_blank(text[at]) || text[at] == '\r')
      ++at;
    else if (text.substr(at).starts_with("${IFS}"))
      at += 6;
    else if (text.substr(at).starts_with("$IFS"))
      at += 4;
    else
      break;
  }
  return at;
}

/// Whether what stands at `at`, behind a word, makes a command of it.
bool ends_or_argues(std::string_view text, std::size_t at, bool may_go_on) {
  if (at == text.size()) return !may_go_on;
  constexpr std::string_view kEnds = ";|&`)<>\r\n#";
  if (kEnds.find(text[at]) != std::string_view::npos) return true;
  const std::size_t argument = behind_blanks(text, at);
  if (argument == at) return false;
  if (argument == text.size()) return false;
  constexpr std::string_view kArguments = "/-.><$\"'~*;|&`#\\%0123456789";
  if (kArguments.find(text[argument]) != std::string_view::npos) return true;
  std::size_t end = argument;
  while (end < text.size() && is_word(text[end])) ++end;
  const std::string_view word = text.substr(argument, end - argument);
  return word.starts_with("http") || is_in(kPrograms, word) || word.find('/') != std::string_view::npos;
}

/// Whether a command begins at `at`. `inside`: of `...` or $(...), where nothing else than commands is expected.
bool is_command(std::string_view text, std::size_t at, bool inside, bool may_go_on) {
  if (at >= text.size()) return false;
  const char first = text[at];
  if (!(first >= 'a' && first <= 'z') && first != '/' && first != '.') return false;
  std::size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  std::string_view word = text.substr(at, end - at);
  for (const std::string_view folder : kFolders) {
    if (word.size() > folder.size() && word.starts_with(folder)) return true;
  }
  if (end < text.size() && text[end] == '=') return false;  // a name and its value
  if (const std::size_t slash = word.rfind('/'); slash != std::string_view::npos) word.remove_prefix(slash + 1);
  if (is_in(kPrograms, word)) return true;
  return is_in(kWords, word) && (ends_or_argues(text, end, may_go_on) || (inside && end < text.size() && is_blank(text[end])));
}

/// The end of what is inside of $( that ends at `begin`.
std::size_t end_of_substitution(std::string_view text, std::size_t begin) {
  std::size_t depth = 1;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i;
  }
  return text.size();
}

}  // namespace

bool holds_shell_metacharacter(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '`' || c == ';' || c == '|' || (c == '&' && next == '&') || (c == '$' && next == '(')) return true;
  }
  return false;
}

bool begins_with_command(std::string_view text, bool may_go_on) { return is_command(text, behind_blanks(text, 0), false, may_go_on); }

std::optional<HiddenCommand> find_hidden_command(std::string_view text, bool may_go_on) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!kJoins[static_cast<unsigned char>(text[i])]) continue;
    const bool substitutes = text[i] == '$';
    if (substitutes && (i + 1 == text.size() || text[i + 1] != '(')) continue;
    const bool inside = substitutes || text[i] == '`';
    const std::size_t begin = i + (substitutes ? 2 : 1);
    std::size_t at = behind_blanks(text, begin);
    // Quotes and brackets that were open before it close here; in front of words of $( they are JavaScript's.
    while (!inside && at < text.size() && (text[at] == '"' || text[at] == '\'' || text[at] == '(' || text[at] == ')'))
      at = behind_blanks(text, at + 1);
    if (!is_command(text, at, inside, may_go_on)) continue;
    if (inside) {
      const std::size_t end = substitutes ? end_of_substitution(text, begin) : std::min(text.find('`', begin), text.size());
      return HiddenCommand{begin, end - begin};
    }
    if (const std::size_t start = behind_blanks(text, 0); is_command(text, start, false, false)) at = start;
    return HiddenCommand{at, text.size() - at};
  }
  return std::nullopt;
}

}  // namespace nightjar
