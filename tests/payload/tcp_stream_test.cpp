#include "payload/tcp_stream.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string_view>

namespace nightjar {
namespace {

class TcpStreamTest : public ::testing::Test {
 protected:
  std::size_t add(std::uint32_t sequence, std::string_view text, std::uint32_t missing = 0) {
    return stream_.add(sequence, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, missing);
  }
  void begin(std::uint32_t first) { stream_.begin(first, true); }
  TcpStream stream_{100};
};

TEST_F(TcpStreamTest, BytesInOrderGrowTheText) {
  begin(1'000);
  EXPECT_EQ(add(1'000, "GET "), 4u);
  EXPECT_EQ(add(1'004, "/"), 1u);
  EXPECT_EQ(stream_.text(), "GET /");
  EXPECT_EQ(stream_.bytes(), 5u);
  EXPECT_FALSE(stream_.cut());
}

TEST_F(TcpStreamTest, NumbersWrapAround) {
  begin(0xfffffffe);
  add(0xfffffffe, "abc");  // its last byte has the number 0
  EXPECT_EQ(add(3, "fg"), 0u);
  EXPECT_EQ(add(1, "de"), 4u);
  EXPECT_EQ(stream_.text(), "abcdefg");
  EXPECT_EQ(add(0xfffffffe, "abcdefg"), 0u) << "all of it came before";
  EXPECT_EQ(stream_.bytes(), 7u);
}

TEST_F(TcpStreamTest, AGapThatClosesLetsWhatIsBehindItFollow) {
  begin(1);
  add(1, "ab");
  add(7, "gh");
  add(5, "ef");
  EXPECT_EQ(stream_.text(), "ab");
  EXPECT_EQ(stream_.bytes(), 6u) << "what came, in order or not";
  EXPECT_TRUE(stream_.cut());
  EXPECT_EQ(add(3, "cd"), 6u);
  EXPECT_EQ(stream_.text(), "abcdefgh");
  EXPECT_FALSE(stream_.cut());
}

TEST_F(TcpStreamTest, RepeatedBytesCountOnce) {
  begin(1);
  add(1, "abc");
  add(1, "abc");
  add(2, "bcd");
  add(9, "ij");
  add(9, "ij");
  add(8, "hijk");
  EXPECT_EQ(stream_.text(), "abcd");
  EXPECT_EQ(stream_.bytes(), 8u);
  add(5, "efghijklm");
  EXPECT_EQ(stream_.text(), "abcdefghijklm");
  EXPECT_EQ(stream_.bytes(), 13u);
}

TEST_F(TcpStreamTest, BytesSeenFirstStay) {
  begin(1);
  add(1, "ab");
  add(1, "XXcd");
  EXPECT_EQ(stream_.text(), "abcd");
  add(7, "gh");
  add(6, "YYYYY");  // before, over and behind what waits
  add(5, "e");
  EXPECT_EQ(stream_.text(), "abcdeYghYY");
}

TEST_F(TcpStreamTest, APieceMayCoverSeveralOthers) {
  begin(1);
  add(3, "c");
  add(5, "e");
  add(7, "g");
  add(2, "BCDEFGH");
  EXPECT_EQ(stream_.bytes(), 7u);
  add(1, "a");
  EXPECT_EQ(stream_.text(), "aBcDeFgH");
}

TEST_F(TcpStreamTest, AKeepAliveBeforeTheEdgeSaysNothing) {
  begin(1);
  add(0, "?");
  EXPECT_EQ(stream_.bytes(), 0u);
  add(1, "abc");
  add(3, "?");
  EXPECT_EQ(stream_.text(), "abc");
  EXPECT_FALSE(stream_.cut());
}

TEST_F(TcpStreamTest, AZeroWindowProbeIsTheNextByte) {
  begin(1);
  add(1, "abc");
  add(4, "d");
  add(4, "def");
  EXPECT_EQ(stream_.text(), "abcdef");
}

TEST_F(TcpStreamTest, AnythingBeforeABeginningThatWasNotASynIsMissing) {
  stream_.begin(10, false);
  add(10, "abc");
  EXPECT_FALSE(stream_.cut());
  add(7, "xyzabc");
  EXPECT_EQ(stream_.text(), "abc");
  EXPECT_TRUE(stream_.cut());
}

TEST_F(TcpStreamTest, KeepsWhatItMayAndCountsTheRest) {
  begin(1);
  add(1, std::string(99, 'a'));
  EXPECT_EQ(add(100, "b"), 1u);
  EXPECT_FALSE(stream_.cut()) << "a hundred bytes are kept";
  EXPECT_EQ(add(101, "c"), 0u);
  EXPECT_EQ(stream_.text(), std::string(99, 'a') + "b");
  EXPECT_EQ(stream_.bytes(), 101u);
  EXPECT_TRUE(stream_.cut());
}

TEST_F(TcpStreamTest, BehindAGapNoMoreIsKeptThanFits) {
  begin(1);
  add(91, std::string(50, 'z'));
  add(141, std::string(100'000, 'z'));
  EXPECT_EQ(stream_.bytes(), 100'050u);
  EXPECT_LT(stream_.heap_bytes(), 1'000u);
  add(1, std::string(90, 'a'));
  EXPECT_EQ(stream_.text(), std::string(90, 'a') + std::string(10, 'z'));
}

TEST_F(TcpStreamTest, WhatTheCaptureLacksEndsTheText) {
  begin(1);
  add(1, "abc", 2);
  add(6, "fgh");
  EXPECT_EQ(stream_.text(), "abc");
  EXPECT_EQ(stream_.bytes(), 8u) << "they were on the wire";
  EXPECT_TRUE(stream_.cut());
}

TEST_F(TcpStreamTest, WhatTheCaptureLacksBehindAGapEndsTheTextToo) {
  begin(1);
  add(4, "d", 1);
  add(6, "f");
  add(1, "abc");
  EXPECT_EQ(stream_.text(), "abcd");
  EXPECT_EQ(stream_.bytes(), 6u);
}

TEST_F(TcpStreamTest, AFinStandsBehindTheLastByte) {
  begin(1);
  add(1, "abc");
  stream_.end(3);
  EXPECT_FALSE(stream_.finished()) << "before what is there";
  stream_.end(5);
  EXPECT_TRUE(stream_.finished());
  EXPECT_TRUE(stream_.cut()) << "a byte before it is missing";
  add(4, "dEFG");
  EXPECT_EQ(stream_.text(), "abcd") << "nobody reads what comes behind it";
  EXPECT_FALSE(stream_.cut());
}

TEST_F(TcpStreamTest, WhatWasAcknowledgedWasSent) {
  begin(1);
  add(1, "abc");
  stream_.acknowledged(4);
  EXPECT_FALSE(stream_.cut());
  stream_.acknowledged(5);
  EXPECT_FALSE(stream_.cut()) << "it may be a FIN that was not captured";
  stream_.acknowledged(6);
  EXPECT_TRUE(stream_.cut());
  add(4, "d");
  EXPECT_FALSE(stream_.cut());
}

TEST_F(TcpStreamTest, TheNumberBehindAFinIsNoByte) {
  begin(1);
  add(1, "abc");
  stream_.end(4);
  stream_.acknowledged(5);
  EXPECT_FALSE(stream_.cut());
}

TEST_F(TcpStreamTest, WhatIsTooFarAheadIsOfAnotherConnection) {
  constexpr std::uint32_t kWindow = 1u << 30;  // RFC 7323: the largest
  begin(1);
  add(1 + kWindow + 1, "x");
  stream_.acknowledged(1 + kWindow + 1);
  stream_.end(1 + kWindow + 1);
  EXPECT_EQ(stream_.bytes(), 0u);
  EXPECT_FALSE(stream_.cut() || stream_.finished());
  add(1 + kWindow, "x");
  EXPECT_EQ(stream_.bytes(), 1u);
}

TEST_F(TcpStreamTest, StreamsMayBeLongerThanThereAreNumbers) {
  constexpr std::uint32_t kGibi = 1u << 30;
  begin(7);
  add(7, "abc");
  for (std::uint32_t i = 0; i < 9; ++i) add(10 + i * kGibi, "", kGibi);
  add(10 + 9 * kGibi, "xyz");
  EXPECT_EQ(stream_.bytes(), 9u * std::uint64_t{kGibi} + 6);
  EXPECT_EQ(stream_.text(), "abc");
}

TEST_F(TcpStreamTest, ManyGapsAreBounded) {
  TcpStream stream(100'000);
  stream.begin(0, true);
  const std::uint8_t byte = 'x';
  for (std::uint32_t at = 1; at < 2'000; at += 2) stream.add(at, {&byte, 1}, 0);
  EXPECT_EQ(stream.bytes(), TcpStream::kMostPieces);
  EXPECT_LT(stream.heap_bytes(), TcpStream::kMostPieces * 200);
  // What was refused is known to be missing even when every gap before it is closed.
  for (std::uint32_t at = 0; at < 2 * TcpStream::kMostPieces; at += 2) stream.add(at, {&byte, 1}, 0);
  EXPECT_EQ(stream.text().size(), 2 * TcpStream::kMostPieces);
  EXPECT_TRUE(stream.cut());
  // And it is taken when it comes again.
  for (std::uint32_t at = 2 * TcpStream::kMostPieces; at < 2'000; ++at) stream.add(at, {&byte, 1}, 0);
  EXPECT_EQ(stream.text().size(), 2'000u);
  EXPECT_FALSE(stream.cut());
}

TEST_F(TcpStreamTest, ManySegmentsBehindOneGapAreOnePiece) {
  TcpStream stream(100'000);
  stream.begin(0, true);
  const std::uint8_t byte = 'x';
  for (std::uint32_t at = 1; at < 2'000; ++at) stream.add(at, {&byte, 1}, 0);
  for (std::uint32_t at = 4'000; at > 2'001; --at) stream.add(at, {&byte, 1}, 0);  // backwards too
  stream.add(0, {&byte, 1}, 0);
  EXPECT_EQ(stream.text().size(), 2'000u);
  EXPECT_EQ(stream.bytes(), 3'999u);
}

TEST_F(TcpStreamTest, AResetStandsWhereTheNextByteWould) {
  begin(1);
  add(1, "abc");
  EXPECT_TRUE(stream_.at_end(4));
  EXPECT_FALSE(stream_.at_end(3));
  EXPECT_FALSE(stream_.at_end(5));
  add(6, "f");
  EXPECT_TRUE(stream_.at_end(7)) << "the receiver may have what the capture lacks";
  EXPECT_FALSE(stream_.at_end(8));
}

/// Any order of any overlapping segments of a text gives the text; a stream beside it that forgets nothing says how far at each step.
TEST(TcpStream, AnyOrderGivesTheSameBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    const auto first = static_cast<std::uint32_t>(random());
    std::string text(1 + random() % 60, ' ');
    for (char& letter : text) letter = static_cast<char>('a' + random() % 26);
    TcpStream stream(40);
    stream.begin(first, true);
    std::set<std::size_t> there;
    for (int segment = 0; segment < 60; ++segment) {
      const std::size_t from = random() % text.size(), size = 1 + random() % (text.size() - from);
      stream.add(first + static_cast<std::uint32_t>(from), {reinterpret_cast<const std::uint8_t*>(text.data()) + from, size}, 0);
      for (std::size_t at = from; at < from + size; ++at) there.insert(at);
      std::size_t edge = 0;
      while (there.contains(edge)) ++edge;
      ASSERT_EQ(stream.text(), text.substr(0, std::min<std::size_t>(edge, 40)));
      ASSERT_EQ(stream.bytes(), there.size());
      ASSERT_EQ(stream.cut(), edge != there.size() || edge > 40);
    }
  }
}

}  // namespace
}  // namespace nightjar
