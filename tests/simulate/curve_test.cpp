#include <gtest/gtest.h>

#include "simulate/scenario.hpp"

namespace nightjar::simulate {
namespace {

TEST(Curve, WithoutPointsItIsNothing) {
  EXPECT_EQ(Curve{}.at(5), 0);
  EXPECT_EQ(Curve{}.mean(0, 10), 0);
}

TEST(Curve, OnePointHoldsForever) {
  const Curve curve{{{100, 7}}};
  EXPECT_EQ(curve.at(-1e9), 7);
  EXPECT_EQ(curve.at(100), 7);
  EXPECT_EQ(curve.at(1e9), 7);
  EXPECT_DOUBLE_EQ(curve.mean(0, 50), 7);
  EXPECT_DOUBLE_EQ(curve.mean(50, 150), 7);
  EXPECT_DOUBLE_EQ(curve.mean(150, 151), 7);
}

TEST(Curve, IsALineBetweenItsPoints) {
  const Curve curve{{{0, 10}, {100, 20}, {200, 0}}};
  EXPECT_DOUBLE_EQ(curve.at(25), 12.5);
  EXPECT_DOUBLE_EQ(curve.at(100), 20);
  EXPECT_DOUBLE_EQ(curve.at(150), 10);
  EXPECT_DOUBLE_EQ(curve.at(200), 0);
}

TEST(Curve, TwoPointsOfOneTimeAreAJump) {
  const Curve curve{{{0, 0}, {100, 10}, {100, 50}, {200, 50}}};
  EXPECT_DOUBLE_EQ(curve.at(99), 9.9);
  EXPECT_DOUBLE_EQ(curve.at(100), 50);
  // A triangle of 500 and a rectangle of 5,000 in 200 seconds.
  EXPECT_DOUBLE_EQ(curve.mean(0, 200), 27.5);
}

TEST(Curve, ItsMeanHoldsTheEnds) {
  const Curve curve{{{0, 10}, {100, 20}}};
  EXPECT_DOUBLE_EQ(curve.mean(0, 100), 15);
  EXPECT_DOUBLE_EQ(curve.mean(-100, 0), 10);
  EXPECT_DOUBLE_EQ(curve.mean(100, 300), 20);
  // 100 s of 10, 100 s of 15 on average, 200 s of 20: (1,000 + 1,500 + 4,000) / 400.
  EXPECT_DOUBLE_EQ(curve.mean(-100, 300), 16.25);
  // From 25 to 75: 12.5 to 17.5.
  EXPECT_DOUBLE_EQ(curve.mean(25, 75), 15);
}

TEST(Curve, MeansOfPartsMakeTheMeanOfTheWhole) {
  const Curve curve{{{10, 3}, {20, 9}, {20, 1}, {70, 4}}};
  const double parts = curve.mean(0, 15) * 15 + curve.mean(15, 33) * 18 + curve.mean(33, 100) * 67;
  EXPECT_NEAR(parts, curve.mean(0, 100) * 100, 1e-9);
}

}  // namespace
}  // namespace nightjar::simulate
