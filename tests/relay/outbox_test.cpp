#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>

#include "relay/inbox_client.hpp"
#include "relay/inbox_server.hpp"
#include "relay/segment_outbox.hpp"
#include "relay/segment_sender.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kBegun = 1'800'000'000'000'000'000, kDay = 86'400'000'000'000;

/// Writes a closed segment of a day; its name.
std::string segment(const TempFolder& folder, std::int64_t day, const std::string& content, const std::string& sensor = "alpha") {
  const std::string name = segment_name(sensor, kBegun + day * kDay, 0) + ".zst";
  folder.write(name, content);
  return name;
}

SegmentOutbox open(const TempFolder& folder) {
  auto outbox = SegmentOutbox::open(folder.path(), "alpha");
  EXPECT_TRUE(outbox) << outbox.error().sentence;
  return *std::move(outbox);
}

std::vector<std::string> names(const SegmentOutbox& outbox) {
  std::vector<std::string> list;
  const auto waiting = outbox.waiting();
  EXPECT_TRUE(waiting);
  for (const Segment& one : waiting.value()) list.push_back(one.path.filename());
  return list;
}

TEST(SegmentOutbox, ClosedSegmentsOfTheSensorWaitTheOldestFirst) {
  TempFolder folder;
  const std::string second = segment(folder, 2, "second"), first = segment(folder, 1, "first");
  segment(folder, 1, "another's", "beta");
  folder.write(segment_name("alpha", kBegun + 3 * kDay, 0), "still open");
  EXPECT_THAT(names(open(folder)), ElementsAre(first, second));
}

TEST(SegmentOutbox, WhatWasAcknowledgedDoesNotWaitAgain) {
  TempFolder folder;
  const std::string first = segment(folder, 1, "first"), second = segment(folder, 2, "second");
  SegmentOutbox outbox = open(folder);
  ASSERT_TRUE(outbox.acknowledged(outbox.waiting().value()[0]));
  EXPECT_THAT(names(outbox), ElementsAre(second));
  EXPECT_THAT(names(open(folder)), ElementsAre(second));
  // Other bytes under the name are another segment.
  folder.write(first, "first, and more");
  EXPECT_THAT(names(open(folder)), ElementsAre(first, second));
}

TEST(SegmentOutbox, OnlyWhatArrivedIsEverDeleted) {
  TempFolder folder;
  segment(folder, 1, "first");
  const std::string second = segment(folder, 2, "second");
  SegmentOutbox outbox = open(folder);
  ASSERT_TRUE(outbox.acknowledged(outbox.waiting().value()[0]));
  EXPECT_EQ(outbox.forget_sent(kBegun + 3 * kDay, 7).value(), 0U);
  EXPECT_EQ(outbox.forget_sent(kBegun + 900 * kDay, 7).value(), 1U);
  EXPECT_THAT(names(outbox), ElementsAre(second));
  EXPECT_EQ(outbox.forget_sent(kBegun + 900 * kDay, 0).value(), 0U);
}

TEST(SegmentOutbox, AFolderThatIsNotThereIsToldOf) {
  TempFolder folder;
  const auto outbox = SegmentOutbox::open(folder / "nowhere", "alpha");
  ASSERT_FALSE(outbox);
  EXPECT_THAT(outbox.error().sentence, HasSubstr("is no folder"));
}

/// A central node in memory, which may fail as a test wants.
class PretendedNode : public InboxClient {
 public:
  std::map<std::string, std::string> here;
  std::map<std::string, std::uint64_t> sizes;
  std::function<std::optional<Result<InboxReply>>()> trouble = [] { return std::nullopt; };
  std::size_t bytes = 0;

  Result<InboxReply> ask(const std::string& digest) override {
    if (auto wrong = trouble()) return *wrong;
    return state(digest, 200);
  }
  Result<InboxReply> bring(const std::string& digest, std::uint64_t size, std::uint64_t offset, std::string_view piece) override {
    if (auto wrong = trouble()) return *wrong;
    EXPECT_LE(piece.size(), kPieceBytes);
    sizes[digest] = size;
    if (offset != here[digest].size()) return state(digest, 409);
    here[digest] += piece;
    bytes += piece.size();
    return state(digest, 200);
  }

 private:
  InboxReply state(const std::string& digest, unsigned status) {
    const std::uint64_t have = here[digest].size();
    return {have, have > 0 && have == sizes[digest], status, ""};
  }
};

