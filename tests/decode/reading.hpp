#pragma once
#include <gtest/gtest.h>

#include "decode/decode.hpp"
#include "support/packet_builder.hpp"
#include "support/packet_text.hpp"

namespace nightjar {

using test::ByteVector;
using test::hex;
using test::packet;
using test::raw;
using test::text;
using test::operator+;

inline constexpr std::uint16_t kEthernetLink = 1;
inline constexpr std::uint16_t kRawLink = 101;

/// What decoding a frame gave.
struct Outcome {
  Undecodable reason;
  Packet packet;
};

inline Outcome read(std::uint16_t link_type, const ByteVector& frame, const DecodeOptions& options = {}) {
  Outcome outcome;
  outcome.reason = decode(raw(frame, link_type), options, outcome.packet);
  return outcome;
}

inline Outcome read_ip(const ByteVector& bytes, const DecodeOptions& options = {}) { return read(kRawLink, bytes, options); }

/// The frame decodes to exactly the packet that the builder described.
inline void expect_packet(const test::PacketBuilder& expected, std::uint16_t link_type, const ByteVector& frame,
                          const DecodeOptions& options = {}) {
  const Outcome outcome = read(link_type, frame, options);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(text(expected.decoded()), text(outcome.packet));
}

/// The frame is sound and carries no IP.
inline void expect_not_ip(std::uint16_t link_type, const ByteVector& frame, const DecodeOptions& options = {}) {
  const Outcome outcome = read(link_type, frame, options);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(text(Packet{}), text(outcome.packet));
}

}  // namespace nightjar
