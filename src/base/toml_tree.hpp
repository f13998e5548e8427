#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

struct TomlEntry;

/// A value of a TOML file and the line it stands on: all that readers of files see of the library behind it.
struct TomlNode {
  enum class Kind { table, list, text, number, boolean, time };
  Kind kind = Kind::table;
  std::size_t line = 1;
  std::string text;                ///< of a text; of a date or time as it is written in a file ("2017-05-12T17:00:00+09:00")
  double number = 0;               ///< of a number, may be infinite or none (NaN); of a boolean 1 for true
  std::vector<TomlEntry> entries;  ///< of a table, in the order of the file
  std::vector<TomlNode> items;     ///< of a list

  /// The entry of a table; null where it has none of the name.
  const TomlNode* find(std::string_view key) const;
};
struct TomlEntry {
  std::string key;
  std::size_t line;
  TomlNode node;
};

/// Whatever the text is, a tree or a sentence that begins with `file` and a line.
Result<TomlNode> parse_toml_tree(std::string_view text, const std::string& file);

}  // namespace nightjar
