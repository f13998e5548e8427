#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar::reflector {

/// Bytes as people write them: hex digits in pairs, blanks between as one likes. `any`, if given, takes ".." too and marks those bytes.
Result<std::vector<std::uint8_t>> bytes_of_hex(std::string_view text, std::vector<bool>* any = nullptr);

/// RFC 4648, section 4; line ends and blanks between are skipped, the "=" at the end may be missing.
Result<std::vector<std::uint8_t>> bytes_of_base64(std::string_view text);

}  // namespace nightjar::reflector
