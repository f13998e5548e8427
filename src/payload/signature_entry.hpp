#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/toml_tree.hpp"
#include "payload/signature.hpp"

namespace nightjar {

/// Reads one [[signature]] of a file. `file` stands in sentences.
Result<Signature> read_signature(const TomlNode& entry, const std::string& file);

/// What the parts of an entry's reader share: sentences with file and line.
class SignatureMistakes {
 public:
  explicit SignatureMistakes(const std::string& file) : file_(file) {}

  Error at(std::size_t line, const std::string& sentence) const;
  /// A key that is none of `known` is a mistake; `where` is "[[signature]]".
  Result<void> check_keys(const TomlNode& table, std::string_view where, std::span<const std::string_view> known) const;
  Result<std::string> text(const TomlNode& node, std::string_view key) const;
  Result<bool> truth(const TomlNode& node, std::string_view key) const;
  /// The place in `names` of a text.
  Result<std::size_t> choice(const TomlNode& node, std::string_view key, std::span<const std::string_view> names) const;
  /// Null unless it is a list of at most kMostInList.
  Result<const TomlNode*> list(const TomlNode& node, std::string_view key) const;

 private:
  static constexpr std::size_t kMostInList = 64;
  const std::string& file_;
};

/// Reads one [[signature.when]]. signature_case.cpp.
Result<SignatureCase> read_signature_case(const TomlNode& table, const SignatureMistakes& mistakes);

}  // namespace nightjar
