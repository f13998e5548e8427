#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace nightjar {

/// Memory that a text holds outside of its object.
inline std::size_t heap_bytes_of(const std::string& text) { return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0; }

/// One direction of a TCP connection, put together from segments in the order in which they were captured. Sequence numbers count modulo
/// 2^32 (RFC 9293 3.4) and may be any: what lies too far ahead to be of the connection is ignored.
///
/// Where segments overlap, the bytes seen first stay. What was in order the receiver's program has read by then, and nothing that is sent
/// later can change it; a sender whose repeated bytes differ wants to show a reader of captures something else than the receiver got.
///
/// Memory: at most two times `most_kept` bytes of text and kMostPieces pieces, whatever comes.
class TcpStream {
 public:
  /// Pieces behind a gap that are kept apart; a piece more is taken as if it had not come. One gap of a connection with lost packets
  /// makes one, however many segments follow it.
  static constexpr std::size_t kMostPieces = 64;
  /// What lies further ahead of the last byte in order is of no window (RFC 7323 2.3: at most 2^30 bytes).
  static constexpr std::uint32_t kFarthestAhead = 1U << 30;

  /// Keeps the first `most_kept` bytes; what follows is only counted.
  explicit TcpStream(std::size_t most_kept) : most_kept_(most_kept) {}

  /// The number of the first byte, before any is added. `surely`: nothing comes before it (it follows a SYN).
  void begin(std::uint32_t first, bool surely);
  bool begun() const { return begun_; }

  /// A segment: `bytes`, and behind them `missing` more that the capture lacks. Returns by how much `text` grew. After `begin`.
  std::size_t add(std::uint32_t sequence, std::span<const std::uint8_t> bytes, std::uint32_t missing);
  /// A FIN stands at this number: what comes behind it nobody reads. Ignored where it lies before what is there, or too far ahead.
  void end(std::uint32_t sequence);
  /// The other side has all before this number, so it was sent, seen or not.
  void acknowledged(std::uint32_t sequence);

  /// Bytes from the first up to the first gap, or to one that the capture lacks, or `most_kept`.
  const std::string& text() const { return text_; }
  /// Bytes that came, kept or not, also behind gaps; repeated ones once.
  std::uint64_t bytes() const { return in_order_ + apart_; }
  /// `text` is not all that was sent.
  bool cut() const;
  bool finished() const { return fin_known_; }
  /// Whether the number is one of what was sent: between the first byte and what follows the last one or the FIN.
  bool has_sent(std::uint32_t sequence) const;
  /// Whether the number is that of the next byte in order, or within what came behind a gap: where a RST may stand (RFC 9293 3.10.7.4
  /// wants exactly the next one; a capture may lack what the receiver had).
  bool at_end(std::uint32_t sequence) const;
  /// Bytes of memory beside the object itself.
  std::size_t heap_bytes() const;

 private:
  /// Bytes [begin, end) of the stream, of which the first are known.
  struct Piece {
    std::uint64_t begin, end;
    std::string text;
  };

  /// Place of a number in the stream, as seen from the edge; below 0: before the first byte.
  std::int64_t offset_of(std::uint32_t sequence) const {
    return static_cast<std::int64_t>(in_order_) + static_cast<std::int32_t>(sequence - (first_ + static_cast<std::uint32_t>(in_order_)));
  }
  std::uint64_t reach() const { return pieces_.empty() ? in_order_ : pieces_.back().end; }
  void fill(std::uint64_t begin, std::uint64_t end, std::string_view text);
  void place(std::size_t at, std::uint64_t begin, std::uint64_t end, std::string_view text);
  void extend(std::uint64_t size, std::string_view text);
  void append(Piece& piece, std::uint64_t size, std::string_view text) const;

  std::size_t most_kept_;
  std::string text_;
  std::vector<Piece> pieces_;   ///< behind a gap, ascending, never touching each other or the edge
  std::uint64_t in_order_ = 0;  ///< bytes up to the first gap: the edge
  std::uint64_t apart_ = 0;     ///< bytes of the pieces
  std::uint64_t sent_ = 0;      ///< bytes known to have been sent, in order
  std::uint64_t fin_at_ = 0;    ///< place of the FIN
  std::uint32_t first_ = 0;
  bool begun_ = false, surely_ = false, fin_known_ = false;
  bool text_ends_ = false;      ///< a byte that is in order is not in `text_`: no other may follow
  bool front_missing_ = false;  ///< bytes came that belong before the first
};

}  // namespace nightjar
