#include "relay/attack_hub.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "net/address.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kMinute = 60'000'000'000;
Prefix prefix(const std::string& text) { return parse_prefix(text).value(); }
std::vector<std::string> texts(const AttackHub::News& news) {
  std::vector<std::string> list;
  for (const Prefix& one : news.attacks) list.push_back(format(one));
  return list;
}

TEST(AttackHub, OthersHearOnceOfWhatOneTells) {
  AttackHub hub(100, {});
  EXPECT_TRUE(hub.tell("alpha", prefix("203.0.113.7"), 0));
  EXPECT_TRUE(hub.tell("beta", prefix("198.51.100.0/24"), 1));
  const auto to_beta = hub.since("beta", 0, 2, 10);
  EXPECT_THAT(texts(to_beta), ElementsAre("203.0.113.7/32"));
  EXPECT_THAT(texts(hub.since("beta", to_beta.cursor, 3, 10)), IsEmpty());
  EXPECT_THAT(texts(hub.since("gamma", 0, 3, 10)), ElementsAre("203.0.113.7/32", "198.51.100.0/24"));
}

TEST(AttackHub, AnAttackThatGoesOnIsToldAgain) {
  AttackHub hub(100, {});
  hub.tell("alpha", prefix("203.0.113.7"), 0);
  const auto first = hub.since("beta", 0, 1, 10);
  hub.tell("alpha", prefix("203.0.113.7"), 10 * kMinute);
  const auto again = hub.since("beta", first.cursor, 11 * kMinute, 10);
  EXPECT_THAT(texts(again), ElementsAre("203.0.113.7/32"));
  EXPECT_EQ(hub.size(), 1U);
}

TEST(AttackHub, ACursorOfAnEarlierRunGetsAll) {
  AttackHub earlier(100, {});
  for (int i = 0; i < 5; ++i) earlier.tell("alpha", prefix("203.0.113." + std::to_string(i)), 0);
  const std::uint64_t cursor = earlier.since("beta", 0, 1, 10).cursor;
  AttackHub later(1'000'000, {}), clock_went_back(50, {});
  later.tell("alpha", prefix("192.0.2.1"), 0);
  clock_went_back.tell("alpha", prefix("192.0.2.1"), 0);
  EXPECT_THAT(texts(later.since("beta", cursor, 1, 10)), ElementsAre("192.0.2.1/32"));
  EXPECT_THAT(texts(clock_went_back.since("beta", cursor, 1, 10)), ElementsAre("192.0.2.1/32"));
}

TEST(AttackHub, ManyComeInSeveralAnswers) {
  AttackHub hub(1, {});
  for (int i = 0; i < 25; ++i) hub.tell(i % 5 == 0 ? "beta" : "alpha", prefix("203.0.113." + std::to_string(i)), i);
  std::vector<std::string> all;
  std::uint64_t cursor = 0;
  for (int round = 0; round < 4; ++round) {
    const auto news = hub.since("beta", cursor, 30, 8);
    for (const std::string& text : texts(news)) all.push_back(text);
    EXPECT_LE(news.attacks.size(), 8U);
    cursor = news.cursor;
  }
  EXPECT_EQ(all.size(), 20U);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 20U);
}

TEST(AttackHub, WhatNobodyTellsAnyMoreIsForgotten) {
  AttackHub hub(1, {});
  hub.tell("alpha", prefix("203.0.113.1"), 0);
  hub.tell("alpha", prefix("203.0.113.2"), 20 * kMinute);
  EXPECT_THAT(texts(hub.since("beta", 0, 70 * kMinute, 10)), ElementsAre("203.0.113.1/32", "203.0.113.2/32"));
  EXPECT_THAT(texts(hub.since("beta", 0, 71 * kMinute, 10)), ElementsAre("203.0.113.2/32"));
  EXPECT_EQ(hub.size(), 1U);
}

TEST(AttackHub, OneSensorFillsNobodyElsesPlace) {
  AttackHub hub(1, {.of_sensor = 3, .sensors = 2});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(hub.tell("alpha", prefix("203.0.113." + std::to_string(i)), 0), i < 3);
  EXPECT_TRUE(hub.tell("alpha", prefix("203.0.113.0"), 1));
  EXPECT_TRUE(hub.tell("beta", prefix("203.0.113.9"), 0));
  EXPECT_FALSE(hub.tell("gamma", prefix("203.0.113.9"), 0));
  EXPECT_EQ(hub.size(), 4U);
}

}  // namespace
}  // namespace nightjar
