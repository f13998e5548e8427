#include "simulate/population_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/time.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kBegin = 1000;
constexpr std::int64_t second_of_hour(double hours_after) {
  return kBegin * kSecondsPerHour + static_cast<std::int64_t>(hours_after * 3600);
}

PopulationModel model_of(std::vector<Curve::Point> hosts, double life_hours, std::int64_t hours) {
  Population population;
  population.hosts.points = std::move(hosts);
  population.life_hours = life_hours;
  population.rates = {{10, 1}};
  return {population, kBegin, kBegin + hours, 1000, 1};
}

// The hosts alive an hour later, added up minute by minute from the births and deaths of the hour.
double an_hour_later(const PopulationModel& model, std::int64_t hour) {
  double alive = model.alive(hour);
  constexpr int kSteps = 36'000;
  for (int step = 0; step < kSteps; ++step) alive += (model.births(hour) - model.hazard(hour) * alive) / kSteps;
  return alive;
}

TEST(PopulationModelTest, ASteadyPopulationIsBornAsFastAsItIsCleanedUp) {
  const PopulationModel model = model_of({{second_of_hour(0), 5000}}, 48, 100);
  for (std::int64_t hour = kBegin; hour < kBegin + 100; ++hour) {
    EXPECT_DOUBLE_EQ(model.alive(hour), 5000);
    EXPECT_NEAR(model.births(hour), 5000.0 / 48, 1e-6);
    EXPECT_DOUBLE_EQ(model.hazard(hour), 1.0 / 48);
  }
  EXPECT_NEAR(model.hosts_between(kBegin, kBegin + 96), 5000 + 2 * 5000, 1e-6) << "two lives: two generations more";
}

TEST(PopulationModelTest, BirthsAndCleanUpsMakeTheCurve) {
  const PopulationModel model =
      model_of({{second_of_hour(0), 100}, {second_of_hour(30), 9000}, {second_of_hour(40), 500}, {second_of_hour(60), 800}}, 20, 80);
  for (std::int64_t hour = kBegin; hour < kBegin + 80; ++hour) {
    EXPECT_GE(model.births(hour), 0);
    EXPECT_NEAR(an_hour_later(model, hour), model.alive(hour + 1), model.alive(hour + 1) * 1e-3 + 1e-3) << hour;
  }
  EXPECT_GT(model.hazard(kBegin + 35), 1.0 / 20) << "falls faster than hosts live";
}

TEST(PopulationModelTest, AJumpIsBornInItsHour) {
  const PopulationModel model = model_of({{second_of_hour(0), 0}, {second_of_hour(10), 0}, {second_of_hour(10), 700}}, 1000, 20);
  EXPECT_EQ(model.alive(kBegin + 10), 0);
  EXPECT_EQ(model.births(kBegin + 9), 0);
  EXPECT_GT(model.births(kBegin + 10), 699);
  EXPECT_NEAR(model.alive(kBegin + 11), 700, 1e-9);
}

TEST(PopulationModelTest, AFallToNothingLeavesNobody) {
  const PopulationModel model = model_of({{second_of_hour(0), 300}, {second_of_hour(5), 300}, {second_of_hour(5), 0}}, 100, 10);
  EXPECT_GT(model.hazard(kBegin + 5), 50);
  EXPECT_EQ(model.alive(kBegin + 6), 0);
}

TEST(PopulationModelTest, ExtraHazardIsSummedAndFoundAgain) {
  const PopulationModel model = model_of({{second_of_hour(0), 1000}, {second_of_hour(10), 100}, {second_of_hour(20), 100}}, 30, 20);
  EXPECT_EQ(model.extra_hazard_until(kBegin), 0);
  const double all = model.extra_hazard_until(kBegin + 20);
  // Survivors of the fall without births: 100 of 1000; the ordinary hazard of 10 hours is a third.
  EXPECT_NEAR(all, std::log(10) - 10.0 / 30, 0.02);
  for (const double part : {0.1, 0.5, 0.9}) EXPECT_NEAR(model.extra_hazard_until(model.when_extra_hazard_is(all * part)), all * part, 1e-9);
  EXPECT_TRUE(std::isinf(model.when_extra_hazard_is(all)));
}

TEST(PopulationModelTest, PacketsADayAreHostsTimesTheirRate) {
  Population population;
  population.packets_a_day.points = {{0, 86'400}};
  population.rates = {{10, 1}, {30, 3}};  // 25 a second on average
  const PopulationModel model(population, 0, 24, kAddressSpace / 1000, 2);
  // One packet a second at a 1000th of all addresses: 1000 a second to all; 2 packets a probe, 25 probes a second: 20 hosts.
  EXPECT_NEAR(model.alive(5), 20, 1e-9);
}

TEST(RhythmTest, IsOneOnAverageAndHighestInTheEvening) {
  const Rhythm tokyo(0.5, 20, 9);
  double sum = 0;
  for (int hour = 0; hour < 24; ++hour) sum += tokyo.at(hour);
  EXPECT_NEAR(sum, 24, 1e-9);
  EXPECT_GT(tokyo.at(11), 1.45) << "20:00 in Tokyo is 11:00 UTC";
  EXPECT_LT(tokyo.at(23), 0.55) << "08:00";
  EXPECT_DOUBLE_EQ(tokyo.at(11), tokyo.at(24 * 365 + 11));
  EXPECT_NEAR(tokyo.until(48) - tokyo.until(24), 24, 1e-9);
  EXPECT_NEAR(tokyo.until(11.75) - tokyo.until(11.25), tokyo.at(11) / 2, 1e-9);
}

}  // namespace
}  // namespace nightjar::simulate
