#include "base/byte_reader.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace nightjar {
namespace {

constexpr std::array<std::uint8_t, 10> kBytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0xff};

TEST(ByteReader, ReadsNumbersInBothByteOrders) {
  ByteReader big(kBytes);
  EXPECT_EQ(big.u8(), 1);
  EXPECT_EQ(big.be16(), 0x0203);
  EXPECT_EQ(big.be32(), 0x04050607u);
  ByteReader little(kBytes);
  EXPECT_EQ(little.le16(), 0x0201);
  EXPECT_EQ(little.le32(), 0x06050403u);
  EXPECT_EQ(ByteReader(kBytes).be64(), 0x0102030405060708ull);
}

TEST(ByteReader, KnowsWhereItIs) {
  ByteReader reader(kBytes);
  EXPECT_TRUE(reader.skip(4));
  EXPECT_EQ(reader.offset(), 4u);
  EXPECT_EQ(reader.remaining(), 6u);
  EXPECT_EQ(*reader.position(), 5);
  EXPECT_TRUE(reader.can_read(6));
  EXPECT_FALSE(reader.can_read(7));
}

TEST(ByteReader, ReadsUpToTheLastByteAndNoFurther) {
  ByteReader reader(kBytes);
  EXPECT_EQ(reader.bytes(10).size(), 10u);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.ok());
}

// Every width, one byte short of fitting: nothing is read, and the reader stays not ok for good.
TEST(ByteReader, RefusesANumberThatDoesNotFit) {
  // On the heap and of the exact size, so that a sanitizer sees a read past the end.
  const std::vector<std::uint8_t> three = {1, 2, 3}, one = {1}, seven(7, 0xaa), none;
  ByteReader word(three), pair(one), quad(seven), little_word(three), little_pair(one), byte(none);
  EXPECT_EQ(word.be32(), 0u);
  EXPECT_EQ(pair.be16(), 0);
  EXPECT_EQ(little_word.le32(), 0u);
  EXPECT_EQ(little_pair.le16(), 0);
  EXPECT_EQ(byte.u8(), 0);
  quad.be64();
  for (const ByteReader* reader : {&word, &pair, &little_word, &little_pair, &byte, &quad}) EXPECT_FALSE(reader->ok());
  EXPECT_EQ(word.offset(), 0u);
}

TEST(ByteReader, StaysNotOkEvenWhereALaterReadWouldFit) {
  ByteReader reader(kBytes);
  EXPECT_FALSE(reader.skip(11));
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_TRUE(reader.bytes(1).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, RefusesAHugeCountWithoutWrappingAround) {
  ByteReader reader(kBytes);
  EXPECT_FALSE(reader.skip(~std::size_t{0}));
  EXPECT_TRUE(reader.bytes(~std::size_t{0} - 4).empty());
}

}  // namespace
}  // namespace nightjar
