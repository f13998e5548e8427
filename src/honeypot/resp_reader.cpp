#include "honeypot/resp_reader.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr std::size_t kLongestLine = 1'024;

}  // namespace

bool RespReader::take(std::string_view& bytes) {
  if (over_) words_.clear(), over_ = false;
  while (!bytes.empty() && !failed_) {
    if (state_ == State::bulk) {
      const std::size_t length = std::min<std::size_t>(bulk_left_, bytes.size());
      if (seen_ <= kMostWords) {
        std::string& word = words_.back();
        word += bytes.substr(0, std::min(length, kLongestWord - word.size()));
      }
      bulk_left_ -= static_cast<std::uint32_t>(length);
      bytes.remove_prefix(length);
      if (bulk_left_ == 0) state_ = State::bulk_end, bulk_left_ = 2;
      continue;
    }
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (state_ == State::bulk_end) {  // the two bytes behind a bulk, whatever they are
      if (--bulk_left_ == 0 && end_bulk()) return true;
      continue;
    }
    if (c != '\n') {
      if (line_.size() < kLongestLine)
        line_ += c;
      else
        failed_ = true;
      continue;
    }
    if (line_.ends_with('\r')) line_.pop_back();
    if (end_line()) return true;
  }
  return false;
}

bool RespReader::end_line() {
  std::string line;
  line.swap(line_);
  if (state_ == State::bulk_head) {
    if (!line.starts_with('$') || !count_of(std::string_view(line).substr(1), kLongestBulk, bulk_left_)) return failed_ = true, false;
    ++seen_;
    if (seen_ <= kMostWords) words_.emplace_back();
    state_ = bulk_left_ > 0 ? State::bulk : State::bulk_end;
    if (bulk_left_ == 0) bulk_left_ = 2;
    return false;
  }
  if (line.starts_with('*')) {
    seen_ = 0;
    if (!count_of(std::string_view(line).substr(1), kMostInCommand, wanted_)) return failed_ = true, false;
    if (wanted_ == 0) return over_ = true;
    state_ = State::bulk_head;
    return false;
  }
  line_ = line;
  split_line();
  line_.clear();
  return over_ = true;
}

bool RespReader::end_bulk() {
  state_ = seen_ < wanted_ ? State::bulk_head : State::start;
  return over_ = seen_ >= wanted_;
}

bool RespReader::count_of(std::string_view text, std::uint32_t most, std::uint32_t& count) {
  count = 0;
  if (text.empty() || text.size() > 10) return false;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  count = static_cast<std::uint32_t>(std::min<std::uint64_t>(value, most));
  return value <= most;
}

/// Words between blanks; quotes are left out of them.
void RespReader::split_line() {
  for (std::string_view rest = line_; words_.size() < kMostWords;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\""), rest.size()));
    if (rest.empty()) return;
    const std::size_t end = std::min(rest.find_first_of(" \t\""), rest.size());
    words_.emplace_back(rest.substr(0, std::min(end, kLongestWord)));
    rest.remove_prefix(end);
  }
}

}  // namespace nightjar
