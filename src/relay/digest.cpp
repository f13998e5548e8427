#include "relay/digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>

#include "base/result.hpp"

namespace nightjar {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) { EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }

std::string Sha256::finish() {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_DigestFinal_ex(state_->context, digest.data(), &length);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 15U];
  }
  return text;
}

bool Sha256::is_digest(std::string_view text) {
  return text.size() == kDigits &&
         std::ranges::all_of(text, [](char sign) { return (sign >= '0' && sign <= '9') || (sign >= 'a' && sign <= 'f'); });
}

Result<std::string> digest_of_file(const std::filesystem::path& file) {
  std::ifstream input(file, std::ios::binary);
  if (!input) return errno_error("cannot read " + file.string(), errno);
  Sha256 digest;
  std::string buffer(1 << 20, '\0');
  while (input) {
    input.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    digest.add({buffer.data(), static_cast<std::size_t>(input.gcount())});
  }
  if (input.bad()) return errno_error("cannot read " + file.string(), errno);
  return digest.finish();
}

}  // namespace nightjar
