#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace nightjar {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: what payloads are known by.
std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace nightjar
