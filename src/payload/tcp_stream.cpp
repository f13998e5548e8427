#include "payload/tcp_stream.hpp"

#include <algorithm>
#include <cassert>

namespace nightjar {
namespace {

/// What of `text`, which stands at `begin`, lies at or behind `from`.
std::string_view from_place(std::string_view text, std::uint64_t begin, std::uint64_t from) {
  const std::uint64_t skip = from - begin;
  return skip >= text.size() ? std::string_view() : text.substr(skip);
}

}  // namespace

void TcpStream::begin(std::uint32_t first, bool surely) {
  assert(bytes() == 0);
  first_ = first;
  begun_ = true;
  surely_ = surely;
}

std::size_t TcpStream::add(std::uint32_t sequence, std::span<const std::uint8_t> bytes, std::uint32_t missing) {
  assert(begun_);
  const std::size_t kept_before = text_.size();
  std::int64_t begin = offset_of(sequence);
  if (begin - static_cast<std::int64_t>(in_order_) > std::int64_t{kFarthestAhead}) return 0;
  std::uint64_t size = bytes.size() + std::uint64_t{missing};
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (begin < 0) {
    // Behind a SYN only a keep-alive stands there (RFC 9293 3.8.4); else the capture began in the middle.
    if (!surely_ && size > 0) front_missing_ = true;
    const auto before = static_cast<std::uint64_t>(-begin);
    if (before >= size) return 0;
    text = from_place(text, 0, before);
    size -= before;
    begin = 0;
  }
  auto end = static_cast<std::uint64_t>(begin) + size;
  if (fin_known_) end = std::min(end, fin_at_);
  fill(static_cast<std::uint64_t>(begin), end, text);
  return text_.size() - kept_before;
}

/// Puts what is new of [begin, end) where it belongs: between the edge and the pieces.
void TcpStream::fill(std::uint64_t begin, std::uint64_t end, std::string_view text) {
  const std::uint64_t text_at = begin;
  begin = std::max(begin, in_order_);
  while (begin < end) {
    const auto next = std::partition_point(pieces_.begin(), pieces_.end(), [&](const Piece& piece) { return piece.end <= begin; });
    if (next != pieces_.end() && next->begin <= begin) {
      begin = next->end;
      continue;
    }
    const std::uint64_t gap_end = next != pieces_.end() ? std::min(end, next->begin) : end;
    const std::string_view there = from_place(text, text_at, begin).substr(0, gap_end - begin);
    if (begin == in_order_)
      extend(gap_end - begin, there);
    else
      place(static_cast<std::size_t>(next - pieces_.begin()), begin, gap_end, there);
    begin = gap_end;
  }
  std::size_t reached = 0;
  for (; reached < pieces_.size() && pieces_[reached].begin == in_order_; ++reached) {
    const Piece& piece = pieces_[reached];
    apart_ -= piece.end - piece.begin;
    extend(piece.end - piece.begin, piece.text);
  }
  pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(reached));
}

/// A gap's part that is new; `at` is the first piece behind it.
void TcpStream::place(std::size_t at, std::uint64_t begin, std::uint64_t end, std::string_view text) {
  const bool follows = at > 0 && pieces_[at - 1].end == begin;
  const bool leads = at < pieces_.size() && pieces_[at].begin == end;
  if (!follows && !leads && pieces_.size() >= kMostPieces) {
    sent_ = std::max(sent_, end);
    return;
  }
  apart_ += end - begin;
  if (!follows) {
    Piece piece{begin, begin, {}};
    append(piece, end - begin, text);
    pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(at), std::move(piece));
  } else {
    append(pieces_[--at], end - begin, text);
  }
  if (!leads) return;
  append(pieces_[at], pieces_[at + 1].end - end, pieces_[at + 1].text);
  pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
}

void TcpStream::append(Piece& piece, std::uint64_t size, std::string_view text) const {
  if (piece.text.size() == piece.end - piece.begin && piece.end < most_kept_) piece.text += text.substr(0, most_kept_ - piece.end);
  piece.end += size;
}

void TcpStream::extend(std::uint64_t size, std::string_view text) {
  if (!text_ends_) text_ += text.substr(0, most_kept_ - text_.size());
  in_order_ += size;
  text_ends_ = text_.size() < in_order_;
}

void TcpStream::end(std::uint32_t sequence) {
  const std::int64_t at = offset_of(sequence);
  const auto edge = static_cast<std::int64_t>(in_order_);
  if (!begun_ || fin_known_ || at < edge || at - edge > std::int64_t{kFarthestAhead}) return;
  fin_known_ = true;
  fin_at_ = static_cast<std::uint64_t>(at);
  sent_ = std::max(sent_, fin_at_);
}

void TcpStream::acknowledged(std::uint32_t sequence) {
  const std::int64_t at = offset_of(sequence);
  if (!begun_ || at <= static_cast<std::int64_t>(in_order_) || at - static_cast<std::int64_t>(in_order_) > std::int64_t{kFarthestAhead})
    return;
  // The last number may be that of a FIN, which the capture may lack too.
  sent_ = std::max(sent_, static_cast<std::uint64_t>(at) - 1);
}

bool TcpStream::cut() const { return text_.size() < std::max(sent_, reach()) || front_missing_; }

bool TcpStream::has_sent(std::uint32_t sequence) const {
  const std::int64_t at = offset_of(sequence);
  return begun_ && at >= 0 && static_cast<std::uint64_t>(at) <= std::max(sent_, reach()) + (fin_known_ ? 1 : 0);
}

bool TcpStream::at_end(std::uint32_t sequence) const {
  return has_sent(sequence) && offset_of(sequence) >= static_cast<std::int64_t>(in_order_);
}

std::size_t TcpStream::heap_bytes() const {
  std::size_t bytes = heap_bytes_of(text_) + pieces_.capacity() * sizeof(Piece);
  for (const Piece& piece : pieces_) bytes += heap_bytes_of(piece.text);
  return bytes;
}

}  // namespace nightjar
