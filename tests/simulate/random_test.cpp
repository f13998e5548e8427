#include "simulate/random.hpp"

#include <gtest/gtest.h>

#include <array>

namespace nightjar::simulate {
namespace {

// Means and variances are compared with those of the distribution; limits are five standard deviations of what is compared.

TEST(RandomTest, StreamsOfDifferentNamesDiffer) {
  EXPECT_EQ(Random({1, 2}).next(), Random({1, 2}).next());
  EXPECT_NE(Random({1, 2}).next(), Random({2, 1}).next());
  EXPECT_NE(Random({1}).next(), Random({1, 0}).next());
}

TEST(RandomTest, PoissonNumbersHaveTheirMeanAndVariance) {
  for (const double mean : {0.01, 0.7, 5.0, 16.0, 40.0, 900.0}) {
    Random random({7, static_cast<std::uint64_t>(mean * 100)});
    constexpr int kDraws = 20'000;
    double sum = 0, squares = 0;
    for (int i = 0; i < kDraws; ++i) {
      const auto number = static_cast<double>(random.poisson(mean));
      sum += number;
      squares += (number - mean) * (number - mean);
    }
    EXPECT_NEAR(sum / kDraws, mean, 5 * std::sqrt(mean / kDraws)) << mean;
    EXPECT_NEAR(squares / kDraws, mean, 5 * std::sqrt((2 * mean * mean + mean) / kDraws)) << mean;
  }
  EXPECT_EQ(Random(1).poisson(0), 0U);
}

TEST(RandomTest, ExponentialNumbersHaveMeanOne) {
  Random random(3);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) sum += random.exponential();
  EXPECT_NEAR(sum / 100'000, 1, 5 / std::sqrt(100'000.0));
}

TEST(RandomTest, WeightedChoiceKeepsItsWeights) {
  const WeightedChoice choice({1, 0, 3, 6});
  std::array<int, 4> drawn{};
  Random random(5);
  for (int i = 0; i < 100'000; ++i) ++drawn[choice.draw(random)];
  EXPECT_NEAR(drawn[0], 10'000, 5 * std::sqrt(9'000));
  EXPECT_EQ(drawn[1], 0);
  EXPECT_NEAR(drawn[2], 30'000, 5 * std::sqrt(21'000));
  EXPECT_NEAR(drawn[3], 60'000, 5 * std::sqrt(24'000));
}

}  // namespace
}  // namespace nightjar::simulate
