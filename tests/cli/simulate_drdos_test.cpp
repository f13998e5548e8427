// The attacks on others that `nightjar simulate nicter-2017` writes at its default scale of 0.001, against the numbers of NICTER's
// observation report 2017, chapter 4; and the pots' captures against the truth.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "base/time.hpp"
#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

class SimulatedDrdos : public ModelledCaptures {
 protected:
  /// Seconds since 1970 of a time as the truth writes it.
  static double seconds_of(const std::string& text) {
    int hour = 0, minute = 0;
    double second = 0;
    EXPECT_EQ(std::sscanf(text.c_str() + 10, "T%d:%d:%lfZ", &hour, &minute, &second), 3) << text;
    return static_cast<double>(parse_day(text.substr(0, 10)).value() * 86'400 + hour * 3'600 + minute * 60) + second;
  }
};

TEST_F(SimulatedDrdos, HasTheReportsCountsAndTcpdumpCountsItsRequests) {
#if defined(NIGHTJAR_SANITIZED)
  GTEST_SKIP() << "five million requests are too many with sanitizers";
#endif
  const json truth = simulate("half-year", {"nicter-2017", "--from", "2017-07-01", "--to", "2018-01-01", "--addresses", "1"});
  std::map<std::string, int> services, countries;
  std::map<std::pair<std::string, std::string>, std::uint64_t> requests;  // of attacks, by pot and service
  int counted = 0, a_minute = 0, ten_minutes = 0, above_an_hour = 0;
  double longest = 0;
  std::string longest_country, longest_service;
  for (const json& attack : truth.at("attacks")) {
    int counts_as = 0;
    for (const json& sighting : attack.at("sightings")) {
      const std::string service = sighting.at("service");
      requests[{sighting.at("pot"), service}] += sighting.at("requests").get<std::uint64_t>();
      if (!sighting.at("counted")) continue;
      ++counts_as;
      ++services[service];
      const double seconds = seconds_of(sighting.at("end")) - seconds_of(sighting.at("start"));
      a_minute += seconds <= 60;
      ten_minutes += seconds <= 600;
      above_an_hour += seconds > 3600;
      if (seconds > longest) longest = seconds, longest_country = attack.at("country"), longest_service = service;
    }
    EXPECT_EQ(attack.at("counts_as"), counts_as);
    countries[attack.at("country")] += counts_as;
    counted += counts_as;
  }
  EXPECT_EQ(counted, 8'000);
  EXPECT_EQ(services, (std::map<std::string, int>{{"dns", 5'260}, {"ntp", 2'550}, {"chargen", 130}, {"ssdp", 60}}));
  EXPECT_EQ(a_minute, 2'400) << "30 %";
  EXPECT_EQ(ten_minutes, 6'400) << "80 %";
  EXPECT_EQ(above_an_hour, 120) << "1.5 %";
  EXPECT_NEAR(longest, 21 * 86'400, 3600);
  EXPECT_EQ(longest_country, "CN");
  EXPECT_EQ(longest_service, "ntp");

  EXPECT_EQ(countries["JP"], 31);
  std::vector<int> ranks;
  for (const auto& [country, count] : countries) ranks.push_back(count);
  std::sort(ranks.rbegin(), ranks.rend());
  EXPECT_EQ(ranks[0], countries["US"]);
  EXPECT_NEAR(ranks[0] / 8'000.0, 1.0 / 3, 0.001);
  EXPECT_EQ(ranks[1], countries["CN"]);
  EXPECT_GT(ranks[0] + ranks[1], 4'000);
  EXPECT_NEAR((ranks[0] + ranks[1] + ranks[2] + ranks[3] + ranks[4]) / 8'000.0, 2.0 / 3, 0.001);
  EXPECT_GT(ranks[23], 31);
  EXPECT_EQ(ranks[24], 31) << "Japan is the 25th";
  EXPECT_LT(ranks[25], 31);

  std::map<std::pair<std::string, std::string>, std::uint64_t> told, of_attacks;
  std::map<std::string, int> begun;
  for (const json& row : truth.at("request_days").at("local")) {
    told[{row.at("pot"), row.at("service")}] += row.at("requests").get<std::uint64_t>();
    of_attacks[{row.at("pot"), row.at("service")}] += row.at("attack_requests").get<std::uint64_t>();
    begun[row.at("service")] += row.at("attacks").get<int>();
  }
  EXPECT_EQ(begun, services);
  EXPECT_EQ(of_attacks, requests);
  if (!installed("tcpdump")) GTEST_SKIP() << "tcpdump is not installed";
  std::uint64_t all = 0;
  for (int pot = 1; pot <= 7; ++pot) {
    const std::string name = "reflector-" + std::to_string(pot), address = "100.127.254." + std::to_string(pot);
    const std::string file = folder_.write("pot.pcap", capture("half-year", name)).string();
    for (const auto& [service, port] :
         std::map<std::string, std::string>{{"chargen", "19"}, {"dns", "53"}, {"ntp", "123"}, {"ssdp", "1900"}}) {
      const std::uint64_t found = tcpdump_counts(file, "udp and dst host " + address + " and dst port " + port);
      EXPECT_EQ(found, (told[{name, service}])) << name << " " << service;
      all += found;
    }
    EXPECT_EQ(tcpdump_counts(file, "dst host " + address +
                                       " and not udp dst port 19 and not udp dst port 53 and not udp dst port 123 and "
                                       "not udp dst port 1900"),
              0U)
        << name;
  }
  EXPECT_GT(all, 1'000'000U);
  EXPECT_LE(all, 5'000'000U);
}

}  // namespace
}  // namespace nightjar::test
