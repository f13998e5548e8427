#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "payload/shell.hpp"
#include "payload/shell_lexer.hpp"

namespace nightjar {

/// The work of read_shell() on one text; texts within it (`sh -c`, `$(...)`) are read with the same variables and the same budget.
class ShellReader {
 public:
  explicit ShellReader(std::size_t size) : budget_(kLeastBudget + kBudgetPerByte * size) {}

  void read(std::string_view text, bool open);
  std::vector<ShellCommand> take() { return std::move(commands_); }

 private:
  static constexpr std::size_t kLeastBudget = 65'536, kBudgetPerByte = 16;

  /// One text that is being read.
  struct Level {
    bool open;
    unsigned depth;
    std::optional<std::size_t> at;      ///< of the command in the outermost text, for texts within it
    std::optional<std::string> piped;   ///< what the commands before in the pipe wrote
    std::optional<std::string> output;  ///< what the last pipe wrote
    std::size_t pipes = 0;
  };
  using Tokens = std::span<const ShellToken>;

  void read(std::string_view text, Level& level);
  void read_inner(std::string_view text, bool open, const Level& outer, std::size_t at);
  void walk(Tokens tokens, Level& level, bool to_end);
  std::size_t walk_loop(Tokens tokens, std::size_t at, Level& level, bool to_end);
  void word(const ShellToken& token, ShellCommand& command, Level& level);
  void finish(ShellCommand& command, Level& level, bool piped);
  void interpret(const ShellCommand& command, Level& level);
  void read_written_files();

  // Expansion (shell_expansion.cpp)
  std::vector<ShellWord> expand(const ShellToken& token, Level& level);
  std::string expand_value(std::string_view raw, std::size_t at, Level& level);
  struct Fields;
  void expand(std::string_view raw, bool in_quotes, Fields& fields, Level& level);
  void dollar(std::string_view raw, std::size_t& at, bool in_quotes, Fields& fields, Level& level);
  void substitution(std::string_view script, bool open, std::string_view raw, bool in_quotes, Fields& fields, Level& level);
  std::optional<std::string> value_of(std::string_view inside) const;

  bool assign(std::string_view word, std::size_t at, Level& level);
  void set(std::string_view name, std::string value);
  bool spend(std::size_t cost);

  std::map<std::string, std::string, std::less<>> variables_;
  /// What is known of files that echo and printf filled, by the last part of their path.
  struct File {
    std::string path, text;
    bool cut = false;
  };
  std::vector<File> files_;
  std::size_t file_bytes_ = 0;
  std::set<std::string, std::less<>> started_;  ///< programs and scripts that were started, by the last part of their path
  std::vector<ShellCommand> commands_;
  std::size_t budget_;
};

/// The name before `=` of an assignment; empty where the word is none.
std::string_view assigned_name(std::string_view word);

/// `a{b,c}d` -> abd, acd; at most 64. Nothing in quotes, no `${`.
std::vector<std::string> expand_braces(std::string_view raw);

}  // namespace nightjar
