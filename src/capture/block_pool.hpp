#pragma once
#include <cstddef>
#include <memory>

#include "capture/reader.hpp"

namespace nightjar {

/// Gives out buffers and takes them back when their last owner, in whatever thread, lets go: a buffer's pages are
/// touched for the first time once, not once a megabyte. The buffers may outlive the pool.
class BlockPool {
 public:
  /// Buffers kept for later; the others are freed.
  static constexpr std::size_t kKept = 32;

  explicit BlockPool(std::size_t block_bytes);
  /// A buffer of max(block_bytes, `at_least`) bytes with anything in them. Larger ones are not kept.
  std::shared_ptr<BlockBytes> take(std::size_t at_least);

 private:
  struct Shelf;
  std::size_t block_bytes_;
  std::shared_ptr<Shelf> shelf_;
};

}  // namespace nightjar
