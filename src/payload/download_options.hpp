#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "payload/shell.hpp"

namespace nightjar {

/// The arguments of a program, read as getopt_long reads them: `-qO FILE`, `-OFILE`, `--output=FILE`, `--output FILE`, `-` and what is no
/// option as operands, everything behind `--` too. Views into the words.
class DownloadOptions {
 public:
  /// `letters`, `names`: options with a value, the names separated by blanks.
  DownloadOptions(std::span<const ShellWord> arguments, std::string_view letters, std::string_view names);

  bool has(char letter) const;
  /// Of the last such option; nullptr: none, or it has no value (the command is cut off).
  const ShellWord* value(char letter) const;
  const ShellWord* value(std::string_view name) const;
  const std::vector<const ShellWord*>& operands() const { return operands_; }

 private:
  struct Option {
    char letter;            ///< 0: a long one
    std::string_view name;  ///< of a long one
    int value;              ///< index of values_, -1: none
  };
  void read_letters(std::span<const ShellWord> arguments, std::size_t& at, std::string_view letters);
  void read_name(std::span<const ShellWord> arguments, std::size_t& at, std::string_view names);
  int keep(ShellWord word);

  std::vector<Option> options_;
  std::vector<ShellWord> values_;
  std::vector<const ShellWord*> operands_;
};

}  // namespace nightjar
