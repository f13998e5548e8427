#pragma once
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace nightjar {

/// Keeps the characters that rows point to. Views stay valid for as long as the keep lives, also when it is moved.
class TextKeep {
 public:
  std::string_view keep(std::string text) {
    if (text.empty()) return {};
    bytes_ += sizeof(std::string) + text.capacity();
    texts_->push_back(std::move(text));
    return texts_->back();
  }
  /// Memory held, in bytes.
  std::size_t bytes() const { return bytes_; }

 private:
  std::unique_ptr<std::deque<std::string>> texts_ = std::make_unique<std::deque<std::string>>();
  std::size_t bytes_ = 0;
};

}  // namespace nightjar
