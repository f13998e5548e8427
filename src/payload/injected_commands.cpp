#include <algorithm>

#include "payload/malware_urls.hpp"
#include "payload/payload_pieces.hpp"
#include "payload/shell_lexer.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMostInjected = 256;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == npos ? std::string_view{} : text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

class Injections {
 public:
  void add(std::string_view command) {
    command = trimmed(command);
    const bool says_something =
        std::any_of(command.begin(), command.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    if (says_something && commands_.size() < kMostInjected) commands_.emplace_back(command);
  }

  /// Header lines; behind a function as their value stands what bash would run (shellshock, CVE-2014-6271).
  void add_lines(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      const std::size_t function = line.find(": () {"), body_end = function == npos ? npos : line.find('}', function);
      if (body_end != npos)
        add(line.substr(std::min(line.find_first_not_of(" ;", body_end + 1), line.size())));
      else
        add_substitutions(line);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  /// `$(...)` and backquotes with an end, and OGNL's #cmd.
  void add_substitutions(std::string_view text) {
    constexpr std::string_view kOgnl = "#cmd='";
    bool no_parenthesis = false, no_backquote = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '`' && !no_backquote) {
        const std::size_t end = end_of_backquotes(text, at);
        no_backquote = end == npos;
        if (no_backquote) continue;
        add(text.substr(at + 1, end - at - 2));
        at = end - 1;
      } else if (text.substr(at, 2) == "$(" && text.substr(at, 3) != "$((" && !no_parenthesis) {
        const std::size_t end = end_of_parentheses(text, at);
        no_parenthesis = end == npos;
        if (no_parenthesis) continue;
        add(text.substr(at + 2, end - at - 3));
        at = end - 1;
      } else if (text.substr(at, kOgnl.size()) == kOgnl) {
        const std::size_t end = text.find('\'', at + kOgnl.size());
        if (end == npos) return;
        add(text.substr(at + kOgnl.size(), end - at - kOgnl.size()));
        at = end;
      }
    }
  }

  std::vector<std::string> take() { return std::move(commands_); }

 private:
  std::vector<std::string> commands_;
};

void read_http(std::string_view bytes, Injections& injections) {
  for (const Piece& piece : payload_pieces(bytes)) {
    const std::string text = decoded(piece);
    constexpr std::string_view kShell = "/shell?";
    if (piece.kind == PieceKind::target && text.starts_with(kShell))
      injections.add(std::string_view(text).substr(kShell.size()));
    else if (text.find(": () {") != npos)
      injections.add_lines(text);
    else
      injections.add_substitutions(text);
  }
}

/// Messages of 24 bytes and their data (AOSP, adb/protocol.txt): OPEN's data is the service and its arguments.
void read_debug_bridge(std::string_view bytes, Injections& injections) {
  constexpr std::size_t kHeader = 24, kSizeAt = 12;
  for (std::size_t at = 0; at + kHeader <= bytes.size();) {
    std::size_t size = 0;
    for (std::size_t i = 4; i-- > 0;) size = size << 8 | static_cast<std::uint8_t>(bytes[at + kSizeAt + i]);
    const std::string_view data = bytes.substr(at + kHeader, size);
    if (bytes.substr(at, 4) == "OPEN") {
      for (const std::string_view service : {"shell:", "exec:"})
        if (data.starts_with(service)) injections.add(data.substr(service.size(), data.find('\0') - service.size()));
    }
    at += kHeader + data.size();
  }
}

}  // namespace

std::vector<std::string> injected_commands(std::span<const std::uint8_t> payload) {
  const std::string_view bytes(reinterpret_cast<const char*>(payload.data()), payload.size());
  Injections injections;
  if (bytes.starts_with("CNXN") || bytes.starts_with("OPEN"))
    read_debug_bridge(bytes, injections);
  else if (is_http_request(bytes))
    read_http(bytes, injections);
  return injections.take();
}

}  // namespace nightjar
