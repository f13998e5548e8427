#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "honeypot/device.hpp"
#include "payload/shell.hpp"
#include "payload/shell_lexer.hpp"

namespace nightjar {

/// BusyBox's shell as far as intruders look at it: what they type is read (payload's shell_lexer, shell), never run, and answered as a
/// small device would. It remembers the first bytes of a few files that were written, so that who writes and reads back (Mirai's loader
/// looks for a writable folder so) finds them. "Downloads" succeed without a packet. Bounds: lines kLongestLine, files kMostFiles of
/// kLongestFile bytes, output kMostOutput a line.
class PretendedShell {
 public:
  static constexpr std::size_t kLongestLine = 8'192, kMostFiles = 16, kLongestFile = 256, kLongestPath = 128, kMostOutput = 8'192;

  PretendedShell(const Persona& persona, bool android);

  std::string greeting() const;  ///< what an interactive shell says first
  std::string prompt() const;
  /// Appends what the terminal would show; lines end with LF. `unix_seconds`: the time of day.
  void run(std::string_view line, std::int64_t unix_seconds, std::string& out);
  bool left() const { return left_; }  ///< exit, logout or the like was typed
  const Device& device() const { return device_; }

  /// A command as an applet sees it: `words` from its name on.
  struct Call {
    std::span<const ShellWord> words;
    const ShellCommand& command;
    std::string_view input;  ///< what the command before it in the pipe wrote
    std::int64_t unix_seconds;
    std::string& out;
    std::string_view word(std::size_t i) const { return i < words.size() ? std::string_view(words[i].text) : std::string_view(); }
  };

 private:
  friend class Applets;
  struct File {
    std::string path, text;
  };

  void list(std::string_view line, std::int64_t unix_seconds, std::string& out, int depth);
  int pipeline(std::string_view text, std::span<const ShellToken> tokens, std::int64_t unix_seconds, std::string& out, int depth);
  int command(std::string_view text, std::span<const ShellToken> tokens, std::string_view input, std::int64_t unix_seconds,
              std::string& out, int depth);
  int start(const ShellCommand& command, std::string_view input, std::int64_t unix_seconds, std::string& out, int depth);
  bool write_to(std::string_view path, std::string_view text, bool append, std::string& out);
  std::string full_path(std::string_view path) const;
  File* find(const std::string& path);
  bool add_file(const std::string& path, std::string_view text);

  Persona persona_;
  Device device_;
  std::string folder_ = "/";
  std::vector<File> files_;
  bool left_ = false;
};

}  // namespace nightjar
