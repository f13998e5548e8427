#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

/// Commands out of Redis' protocol as they come in pieces: arrays of bulk strings, or a line of words. Of a command the first kMostWords
/// words are kept, of a word the first kLongestWord bytes; the rest is read over.
class RespReader {
 public:
  static constexpr std::size_t kMostWords = 16, kLongestWord = 256;
  static constexpr std::uint32_t kMostInCommand = 1'048'576, kLongestBulk = 536'870'912;  ///< as redis-server has them (proto-max-bulk-len)

  /// Takes bytes from the front of `bytes`. True: `words()` is a command, perhaps an empty one; call again with the rest.
  bool take(std::string_view& bytes);
  const std::vector<std::string>& words() const { return words_; }
  bool failed() const { return failed_; }  ///< what came is not the protocol; nothing more will be read

 private:
  enum class State : std::uint8_t { start, bulk_head, bulk, bulk_end };
  bool end_line();
  static bool count_of(std::string_view text, std::uint32_t most, std::uint32_t& count);
  bool end_bulk();
  void split_line();

  std::vector<std::string> words_;
  std::string line_;
  std::uint32_t wanted_ = 0, seen_ = 0, bulk_left_ = 0;
  State state_ = State::start;
  bool over_ = false, failed_ = false;
};

}  // namespace nightjar
