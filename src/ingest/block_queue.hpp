#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "capture/reader.hpp"

namespace nightjar {

/// Blocks on their way from the reading thread to the workers: a bounded queue, so that a slow worker slows the reader down
/// instead of filling the memory.
class BlockQueue {
 public:
  explicit BlockQueue(std::size_t capacity) : capacity_(capacity) {}

  void push(PacketBlock block) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return blocks_.size() < capacity_; });
    blocks_.push_back(std::move(block));
    changed_.notify_all();
  }
  /// A block to fill: one that was worked on, if there is one, so that its memory is used again.
  PacketBlock fresh() {
    const std::lock_guard lock(mutex_);
    if (used_.empty()) return {};
    PacketBlock block = std::move(used_.back());
    used_.pop_back();
    return block;
  }
  /// The next block; nothing once the queue is closed and empty. Each must be given back with `done`.
  std::optional<PacketBlock> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !blocks_.empty() || closed_; });
    if (blocks_.empty()) return std::nullopt;
    PacketBlock block = std::move(blocks_.front());
    blocks_.pop_front();
    ++at_work_;
    changed_.notify_all();
    return block;
  }
  void done(PacketBlock block) {
    block.storage.reset();
    const std::lock_guard lock(mutex_);
    used_.push_back(std::move(block));
    --at_work_;
    changed_.notify_all();
  }
  /// Blocks until every block pushed has been worked on.
  void drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return blocks_.empty() && at_work_ == 0; });
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PacketBlock> blocks_;
  std::vector<PacketBlock> used_;
  const std::size_t capacity_;
  std::size_t at_work_ = 0;
  bool closed_ = false;
};

}  // namespace nightjar
