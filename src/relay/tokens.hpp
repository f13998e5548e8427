#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// Who may send segments: a sensor's name and the SHA-256 of its token, one a line of a file that only the operator reads. The token itself
/// is known to the sensor alone; having 256 bits of chance it needs no slow hash.
class TokenTable {
 public:
  /// Lines "SENSOR sha256:HEX"; empty ones and those that begin with '#' are passed over. A name may stand in several lines, so that a
  /// token can be replaced without a gap. A mistake is a sentence with `file` and line.
  static Result<TokenTable> parse(std::string_view text, const std::filesystem::path& file);
  /// Fails for a file that anybody but its owner and group may read.
  static Result<TokenTable> read(const std::filesystem::path& file);

  /// The sensor that a token belongs to. Takes as long for a wrong token as for a right one.
  std::optional<std::string> sensor_of(std::string_view token) const;
  /// Each name once, in alphabetical order.
  std::vector<std::string> sensors() const;

 private:
  struct Entry {
    std::string sensor, digest;  ///< lower-case hexadecimal
  };
  std::vector<Entry> entries_;
};

/// 32 bytes of the system's chance, as 64 hexadecimal digits.
Result<std::string> new_token();

/// Adds a line to the file, which is made (readable by its owner alone) if it is not there.
Result<void> add_token(const std::filesystem::path& file, const std::string& sensor, std::string_view token);

/// The first word of a file; for the sensor's side. Fails like TokenTable::read, and for what is no token.
Result<std::string> read_token(const std::filesystem::path& file);

}  // namespace nightjar
