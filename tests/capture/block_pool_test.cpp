#include "capture/block_pool.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(BlockPool, gives_a_returned_buffer_again) {
  BlockPool pool(1000);
  std::shared_ptr<BlockBytes> first = pool.take(0);
  const BlockBytes* address = first.get();
  EXPECT_EQ(first->bytes.size(), 1000u);
  EXPECT_NE(pool.take(0).get(), address) << "it is in use";
  std::shared_ptr<BlockBytes> other_owner = first;
  first.reset();
  EXPECT_NE(pool.take(0).get(), address) << "somebody else has it";
  other_owner.reset();
  EXPECT_EQ(pool.take(1000).get(), address);
}

TEST(BlockPool, does_not_keep_larger_buffers) {
  BlockPool pool(1000);
  EXPECT_EQ(pool.take(5000)->bytes.size(), 5000u);
  EXPECT_EQ(pool.take(0)->bytes.size(), 1000u);
}

TEST(BlockPool, may_go_before_its_buffers) {
  std::shared_ptr<BlockBytes> left;
  {
    BlockPool pool(1000);
    left = pool.take(0);
  }
  left->bytes[999] = 1;
  EXPECT_EQ(left->bytes.size(), 1000u);
}

}  // namespace
}  // namespace nightjar
