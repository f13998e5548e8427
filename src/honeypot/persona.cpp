#include "honeypot/persona.hpp"

#include <cassert>

namespace nightjar {

std::uint64_t Persona::number(std::string_view what, std::uint64_t which) const {
  std::string text(what);
  text += '\0';
  for (int shift = 0; shift < 64; shift += 8) text += static_cast<char>(which >> shift);
  return budget::sip_hash(seed_, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Persona Persona::at(const Address& address) const {
  const auto half = [&](std::string_view what) { return number(what, number(what, address.high) ^ address.low); };
  return Persona(budget::Secret{half("address, first half"), half("address, second half")});
}

std::string Persona::bytes(std::string_view what, std::size_t count, std::uint64_t which) const {
  std::string all;
  for (std::uint64_t block = 0; all.size() < count; ++block) {
    std::uint64_t word = number(what, which ^ block << 48);
    for (int i = 0; i < 8 && all.size() < count; ++i, word >>= 8) all += static_cast<char>(word);
  }
  return all;
}

std::string Persona::hex(std::string_view what, std::size_t digits, std::uint64_t which) const {
  std::string text;
  for (const char c : bytes(what, (digits + 1) / 2, which)) {
    text += "0123456789abcdef"[static_cast<std::uint8_t>(c) >> 4];
    text += "0123456789abcdef"[static_cast<std::uint8_t>(c) & 15];
  }
  text.resize(digits);
  return text;
}

std::string Persona::uuid(std::string_view what) const {
  std::string text = hex(what, 32);
  text[12] = '4';
  text[16] = "89ab"[number(what, 1) & 3];
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

std::string_view Persona::pick(std::string_view what, std::span<const std::string_view> texts) const {
  assert(!texts.empty());
  return texts[number(what) % texts.size()];
}

}  // namespace nightjar
