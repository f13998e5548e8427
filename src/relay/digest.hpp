#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void add(std::string_view bytes);
  /// 64 lower-case hexadecimal digits. Nothing may be added afterwards.
  std::string finish();

  static constexpr std::size_t kDigits = 64;
  /// Whether a text from outside is such a digest: nothing else becomes the name of a file.
  static bool is_digest(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of a file's content, as it stands on the disk.
Result<std::string> digest_of_file(const std::filesystem::path& file);

}  // namespace nightjar
