#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "payload/signature.hpp"

namespace nightjar {

struct CompiledSignatures;

/// Signatures ready to be looked for. Never changes: any number of Recognisers in any threads may share it.
class SignatureSet {
 public:
  /// What is to be looked for: everything, or in datagrams only. Compiling everything takes a tenth of a second.
  enum class Scope : std::uint8_t { everything, datagrams };

  /// An id that comes twice, or an expression that vectorscan cannot take, is a sentence with file and line.
  static Result<std::shared_ptr<const SignatureSet>> compile(std::vector<Signature> signatures, Scope scope = Scope::everything);

  /// The program's own signatures and those of users' files or folders. A user's signature takes the place of the program's with the same
  /// id; twice the same id among users' is a mistake.
  static Result<std::shared_ptr<const SignatureSet>> load(std::span<const std::filesystem::path> users = {},
                                                          Scope scope = Scope::everything);

  ~SignatureSet();
  SignatureSet(const SignatureSet&) = delete;
  SignatureSet& operator=(const SignatureSet&) = delete;

  std::span<const Signature> signatures() const { return signatures_; }
  /// Null where there is none.
  const Signature* find(std::string_view id) const;
  /// 16 hex digits that change when any signature does, whatever the scope: what tagged a payload.
  const std::string& version() const { return version_; }
  const CompiledSignatures& compiled() const { return *compiled_; }

 private:
  SignatureSet();

  std::vector<Signature> signatures_;
  std::string version_;
  std::unique_ptr<CompiledSignatures> compiled_;
};

}  // namespace nightjar
