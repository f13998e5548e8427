#include "capture/block_pool.hpp"

#include <algorithm>
#include <mutex>

namespace nightjar {

struct BlockPool::Shelf {
  std::mutex mutex;
  std::vector<std::unique_ptr<BlockBytes>> free;
};

BlockPool::BlockPool(std::size_t block_bytes) : block_bytes_(block_bytes), shelf_(std::make_shared<Shelf>()) {
  shelf_->free.reserve(kKept);
}

std::shared_ptr<BlockBytes> BlockPool::take(std::size_t at_least) {
  std::unique_ptr<BlockBytes> block;
  if (at_least <= block_bytes_) {
    const std::lock_guard lock(shelf_->mutex);
    if (!shelf_->free.empty()) {
      block = std::move(shelf_->free.back());
      shelf_->free.pop_back();
    }
  }
  if (!block) {
    block = std::make_unique<BlockBytes>();
    block->bytes.resize(std::max(block_bytes_, at_least));
  }
  return {block.release(), [shelf = shelf_, kept_bytes = block_bytes_](BlockBytes* returned) {
            std::unique_ptr<BlockBytes> owned(returned);
            if (owned->bytes.size() != kept_bytes) return;
            const std::lock_guard lock(shelf->mutex);
            if (shelf->free.size() < kKept) shelf->free.push_back(std::move(owned));
          }};
}

}  // namespace nightjar
