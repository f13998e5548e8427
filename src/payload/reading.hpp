#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "payload/conversation.hpp"

namespace nightjar {

class Recogniser;

/// What was read in a conversation or a datagram, in the form of the columns of `sessions` and `payloads`: printable UTF-8, other
/// bytes escaped (schema/honeypot_columns.cpp says how).
struct Reading {
  /// Of logins, of commands and of urls: what stands behind is in the payload all the same, and rows stay small.
  static constexpr std::size_t kMostBytes = 16'384;

  std::string logins;      ///< one attempt a line
  std::string commands;    ///< one a line
  std::string tags;        ///< ids of signatures, each once, separated by blanks
  std::string urls;        ///< each once, separated by blanks
  std::string injections;  ///< one a line
};

/// Reads a conversation with a honeypot. Cost in proportion to its bytes, which are bounded.
Reading read_conversation(const Conversation& conversation, Recogniser& recogniser);

/// Reads the payload of a UDP datagram: tags and urls.
Reading read_datagram(std::span<const std::uint8_t> payload, std::uint16_t port, Recogniser& recogniser);

}  // namespace nightjar
