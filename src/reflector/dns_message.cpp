#include "reflector/dns_message.hpp"

#include <algorithm>

#include "base/byte_reader.hpp"

namespace nightjar::reflector {

std::optional<DnsQuestion> read_dns_question(std::span<const std::uint8_t> message) {
  constexpr std::uint16_t kOpt = 41, kPlainSize = 512;
  constexpr std::uint8_t kLongestLabel = 63;
  ByteReader reader(message);
  reader.skip(4);
  const std::uint16_t questions = reader.be16(), answers = reader.be16(), authorities = reader.be16(), more = reader.be16();
  if (!reader.ok() || questions == 0) return std::nullopt;
  DnsQuestion question;
  while (true) {
    const std::uint8_t size = reader.u8();
    const auto label = reader.bytes(size <= kLongestLabel ? size : message.size());
    if (!reader.ok() || question.name_size + 1 + label.size() > question.name.size()) return std::nullopt;
    question.name[question.name_size++] = static_cast<char>(size);
    for (const std::uint8_t byte : label)
      question.name[question.name_size++] = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
    if (size == 0) break;
  }
  question.type = reader.be16();
  question.class_number = reader.be16();
  if (!reader.ok()) return std::nullopt;
  question.end = reader.offset();
  if (questions != 1 || answers != 0 || authorities != 0 || more == 0) return question;
  const std::uint8_t root = reader.u8();
  const std::uint16_t type = reader.be16(), size = reader.be16();
  if (!reader.ok() || root != 0 || type != kOpt) return question;
  question.extended = true;
  question.reply_size = std::max(size, kPlainSize);
  return question;
}

}  // namespace nightjar::reflector
