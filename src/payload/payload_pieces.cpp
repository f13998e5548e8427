#include "payload/payload_pieces.hpp"

#include <algorithm>
#include <array>

#include "payload/decoded_text.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kShortestStretch = 4, kMostPieces = 4'096;

/// Length of the method and its blank at the beginning of `line`; 0: no request line.
std::size_t method_length(std::string_view line) {
  constexpr std::array<std::string_view, 13> kMethods = {"GET ",     "POST ",  "PUT ",   "HEAD ",     "OPTIONS ", "DELETE ", "PATCH ",
                                                         "CONNECT ", "TRACE ", "MKCOL ", "PROPFIND ", "MOVE ",    "COPY "};
  for (const std::string_view method : kMethods)
    if (line.starts_with(method)) return method.size();
  return 0;
}

bool is_target_begin(char c) { return c == '/' || c == '*' || c == '?' || (c >= 'a' && c <= 'z') || c == '%'; }

bool is_request_line(std::string_view text) {
  const std::size_t method = method_length(text.substr(0, 16));
  if (method == 0) return false;
  // "OPTIONS sip:", "GET k" of memcached: only a line that says HTTP, or that is cut off before it could.
  const std::size_t end = text.find('\n', method);
  const std::string_view target = text.substr(method, end == npos ? npos : end - method);
  if (target.empty() || !is_target_begin(target[0])) return false;
  return target[0] == '/' || target.find("HTTP/") != npos;
}

/// Length of the UTF-8 sequence at `at`; 0: none. `short_of_bytes`: the text ends within it.
std::size_t utf8_length(std::string_view text, std::size_t at, bool& short_of_bytes) {
  const auto first = static_cast<std::uint8_t>(text[at]);
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i == text.size()) {
      short_of_bytes = true;
      return 0;
    }
    if ((static_cast<std::uint8_t>(text[at + i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

class Cutter {
 public:
  explicit Cutter(std::string_view payload) : payload_(payload) {}

  std::vector<Piece> cut() {
    std::size_t at = 0;
    while (at < payload_.size() && pieces_.size() < kMostPieces) {
      if (is_request_line(payload_.substr(at))) {
        at = request(at);
        continue;
      }
      const std::size_t next = next_request(at);
      stretches(at, next);
      at = next;
    }
    return std::move(pieces_);
  }

 private:
  /// Begin of the next line that is a request line, or the payload's end.
  std::size_t next_request(std::size_t at) const {
    for (at = payload_.find('\n', at); at != npos; at = payload_.find('\n', at + 1))
      if (is_request_line(payload_.substr(at + 1))) return at + 1;
    return payload_.size();
  }

  void add(PieceKind kind, std::size_t begin, std::size_t end, bool open) {
    if (end > begin) pieces_.push_back({kind, payload_.substr(begin, end - begin), begin, open});
  }

  std::size_t request(std::size_t at) {
    const std::size_t begin = at + method_length(payload_.substr(at));
    const std::size_t line_end = std::min(payload_.find('\n', at), payload_.size());
    std::size_t end = line_end;
    bool open = line_end == payload_.size();
    if (const std::size_t version = payload_.substr(begin, line_end - begin).rfind(" HTTP/"); version != npos) {
      end = begin + version;
      open = false;
    }
    add(PieceKind::target, begin, end, open);
    if (line_end == payload_.size()) return line_end;

    const std::size_t next = next_request(line_end);
    std::size_t body = npos;
    for (std::size_t line = line_end; line < next; line = std::min(payload_.find('\n', line + 1), payload_.size())) {
      const std::string_view rest = payload_.substr(line + 1, 2);
      if (rest.starts_with('\n') || rest == "\r\n") {
        body = line + 1 + (rest[0] == '\n' ? 1 : 2);
        break;
      }
    }
    if (body == npos || body >= next) {
      stretches(line_end + 1, next);
      return next;
    }
    stretches(line_end + 1, body);
    const PieceKind kind = body_kind(payload_.substr(body, next - body));
    if (kind == PieceKind::plain)
      stretches(body, next);
    else
      add(kind, body, next, next == payload_.size());
    return next;
  }

  static PieceKind body_kind(std::string_view body) {
    if (body[0] == '{' || body[0] == '[') return PieceKind::json;
    // name=value: nothing but a name before the first equals sign, and no blank, which a form cannot hold.
    const std::size_t name = body.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-[]%");
    const bool form = name != npos && name > 0 && body[name] == '=' && body.substr(0, body.find_first_of("\r\n")).find(' ') == npos;
    return form ? PieceKind::form : PieceKind::plain;
  }

  void stretches(std::size_t at, std::size_t end) {
    std::size_t begin = at;
    bool short_of_bytes = false;
    const auto stop = [&](bool open) {
      if (at - begin < kShortestStretch || pieces_.size() == kMostPieces) return;
      const std::string_view first = payload_.substr(begin, 2);
      add(first == "{\"" || first == "[\"" ? PieceKind::json : PieceKind::plain, begin, at, open);
    };
    while (at < end) {
      const auto c = static_cast<std::uint8_t>(payload_[at]);
      const bool plain = (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r' || c == '\n';
      const std::size_t length = plain ? 1 : c < 0x80 ? 0 : utf8_length(payload_, at, short_of_bytes);
      if (length > 0) {
        at += length;
        continue;
      }
      stop(short_of_bytes);
      begin = ++at;
    }
    at = end;
    if (begin < at) stop(end == payload_.size());
  }

  std::string_view payload_;
  std::vector<Piece> pieces_;
};

}  // namespace

bool is_http_request(std::string_view payload) { return is_request_line(payload); }

std::vector<Piece> payload_pieces(std::string_view payload) { return Cutter(payload).cut(); }

std::string decoded(const Piece& piece) {
  switch (piece.kind) {
    case PieceKind::target:
    case PieceKind::form: return decode_query(piece.text);
    case PieceKind::json: return decode_json(piece.text);
    case PieceKind::plain: break;
  }
  return has_entities(piece.text) ? decode_entities(piece.text) : std::string(piece.text);
}

}  // namespace nightjar
