#include "honeypot/pretended_shell.hpp"

#include <algorithm>

#include "honeypot/applets.hpp"
#include "payload/shell_output.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kMostTokens = 512;
constexpr int kMostDepth = 4;  ///< of `sh -c` in each other
constexpr int kNotFound = 127;

/// "2>": what goes to standard error is not shown anyway.
bool is_errors(std::string_view text, const ShellToken& token) { return token.at > 0 && text[token.at - 1] == '2'; }

}  // namespace

PretendedShell::PretendedShell(const Persona& persona, bool android) : persona_(persona), device_(persona, android) {
  if (android) folder_ = "/";
}

std::string PretendedShell::greeting() const {
  if (device_.android) return {};
  return "\n\nBusyBox " + device_.busybox + " built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n";
}

std::string PretendedShell::prompt() const {
  if (device_.android) return "root@" + device_.hardware + ":" + folder_ + " # ";
  return (folder_ == "/" ? std::string("~") : folder_) + " # ";
}

void PretendedShell::run(std::string_view line, std::int64_t unix_seconds, std::string& out) {
  const std::size_t before = out.size();
  list(line.substr(0, kLongestLine), unix_seconds, out, 0);
  if (out.size() - before > kMostOutput) out.resize(before + kMostOutput);
}

/// Commands one behind the other: `;` and `&` always, `&&` after a success, `||` after a failure. What loops would do is left out.
void PretendedShell::list(std::string_view line, std::int64_t unix_seconds, std::string& out, int depth) {
  const std::vector<ShellToken> tokens = split_shell(line, false, kMostTokens);
  int status = 0, loops = 0;
  bool wanted = true;
  for (std::size_t at = 0; at < tokens.size() && !left_;) {
    std::size_t end = at;
    while (end < tokens.size() && tokens[end].kind != ShellTokenKind::separator) ++end;
    if (end > at && wanted) {
      std::span<const ShellToken> part = std::span(tokens).subspan(at, end - at);
      const std::string_view first = part.front().raw;
      if (first == "while" || first == "for" || first == "until") ++loops;
      const bool in_loop = loops > 0;
      if (first == "done" && loops > 0) --loops;
      while (!part.empty() &&
             (part.front().raw == "then" || part.front().raw == "if" || part.front().raw == "else" || part.front().raw == "{"))
        part = part.subspan(1);
      const bool word_only = !part.empty() && (part.front().raw == "fi" || part.front().raw == "}" || part.front().raw == "done");
      if (!in_loop && !part.empty() && !word_only) status = pipeline(line, part, unix_seconds, out, depth);
    }
    if (end < tokens.size()) {
      const std::string_view separator = tokens[end].raw;
      wanted = separator == "&&" ? status == 0 : separator == "||" ? status != 0 : true;
    }
    at = end + 1;
    if (out.size() > 4 * kMostOutput) return;
  }
}

int PretendedShell::pipeline(std::string_view text, std::span<const ShellToken> tokens, std::int64_t unix_seconds, std::string& out,
                             int depth) {
  std::string input, output;
  int status = 0;
  for (std::size_t at = 0; at < tokens.size();) {
    std::size_t end = at;
    while (end < tokens.size() && tokens[end].kind != ShellTokenKind::pipe) ++end;
    input = std::move(output);
    output.clear();
    if (end > at) status = command(text, tokens.subspan(at, end - at), input, unix_seconds, output, depth);
    at = end + 1;
  }
  out += output;
  return status;
}

int PretendedShell::command(std::string_view text, std::span<const ShellToken> tokens, std::string_view input, std::int64_t unix_seconds,
                            std::string& out, int depth) {
  const std::size_t begin = tokens.front().at, end = tokens.back().at + tokens.back().raw.size();
  const std::string_view raw = text.substr(begin, end - begin);
  // Commands of $(...) come before the one they are a word of; those of `sh -c` behind it.
  const std::vector<ShellCommand> commands = read_shell(raw, false);
  const ShellCommand* chosen = nullptr;
  if (!commands.empty()) {
    const auto starts_shell = [](const ShellCommand& c) { return is_shell(c.words.front().text); };
    const auto shell = std::find_if(commands.begin(), commands.end(), starts_shell);
    chosen = shell != commands.end() ? &*shell : &commands.back();
  }
  std::string output;
  int status = 0;
  if (chosen != nullptr && tokens.front().kind == ShellTokenKind::word) status = start(*chosen, input, unix_seconds, output, depth);
  // Where it goes: the redirections of the text, in their order, with the targets as payload's reader expands them.
  bool shown = true;
  std::size_t number = 0;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != ShellTokenKind::output && tokens[i].kind != ShellTokenKind::input) continue;
    std::string target(tokens[i + 1].raw);
    if (chosen != nullptr && number < chosen->redirections.size()) target = chosen->redirections[number].target.text;
    ++number;
    if (tokens[i].kind == ShellTokenKind::input || is_errors(text, tokens[i]) || tokens[i].raw.ends_with("&")) continue;
    if (!write_to(target, shown ? output : std::string_view(), tokens[i].raw.starts_with(">>"), out)) status = 1;
    shown = false;
  }
  if (shown) out += output;
  return status;
}

