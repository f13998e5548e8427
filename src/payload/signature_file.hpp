#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "payload/signature.hpp"

namespace nightjar {

/// The signatures of a file of TOML; `file` stands in sentences. A mistake is a sentence with file, line and what is possible there;
/// that an expression cannot be compiled is found later (SignatureSet).
Result<std::vector<Signature>> parse_signatures(std::string_view text, const std::string& file);

/// The signatures of a file, or of all files NAME.toml of a folder (not of folders in it), in the order of their names.
Result<std::vector<Signature>> read_signatures(const std::filesystem::path& path);

/// The files of signatures/, which are part of the program.
struct BuiltInSignatureFile {
  std::string_view name;  ///< "signatures/soap.toml"
  std::string_view text;
};
std::span<const BuiltInSignatureFile> built_in_signature_files();

}  // namespace nightjar
