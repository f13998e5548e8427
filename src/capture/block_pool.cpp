#include "capture/block_pool.hpp"

#include <algorithm>
#include <mutex>

namespace nightjar {

struct BlockPool::Shelf {
  std::mutex mutex;
  std::vector<std::unique_ptr<BlockBytes>> free;
};

BlockPool::BlockPool() : shelf_(std::make_shared<Shelf>()) { shelf_->free.reserve(kKept); }

std::shared_ptr<BlockBytes> BlockPool::take(std::size_t at_least) {
  std::unique_ptr<BlockBytes> block;
  if (at_least <= kBlockBytes) {
    const std::lock_guard lock(shelf_->mutex);
    if (!shelf_->free.empty()) {
      block = std::move(shelf_->free.back());
      shelf_->free.pop_back();
    }
  }
  if (!block) {
    block = std::make_unique<BlockBytes>();
    block->bytes.resize(std::max(kBlockBytes, at_least));
  }
  return {block.release(), [shelf = shelf_](BlockBytes* returned) {
            std::unique_ptr<BlockBytes> owned(returned);
            if (owned->bytes.size() != kBlockBytes) return;
            const std::lock_guard lock(shelf->mutex);
            if (shelf->free.size() < kKept) shelf->free.push_back(std::move(owned));
          }};
}

}  // namespace nightjar
