#include "payload/conversation.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(Conversation, KeepsAsMuchAsSessionsPromise) { EXPECT_EQ(kMostClientBytes, 64u * 1024); }

}  // namespace
}  // namespace nightjar
