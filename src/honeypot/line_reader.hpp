#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nightjar {

/// Lines out of bytes that come in pieces. Ends are LF, CR LF, CR NUL or CR; what is longer than the bound is cut. One line at a time.
class LineReader {
 public:
  explicit LineReader(std::size_t longest) : longest_(static_cast<std::uint32_t>(longest)) {}

  /// Takes bytes from the front of `bytes` up to a line's end. True: `line()` is complete; call again with the rest.
  bool take(std::string_view& bytes) {
    if (over_) line_.clear(), over_ = false;
    while (!bytes.empty()) {
      const char c = bytes.front();
      bytes.remove_prefix(1);
      const bool second = after_cr_ && (c == '\n' || c == '\0');
      after_cr_ = c == '\r';
      if (second) continue;
      if (c == '\n' || c == '\r') return over_ = true;
      if (line_.size() < longest_) line_ += c;
    }
    return false;
  }
  const std::string& line() const { return line_; }

 private:
  std::string line_;
  std::uint32_t longest_;
  bool over_ = false, after_cr_ = false;
};

}  // namespace nightjar