TEST(SegmentSender, BringsEachSegmentOnceInPieces) {
  TempFolder folder;
  segment(folder, 1, std::string(2 * kPieceBytes + 17, 'x'));
  segment(folder, 2, "small");
  PretendedNode node;
  for (int round = 0; round < 2; ++round) {
    SegmentOutbox outbox = open(folder);
    SegmentSender sender(outbox, node, {.once = true}, [](const std::string&) {});
    ASSERT_TRUE(sender.run(false));
    EXPECT_EQ(sender.counts().segments, round == 0 ? 2U : 0U);
    EXPECT_THAT(names(outbox), IsEmpty());
  }
  EXPECT_EQ(node.bytes, 2 * kPieceBytes + 17 + 5);
}

TEST(SegmentSender, GoesOnWhereTheConnectionBroke) {
  TempFolder folder;
  segment(folder, 1, std::string(5 * kPieceBytes, 'x'));
  PretendedNode node;
  int calls = 0;
  node.trouble = [&]() -> std::optional<Result<InboxReply>> {
    if (++calls == 4) return Result<InboxReply>(Error{"the line is cut"});
    return std::nullopt;
  };
  std::vector<std::string> said;
  SegmentOutbox outbox = open(folder);
  SegmentSender sender(outbox, node, {.once = true}, [&](const std::string& sentence) { said.push_back(sentence); });
  const auto first = sender.run(false);
  ASSERT_FALSE(first);
  EXPECT_THAT(first.error().sentence, HasSubstr("the line is cut"));
  EXPECT_EQ(names(outbox).size(), 1U);
  EXPECT_TRUE(sender.run(false));
  EXPECT_EQ(node.bytes, 5 * kPieceBytes);
  EXPECT_THAT(said, ElementsAre(HasSubstr("wait here"), HasSubstr("again")));
}

TEST(SegmentSender, AsksForTheEndOfASegmentThatIsThereAndNotFinished) {
  TempFolder folder;
  segment(folder, 1, "content");
  class Unfinished : public PretendedNode {
   public:
    Result<InboxReply> ask(const std::string&) override { return InboxReply{7, false, 200, ""}; }
    Result<InboxReply> bring(const std::string&, std::uint64_t size, std::uint64_t offset, std::string_view piece) override {
      return InboxReply{7, size == 7 && offset == 7 && piece.empty(), 200, ""};
    }
  } node;
  SegmentOutbox outbox = open(folder);
  SegmentSender sender(outbox, node, {.once = true}, [](const std::string&) {});
  EXPECT_TRUE(sender.run(false));
  EXPECT_THAT(names(outbox), IsEmpty());
}

TEST(SegmentSender, ASegmentThatIsNeverTakenDoesNotHoldUpTheOthers) {
  TempFolder folder;
  const std::string first = segment(folder, 1, "too large");
  segment(folder, 2, "fine");
  PretendedNode node;
  int calls = 0;
  node.trouble = [&]() -> std::optional<Result<InboxReply>> {
    if (++calls == 2) return Result<InboxReply>(InboxReply{0, false, 413, "too large"});
    return std::nullopt;
  };
  SegmentOutbox outbox = open(folder);
  SegmentSender sender(outbox, node, {.once = true}, [](const std::string&) {});
  EXPECT_FALSE(sender.run(false));
  EXPECT_THAT(names(outbox), ElementsAre(first));
  EXPECT_EQ(sender.counts().segments, 1U);
}

TEST(SegmentSender, AnUnknownTokenEndsIt) {
  TempFolder folder;
  segment(folder, 1, "content");
  PretendedNode node;
  node.trouble = [] { return std::optional(Result<InboxReply>(InboxReply{0, false, 401, "no sensor has this token"})); };
  SegmentOutbox outbox = open(folder);
  SegmentSender sender(outbox, node, {}, [](const std::string&) {});
  const auto done = sender.run(false);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().sentence, HasSubstr("token"));
}

TEST(SegmentSender, ANodeThatAnswersNonsenseIsNotBelieved) {
  TempFolder folder;
  segment(folder, 1, "content");
  PretendedNode node;
  for (const InboxReply& nonsense :
       {InboxReply{0, false, 200, ""}, InboxReply{1 << 20, false, 200, ""}, InboxReply{0, false, 503, "later"}}) {
    node.trouble = [&] { return std::optional(Result<InboxReply>(nonsense)); };
    SegmentOutbox outbox = open(folder);
    SegmentSender sender(outbox, node, {.once = true}, [](const std::string&) {});
    EXPECT_FALSE(sender.run(false));
    EXPECT_EQ(names(outbox).size(), 1U);
  }
}

}  // namespace
}  // namespace nightjar
