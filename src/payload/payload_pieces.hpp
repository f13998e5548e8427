#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

/// How the text of a piece is to be read.
enum class PieceKind : std::uint8_t {
  plain,   ///< lines, header fields, XML: as it stands, entities decoded
  target,  ///< of an HTTP request: percent codes and plus signs
  form,    ///< a body of names and values, coded as a target
  json     ///< a body of JSON
};

/// A stretch of text of a payload.
struct Piece {
  PieceKind kind = PieceKind::plain;
  std::string_view text;
  std::size_t at = 0;  ///< offset in the payload
  bool open = false;   ///< reaches the end of the payload without an end of its own: it may have been longer
};

/// The texts of a payload in their order: targets, header lines and bodies of HTTP requests (several after each other too), and of
/// everything else the stretches of printable ASCII and UTF-8 that control characters or other bytes interrupt, from 4 bytes on. Views
/// into the payload.
std::vector<Piece> payload_pieces(std::string_view payload);

/// The payload begins with an HTTP request line, or with the beginning of one.
bool is_http_request(std::string_view payload);

/// The text as its receiver would read it.
std::string decoded(const Piece& piece);

}  // namespace nightjar
