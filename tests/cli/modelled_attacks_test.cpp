// `nightjar detect attacks` over the modelled half-year of the report, 8,000 attacks by its own way of counting, against the truth of
// `nightjar simulate`: every attack with its victim, its first and last request and their number.
#include <set>
#include <tuple>

#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

class ModelledAttacks : public ModelledCaptures {
 protected:
  json ask(const std::string& sql) { return json::parse(run({"sql", sql, "--format", "json"})).at("rows"); }
  /// A time of the truth (microseconds) or of the lake, to the millisecond that rows of `requests` keep.
  static std::string to_the_millisecond(std::string time) {
    time.pop_back();  // Z
    constexpr std::size_t kToSeconds = 19, kToMilliseconds = 23;
    if (time.size() == kToSeconds) time += '.';
    time.resize(kToMilliseconds, '0');
    return time;
  }
};

TEST_F(ModelledAttacks, OfTheReportsHalfYearAreFoundOneByOne) {
#if defined(NIGHTJAR_SANITIZED)
  GTEST_SKIP() << "five million requests are too many with sanitizers";
#endif
  const json truth = simulate("half-year", {"nicter-2017", "--from", "2017-07-01", "--to", "2018-01-01", "--addresses", "1"});
  run({"ingest", path("half-year")});
  run({"detect", "attacks", "--definition", "per-sensor"});
  run({"detect", "attacks", "--definition", "merged"});

  using Sighting = std::tuple<std::string, std::string, std::string, std::string, std::string, std::uint64_t>;
  using Whole = std::tuple<std::string, std::string, std::string, std::uint64_t, std::string>;
  std::set<Sighting> sightings, found_sightings;
  std::set<Whole> attacks, found_attacks;
  for (const json& attack : truth.at("attacks")) {
    const std::string victim = attack.at("victim");
    for (const json& seen : attack.at("sightings")) {
      if (!seen.at("counted")) continue;
      sightings.emplace(seen.at("pot"), victim, seen.at("service"), to_the_millisecond(seen.at("start")),
                        to_the_millisecond(seen.at("end")), seen.at("requests"));
    }
    if (attack.at("counts_as") == 0) continue;
    attacks.emplace(victim, to_the_millisecond(attack.at("start")), to_the_millisecond(attack.at("end")), attack.at("requests"),
                    attack.at("country"));
  }
  EXPECT_EQ(sightings.size(), 8'000u);
  for (const json& row : ask("SELECT sensor, ip(src, src_low) AS victim, service, \"first\" AS f, last AS l, packets FROM attacks "
                             "WHERE definition = 'per-sensor' AND level = 1")) {
    found_sightings.emplace(row.at("sensor"), row.at("victim"), row.at("service"), to_the_millisecond(row.at("f")),
                            to_the_millisecond(row.at("l")), row.at("packets"));
  }
  EXPECT_EQ(found_sightings.size(), sightings.size());
  EXPECT_TRUE(found_sightings == sightings);
  for (const json& row : ask("SELECT ip(src, src_low) AS victim, \"first\" AS f, last AS l, packets, country FROM attacks "
                             "WHERE definition = 'merged' AND level = 1")) {
    found_attacks.emplace(row.at("victim"), to_the_millisecond(row.at("f")), to_the_millisecond(row.at("l")), row.at("packets"),
                          row.at("country"));
  }
  EXPECT_EQ(found_attacks.size(), attacks.size());
  EXPECT_TRUE(found_attacks == attacks);

  // The report's own numbers, through the figures.
  const auto figure = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "figure");
    arguments.insert(arguments.end(), {"--from", "2017-07-01", "--to", "2018-01-01", "--tz", "Asia/Tokyo"});
    return rows(arguments);
  };
  std::map<std::string, int> services;
  for (const json& row : figure({"attack-services"})) services[row.at("service")] = row.at("attacks");
  EXPECT_EQ(services, (std::map<std::string, int>{{"dns", 5'260}, {"ntp", 2'550}, {"chargen", 130}, {"ssdp", 60}}));
  const json japan = figure({"attack-summary", "--where", "country = JP"}).back();
  EXPECT_EQ(japan.at("attacks"), 31);
  EXPECT_EQ(japan.at("rank"), 25);
  std::uint64_t in_days = 0;
  for (const json& row : figure({"attacks-per-day", "--where", "country = JP"})) in_days += row.at("attacks").get<std::uint64_t>();
  EXPECT_EQ(in_days, 31u);
  double a_minute = -1, ten_minutes = -1;
  for (const json& row : figure({"attack-durations"})) {
    if (row.at("duration").get<double>() <= 60) a_minute = row.at("share");
    if (row.at("duration").get<double>() <= 600) ten_minutes = row.at("share");
  }
  EXPECT_NEAR(a_minute, 30, 0.05);
  EXPECT_NEAR(ten_minutes, 80, 0.05);
}

}  // namespace
}  // namespace nightjar::test
