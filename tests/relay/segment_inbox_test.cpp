#include "relay/segment_inbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "relay/digest.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;

/// Begins as a pcapng, and is otherwise anything.
std::string capture(std::size_t bytes, char fill = 'x') { return "\x0a\x0d\x0d\x0a" + std::string(bytes - 4, fill); }

std::string digest_of(const std::string& content) {
  Sha256 digest;
  digest.add(content);
  return digest.finish();
}

class Inbox : public ::testing::Test {
 protected:
  SegmentInbox open() {
    auto inbox = SegmentInbox::open(folder_ / "alpha", limits_);
    EXPECT_TRUE(inbox) << inbox.error().sentence;
    return *std::move(inbox);
  }
  std::vector<std::string> files(const std::string& name) const {
    std::vector<std::string> list;
    for (const auto& entry : fs::directory_iterator(folder_ / "alpha" / name)) list.push_back(entry.path().filename());
    std::ranges::sort(list);
    return list;
  }
  TempFolder folder_;
  InboxLimits limits_{.segment_bytes = 10'000, .sensor_bytes = 0, .keep_free_bytes = 0, .parts = 2};
};

TEST(Sha256, IsThatOfEverybody) {
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
  TempFolder folder;
  EXPECT_EQ(digest_of_file(folder.write("abc", "abc")).value(), digest_of("abc"));
  EXPECT_FALSE(digest_of_file(folder / "missing"));
}

TEST_F(Inbox, PiecesBecomeASegmentThatIsNamedByItsBytes) {
  const std::string content = capture(1000), digest = digest_of(content);
  SegmentInbox inbox = open();
  EXPECT_EQ(inbox.state(digest).have, 0U);
  InboxState now = inbox.append(digest, 1000, 0, content.substr(0, 400));
  EXPECT_EQ(now.have, 400U);
  EXPECT_FALSE(now.complete);
  EXPECT_TRUE(files("segments").empty());
  now = inbox.append(digest, 1000, 400, content.substr(400));
  EXPECT_TRUE(now.complete);
  EXPECT_EQ(files("segments"), std::vector{digest + ".pcapng"});
  EXPECT_EQ(test::content_of(folder_ / "alpha" / "segments" / (digest + ".pcapng")), content);
  EXPECT_TRUE(files("parts").empty());
}

TEST_F(Inbox, APieceAtAnotherPlaceIsNotTakenAndSaysWhereToGoOn) {
  const std::string content = capture(1000), digest = digest_of(content);
  SegmentInbox inbox = open();
  inbox.append(digest, 1000, 0, content.substr(0, 400));
  for (const std::uint64_t offset : {0ULL, 399ULL, 401ULL, ~0ULL}) {
    const InboxState now = inbox.append(digest, 1000, offset, content.substr(0, 100));
    EXPECT_EQ(now.refusal, Refusal::wrong_offset);
    EXPECT_EQ(now.have, 400U);
  }
  EXPECT_EQ(inbox.append(digest, 1000, 400, content + content).refusal, Refusal::too_large);
  EXPECT_TRUE(inbox.append(digest, 1000, 400, content.substr(400)).complete);
}

TEST_F(Inbox, AnotherRunGoesOnWhereTheLastOneEnded) {
  const std::string content = capture(1000), digest = digest_of(content);
  open().append(digest, 1000, 0, content.substr(0, 400));
  open().append(digest, 1000, 400, content.substr(400, 200));
  SegmentInbox inbox = open();
  EXPECT_EQ(inbox.state(digest).have, 600U);
  EXPECT_TRUE(inbox.append(digest, 1000, 600, content.substr(600)).complete);
}

TEST_F(Inbox, APartThatHasAllItsBytesIsFinishedWhenAsked) {
  const std::string content = capture(1000), digest = digest_of(content);
  open();
  folder_.write("alpha/parts/" + digest + ".part", content);  // killed before the rename
  SegmentInbox inbox = open();
  EXPECT_EQ(inbox.state(digest).have, 1000U);
  EXPECT_FALSE(inbox.state(digest).complete);
  EXPECT_TRUE(inbox.append(digest, 1000, 1000, "").complete);
  EXPECT_EQ(files("segments"), std::vector{digest + ".pcapng"});
}

TEST_F(Inbox, APartThatIsLongerThanItsSegmentIsBegunAnew) {
  const std::string content = capture(1000), digest = digest_of(content);
  open();
  folder_.write("alpha/parts/" + digest + ".part", content + "more");
  SegmentInbox inbox = open();
  EXPECT_EQ(inbox.append(digest, 1000, 1004, "").have, 0U);
  EXPECT_TRUE(inbox.append(digest, 1000, 0, content).complete);
}

TEST_F(Inbox, WhatWasCompleteOnceIsNeverTakenAgain) {
  const std::string content = capture(1000), digest = digest_of(content);
  SegmentInbox inbox = open();
  inbox.append(digest, 1000, 0, content);
  fs::remove(folder_ / "alpha" / "segments" / (digest + ".pcapng"));  // it is in a lake by now
  EXPECT_TRUE(inbox.append(digest, 1000, 0, content).complete);
  EXPECT_TRUE(open().state(digest).complete);
  EXPECT_TRUE(files("segments").empty());
}

TEST_F(Inbox, ACrashBetweenTheRenameAndTheListLosesNothing) {
  const std::string content = capture(1000), digest = digest_of(content), other = digest_of("other");
  open().append(digest, 1000, 0, content);
  fs::remove(folder_ / "alpha" / "taken.list");
  EXPECT_TRUE(open().state(digest).complete);
  folder_.write("alpha/taken.list", other + "\n" + digest.substr(0, 30));  // half a line
  fs::remove(folder_ / "alpha" / "segments" / (digest + ".pcapng"));
  SegmentInbox inbox = open();
  EXPECT_TRUE(inbox.state(other).complete);
  EXPECT_FALSE(inbox.state(digest).complete);
  inbox.append(digest, 1000, 0, content);
  SegmentInbox again = open();
  EXPECT_TRUE(again.state(digest).complete);
  EXPECT_TRUE(again.state(other).complete);
}

TEST_F(Inbox, OtherBytesThanTheNameSaysAreThrownAway) {
  const std::string content = capture(1000), digest = digest_of(content);
  SegmentInbox inbox = open();
  EXPECT_EQ(inbox.append(digest, 1000, 0, capture(1000, 'y')).refusal, Refusal::wrong_content);
  EXPECT_TRUE(files("segments").empty());
  EXPECT_TRUE(files("parts").empty());
  EXPECT_TRUE(inbox.append(digest, 1000, 0, content).complete);
}

TEST_F(Inbox, OnlyADigestBecomesAName) {
  SegmentInbox inbox = open();
  const std::string content = capture(100);
  std::string upper = digest_of(content);
  upper[0] = 'A';
  for (const std::string& name :
       {std::string("../../etc/passwd"), std::string(), std::string(63, 'a'), std::string(65, 'a'), upper, std::string(60, 'a') + "/../"}) {
    EXPECT_EQ(inbox.append(name, 100, 0, content).refusal, Refusal::bad_digest) << name;
    EXPECT_EQ(inbox.state(name).refusal, Refusal::bad_digest);
  }
  EXPECT_TRUE(files("parts").empty());
}

TEST_F(Inbox, WhatIsNoCaptureIsNotBegun) {
  SegmentInbox inbox = open();
  for (const std::string& content : {std::string("#!/bin/sh\n"),
                                     std::string("\x7f"
                                                 "ELF"),
                                     std::string()})
    EXPECT_EQ(inbox.append(digest_of(content), 500, 0, content).refusal, Refusal::no_capture);
  EXPECT_TRUE(files("parts").empty());
  const std::string zstd = "\x28\xb5\x2f\xfd" + std::string(96, 'z');
  EXPECT_TRUE(inbox.append(digest_of(zstd), 100, 0, zstd).complete);
  EXPECT_EQ(files("segments"), std::vector{digest_of(zstd) + ".pcapng.zst"});
}

TEST_F(Inbox, LimitsHoldWhateverTheSensorSays) {
  limits_.sensor_bytes = 2'500;
  SegmentInbox inbox = open();
  EXPECT_EQ(inbox.append(digest_of("large"), 10'001, 0, capture(100)).refusal, Refusal::too_large);
  EXPECT_EQ(inbox.append(digest_of("none"), 0, 0, "").refusal, Refusal::too_large);
  for (const char fill : {'a', 'b'}) EXPECT_TRUE(inbox.append(digest_of(capture(1000, fill)), 1000, 0, capture(1000, fill)).complete);
  const std::string third = capture(1000, 'c');
  EXPECT_EQ(inbox.append(digest_of(third), 1000, 0, third).refusal, Refusal::over_quota);
  fs::remove(folder_ / "alpha" / "segments" / (digest_of(capture(1000, 'a')) + ".pcapng"));
  EXPECT_TRUE(inbox.append(digest_of(third), 1000, 0, third).complete);
  limits_.keep_free_bytes = ~0ULL >> 1U;
  limits_.sensor_bytes = 0;
  EXPECT_EQ(open().append(digest_of(capture(500)), 500, 0, capture(500)).refusal, Refusal::disk_full);
}

TEST_F(Inbox, OfManyThatAreBegunTheOldestIsGivenUp) {
  SegmentInbox inbox = open();
  const auto part = [&](char fill) { return folder_ / "alpha" / "parts" / (digest_of(capture(1000, fill)) + ".part"); };
  for (const char fill : {'a', 'b', 'c', 'd'}) {
    EXPECT_EQ(inbox.append(digest_of(capture(1000, fill)), 1000, 0, capture(500, fill)).have, 500U);
    fs::last_write_time(part(fill), fs::file_time_type::clock::now() - std::chrono::hours('z' - fill));
  }
  EXPECT_FALSE(fs::exists(part('a')));
  EXPECT_FALSE(fs::exists(part('b')));
  EXPECT_EQ(files("parts").size(), 2U);
  EXPECT_EQ(inbox.state(digest_of(capture(1000, 'a'))).have, 0U);
  EXPECT_TRUE(inbox.append(digest_of(capture(1000, 'd')), 1000, 500, capture(1000, 'd').substr(500)).complete);
}

}  // namespace
}  // namespace nightjar