int PretendedShell::start(const ShellCommand& command, std::string_view input, std::int64_t unix_seconds, std::string& out, int depth) {
  std::span<const ShellWord> words = command.words;
  const std::string& first = words.front().text;
  const bool by_busybox = base_name(first) == "busybox";
  if (by_busybox) {
    words = words.subspan(1);
    if (words.empty()) {
      out += "BusyBox " + device_.busybox + " multi-call binary\n";
      return 0;
    }
  }
  const std::string_view name = words.front().text;
  if (is_shell(name)) {
    // A program of the client's ("sh x.sh") shows nothing; a text is read on.
    if (words.size() > 2 && words[1].text == "-c" && depth < kMostDepth)
      list(words[2].text, unix_seconds, out, depth + 1);
    else if (words.size() == 1 && input.empty() && command.redirections.empty())
      out += greeting();
    return 0;
  }
  const Applets::Applet* applet = Applets::find(by_busybox ? name : base_name(name));
  if (applet != nullptr && (by_busybox ? applet->in_busybox
                                       : name.find('/') == name.npos || name.starts_with("/bin/") || name.starts_with("/sbin/") ||
                                             name.starts_with("/usr/") || name.starts_with("/system/")))
    return applet->run(*this, {words, command, input, unix_seconds, out});
  if (by_busybox) {
    out += name;
    out += ": applet not found\n";
    return kNotFound;
  }
  // What was "loaded" or written starts and says nothing.
  if (name.find('/') != name.npos && find(full_path(name)) != nullptr) return 0;
  out += device_.android ? "/system/bin/sh: " : "-sh: ";
  out += name;
  out += ": not found\n";
  return kNotFound;
}

bool PretendedShell::write_to(std::string_view path, std::string_view text, bool append, std::string& out) {
  if (path.starts_with("/dev/null") || path.starts_with("/dev/tty") || path.starts_with("/proc/")) return true;
  const std::string full = full_path(path);
  if (!is_writable(device_, full)) {
    out += "-sh: can't create " + std::string(path.substr(0, kLongestPath)) + ": Read-only file system\n";
    return false;
  }
  File* file = find(full);
  if (file == nullptr) return add_file(full, text);
  if (!append) file->text.clear();
  file->text += text.substr(0, kLongestFile - file->text.size());
  return true;
}

/// Whether there is room or not, it seems to be there: the oldest one goes.
bool PretendedShell::add_file(const std::string& path, std::string_view text) {
  if (path.size() > kLongestPath) return true;
  if (files_.size() == kMostFiles) files_.erase(files_.begin());
  files_.push_back({path, std::string(text.substr(0, kLongestFile))});
  return true;
}

PretendedShell::File* PretendedShell::find(const std::string& path) {
  const auto found = std::find_if(files_.begin(), files_.end(), [&](const File& file) { return file.path == path; });
  return found == files_.end() ? nullptr : &*found;
}

/// Absolute, without `.`, `..` and double slashes.
std::string PretendedShell::full_path(std::string_view path) const {
  std::string all = path.starts_with('/') ? std::string(path) : folder_ + "/" + std::string(path);
  std::string full;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('/', at), all.size());
    const std::string_view part = std::string_view(all).substr(at, end - at);
    if (part == "..")
      full.resize(full.empty() ? 0 : full.rfind('/'));
    else if (!part.empty() && part != ".")
      full.append("/").append(part);
    at = end + 1;
  }
  return full.empty() ? "/" : full;
}

}  // namespace nightjar
