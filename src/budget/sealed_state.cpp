#include "budget/sealed_state.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <string>

#include "base/byte_reader.hpp"

namespace nightjar::budget {
namespace {

constexpr std::size_t kName = 8, kHead = kName + 4 + 8, kChecksum = 8;

std::uint64_t le64(ByteReader& reader) {
  const std::uint64_t low = reader.le32();
  return low | std::uint64_t{reader.le32()} << 32;
}

}  // namespace

std::vector<std::uint8_t> seal(std::string_view eight_letters, std::uint32_t version, std::span<const std::uint8_t> content) {
  assert(eight_letters.size() == kName);
  StateWriter head;
  for (const char letter : eight_letters) head.u8(static_cast<std::uint8_t>(letter));
  head.u32(version);
  head.u64(content.size());
  std::vector<std::uint8_t> bytes(head.bytes().begin(), head.bytes().end());
  bytes.insert(bytes.end(), content.begin(), content.end());
  StateWriter checksum;
  checksum.u64(XXH3_64bits(bytes.data(), bytes.size()));
  bytes.insert(bytes.end(), checksum.bytes().begin(), checksum.bytes().end());
  return bytes;
}

Result<std::span<const std::uint8_t>> unseal(std::string_view eight_letters, std::uint32_t version, std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return Error{"it is empty"};
  ByteReader reader(bytes);
  const auto name = reader.bytes(kName);
  if (!reader.ok() || !std::equal(name.begin(), name.end(), eight_letters.begin(), eight_letters.end()))
    return Error{"it does not begin with " + std::string(eight_letters)};
  const std::uint32_t written = reader.le32();
  const std::uint64_t size = le64(reader);
  if (!reader.ok() || reader.remaining() < kChecksum || size > reader.remaining() - kChecksum)
    return Error{"it is cut short: " + std::to_string(bytes.size()) + " bytes"};
  if (size < reader.remaining() - kChecksum) return Error{"more bytes follow than it says"};
  const auto content = reader.bytes(static_cast<std::size_t>(size));
  if (le64(reader) != XXH3_64bits(bytes.data(), kHead + content.size())) return Error{"its checksum is wrong"};
  if (written != version)
    return Error{"its version is " + std::to_string(written) + ", this program reads version " + std::to_string(version)};
  return content;
}

}  // namespace nightjar::budget
