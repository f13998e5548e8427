#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace nightjar::budget {

/// The key of a SipHash. Drawn anew in every run and told to nobody: who knew it could choose addresses that share a place.
struct Secret {
  std::uint64_t first = 0, second = 0;
};

/// Out of the system's random numbers.
Secret draw_secret();

/// SipHash-2-4 (Aumasson and Bernstein, 2012): the state and its rounds.
class SipState {
 public:
  explicit constexpr SipState(Secret secret)
      : a_(secret.first ^ 0x736f6d6570736575),
        b_(secret.second ^ 0x646f72616e646f6d),
        c_(secret.first ^ 0x6c7967656e657261),
        d_(secret.second ^ 0x7465646279746573) {}

  /// The next 8 bytes of the message, the first the lowest.
  constexpr void add(std::uint64_t word) {
    d_ ^= word;
    round();
    round();
    a_ ^= word;
  }
  constexpr std::uint64_t finish() {
    c_ ^= 0xff;
    for (int i = 0; i < 4; ++i) round();
    return a_ ^ b_ ^ c_ ^ d_;
  }

 private:
  constexpr void round() {
    a_ += b_;
    c_ += d_;
    b_ = std::rotl(b_, 13) ^ a_;
    d_ = std::rotl(d_, 16) ^ c_;
    a_ = std::rotl(a_, 32);
    c_ += b_;
    a_ += d_;
    b_ = std::rotl(b_, 17) ^ c_;
    d_ = std::rotl(d_, 21) ^ a_;
    c_ = std::rotl(c_, 32);
  }
  std::uint64_t a_, b_, c_, d_;
};

/// Of 8 bytes, the first the lowest of `word`.
constexpr std::uint64_t sip_hash(Secret secret, std::uint64_t word) {
  SipState state(secret);
  state.add(word);
  state.add(std::uint64_t{8} << 56);
  return state.finish();
}

/// Of any bytes.
constexpr std::uint64_t sip_hash(Secret secret, std::span<const std::uint8_t> bytes) {
  SipState state(secret);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= std::uint64_t{bytes[i]} << i % 8 * 8;
    if (i % 8 != 7) continue;
    state.add(word);
    word = 0;
  }
  state.add(word | std::uint64_t{bytes.size()} << 56);
  return state.finish();
}

}  // namespace nightjar::budget
