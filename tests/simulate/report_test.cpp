// The scenario nicter-2017 against the numbers of NICTER's observation report 2017, in closed form: what a darknet as large as the report's
// is expected to see. Nothing is drawn, so nothing scatters; tolerances are how closely the model is to follow the report.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "fingerprint/catalogue.hpp"
#include "simulate/built_in.hpp"

namespace nightjar::simulate {
namespace {

constexpr double kAddresses = 268'992;  // 150.4e9 packets / 559,125 packets per address (report, table 1)
constexpr std::uint8_t kTcp = 6, kUdp = 17;
constexpr CountryCode kJapan = country_code('J', 'P');

std::uint32_t mark(const char* name) { return static_cast<std::uint32_t>(find_fingerprint(name) - fingerprint_catalogue().data()); }
Part port(std::uint16_t number, std::uint8_t protocol = kTcp) { return {.protocol = protocol, .port = number}; }
Part port_in(std::uint16_t number, CountryCode country) { return {.protocol = kTcp, .port = number, .country = country}; }
Part port_with(std::uint16_t number, const char* fingerprint) {
  return {.protocol = kTcp, .port = number, .fingerprint = mark(fingerprint)};
}
constexpr Part kEverything{.asking = false}, kAllTcp{.protocol = kTcp, .asking = false}, kAllUdp{.protocol = kUdp, .asking = false};

/// A model and its days in Japanese time.
struct Year {
  explicit Year(const std::function<bool(const Population&)>& wanted = [](const Population&) { return true; })
      : scenario(built_in("nicter-2017")), model((keep(wanted), *Model::prepare(scenario, nullptr, scenario.to))) {}

  Expected day(const std::string& name, const Part& part) const { return at(hour_of(scenario, name), part); }
  Expected at(std::int64_t hour, const Part& part) const { return Expectation(model, kAddresses).day(hour, part); }
  /// Of all days from `from` on, before `to`.
  void each_day(const std::string& from, const std::string& to, const std::function<void(std::int64_t, const std::string&)>& what) const {
    for (std::int64_t hour = hour_of(scenario, from); hour < hour_of(scenario, to); hour += 24)
      what(hour, format_day((hour * kSecondsPerHour + scenario.utc_offset) / kSecondsPerDay));
  }
  double packets_of_year(const Part& part) const {
    double sum = 0;
    each_day("2017-01-01", "2018-01-01", [&](std::int64_t hour, const std::string&) { sum += at(hour, part).packets; });
    return sum;
  }

  Scenario scenario;
  Model model;

 private:
  void keep(const std::function<bool(const Population&)>& wanted) {
    std::erase_if(scenario.populations, [&](const Population& population) { return !wanted(population); });
  }
};

const Year& year() {
  static const Year everything;
  return everything;
}
double hosts(const std::string& day, const Part& part) { return year().day(day, part).hosts; }
double packets(const std::string& day, const Part& part) { return year().day(day, part).packets; }

TEST(ReportTest, ADayHas412MillionPackets) {
  EXPECT_NEAR(year().packets_of_year(kEverything) / 365, 412e6, 41.2e6);
  // Table 1 divides each day by the addresses of that day.
  double per_address = 0;
  year().each_day("2017-01-01", "2018-01-01", [&](std::int64_t hour, const std::string&) {
    per_address += year().at(hour, kEverything).packets / (kAddresses * observed_share(year().scenario, (hour + 12) * kSecondsPerHour));
  });
  EXPECT_NEAR(per_address, 559'125, 0.02 * 559'125);
}

TEST(ReportTest, PortsHaveTheirShares) {
  const double all = year().packets_of_year(kEverything), tcp = year().packets_of_year(kAllTcp), udp = year().packets_of_year(kAllUdp);
  EXPECT_GT(tcp, 10 * udp);
  std::vector<double> ten;
  for (const std::uint16_t number : {23, 22, 445, 2323, 5358, 7547, 1433, 3389, 80})
    ten.push_back(year().packets_of_year(port(number)) / all);
  ten.push_back(year().packets_of_year(port(1900, kUdp)) / all);
  EXPECT_NEAR(ten[0], 0.385, 0.015);
  EXPECT_NEAR(ten[2], 0.05, 0.007);
  double others = 1, iot = 0;
  for (const double share : ten) others -= share;
  EXPECT_NEAR(others, 0.358, 0.02);
  // The report names 23, 2323, 5358, 7547 and 1900/UDP among others; here with those of its incidents.
  for (const std::uint16_t number : {23, 2323, 5358, 7547, 81, 5555, 6789, 23231, 37215, 52869})
    iot += year().packets_of_year(port(number));
  iot += year().packets_of_year(port(1900, kUdp)) + year().packets_of_year(port(53413, kUdp));
  EXPECT_NEAR(iot / all, 0.54, 0.02);
}

TEST(ReportTest, EveryDayHasTheReportsTcpHosts) {
  year().each_day("2017-01-01", "2018-01-01", [](std::int64_t hour, const std::string& day) {
    const double tcp = year().at(hour, {.protocol = kTcp}).hosts;
    EXPECT_GT(tcp, 0.9 * 0.7e6) << day;
    EXPECT_LT(tcp, 1.1 * 3e6) << day;
  });
}

TEST(ReportTest, SurveyScannersSend68Permille) {
  const Year survey([](const Population& population) { return population.name.starts_with("survey"); });
  ASSERT_FALSE(survey.scenario.populations.empty());
  EXPECT_NEAR(survey.packets_of_year(kEverything) / year().packets_of_year(kEverything), 0.068, 0.0068);
}

TEST(ReportTest, MobileRoutersInJapanKnockOn22) {
  year().each_day("2017-06-01", "2017-06-11", [](std::int64_t hour, const std::string& day) {
    EXPECT_NEAR(year().at(hour, port_in(22, kJapan)).hosts, 200, 20) << day;
  });
  year().each_day("2017-06-11", "2017-07-01", [](std::int64_t hour, const std::string& day) {
    const double seen = year().at(hour, port_in(22, kJapan)).hosts;
    EXPECT_GT(seen, 10'000) << day;
    EXPECT_LT(seen, 20'000) << day;
  });
  const Year routers([](const Population& population) { return population.incident == "mobile-routers"; });
  for (const OriginWeight& origin : routers.scenario.populations.at(0).origins) EXPECT_NE(origin.asn, 0U) << "one operator's addresses";
  EXPECT_EQ(routers.scenario.populations.at(0).origins.size(), 1U);
}

TEST(ReportTest, RoutersInJapanKnockOn23InTwoWaves) {
  const Part telnet = port_in(23, kJapan);
  const double before = hosts("2017-10-30", telnet);
  EXPECT_LT(before, 4'000);
  EXPECT_GT(hosts("2017-10-31", telnet), 2 * before);
  EXPECT_NEAR(hosts("2017-11-03", telnet), 16'000, 1'600);
  EXPECT_LT(hosts("2017-11-15", telnet), 8'000);
  EXPECT_GT(hosts("2017-11-16", telnet), 1.5 * hosts("2017-11-15", telnet));
  double first = 0, peak = 0;
  std::string day_of_first, day_of_peak;
  year().each_day("2017-10-31", "2018-01-01", [&](std::int64_t hour, const std::string& day) {
    const double seen = year().at(hour, telnet).hosts;
    if (seen > peak) peak = seen, day_of_peak = day;
    if (day < "2017-11-10" && seen > first) first = seen, day_of_first = day;
  });
  EXPECT_EQ(day_of_first, "2017-11-03");
  EXPECT_NEAR(peak, 24'000, 2'400) << day_of_peak;
  EXPECT_GT(day_of_peak, "2017-11-16");
  // The second wave is on 2323/TCP too.
  EXPECT_GT(hosts("2017-11-20", port_in(2323, kJapan)), 3 * hosts("2017-11-10", port_in(2323, kJapan)));
}

TEST(ReportTest, OneAddressKnocksOn52869) {
  const Year one([](const Population& population) { return population.incident == "realtek-scanner"; });
  ASSERT_EQ(one.scenario.populations.size(), 1U);
  EXPECT_EQ(one.scenario.populations[0].fixed_hosts, 1U);
  EXPECT_EQ(one.scenario.populations[0].origins.at(0).country, country_code('N', 'L'));
  year().each_day("2017-11-01", "2017-12-20", [&](std::int64_t hour, const std::string& day) {
    const double its = one.at(hour, port(52869)).packets, all = year().at(hour, port(52869)).packets;
    EXPECT_GT(its, 0.9 * 2e5) << day;
    EXPECT_LT(all, 1.1 * 9e5) << day;
    EXPECT_GT(its, 0.95 * all) << day;
    EXPECT_NEAR(one.at(hour, port(52869)).hosts, 1, 1e-6) << day;
  });
  EXPECT_LT(packets("2017-10-25", port(52869)), 1e4);
}

TEST(ReportTest, HuaweiHas400000HostsWithFewPackets) {
  EXPECT_LT(hosts("2017-11-22", port(37215)), 1'000);
  EXPECT_GT(hosts("2017-11-23", port(37215)), 10'000);
  EXPECT_NEAR(hosts("2017-12-05", port(37215)), 400'000, 40'000);
  year().each_day("2017-11-23", "2018-01-01", [](std::int64_t hour, const std::string& day) {
    EXPECT_LT(year().at(hour, port(37215)).packets, 3e7) << day;
    EXPECT_LE(year().at(hour, port(37215)).hosts, hosts("2017-12-05", port(37215))) << day;
  });
}

TEST(ReportTest, TwoDaysHaveMoreThan600MillionTcpPackets) {
  std::vector<std::string> days;
  year().each_day("2017-01-01", "2018-01-01", [&](std::int64_t hour, const std::string& day) {
    if (year().at(hour, kAllTcp).packets > 6e8) days.push_back(day);
  });
  ASSERT_GE(days.size(), 2U);
  EXPECT_EQ(days.back(), "2017-11-23");
  EXPECT_GE(days.front(), "2017-07-01");
  for (std::size_t i = 0; i + 1 < days.size(); ++i) EXPECT_LE(days[i], "2017-07-07");

  const Year victims([](const Population& population) { return population.incident == "dos-july"; });
  EXPECT_GE(victims.scenario.populations.at(0).fixed_hosts, 2U);
  EXPECT_LE(victims.scenario.populations.at(0).fixed_hosts, 3U);
  EXPECT_GT(victims.day(days.front(), kAllTcp).packets, 2e8) << "several 1e8";
  EXPECT_EQ(victims.day(days.front(), {.protocol = kTcp}).packets, 0) << "answers, not scans";
}

TEST(ReportTest, TheGrowthOf1123IsMiraiInArgentina) {
  const std::string before = "2017-11-21", after = "2017-11-23";
  const auto growth = [&](const Part& part) { return hosts(after, part) - hosts(before, part); };
  EXPECT_GT(growth(port(23)), 200'000);
  EXPECT_GT(growth(port_in(23, country_code('A', 'R'))), 0.85 * growth(port(23)));
  EXPECT_GT(growth(port_with(23, "mirai")), 0.95 * growth(port(23)));
}

TEST(ReportTest, WannaCryRisesAndJumpsIn1705) {
  const Part smb = port(445);
  EXPECT_GT(hosts("2017-05-10", smb), 1.01 * hosts("2017-05-09", smb)) << "rises from 05-10";
  EXPECT_GT(hosts("2017-05-13", smb), 1.4 * hosts("2017-05-11", smb));
  // A window of a day that moves on by an hour shows by how much an hour differs from the same one of the day before.
  const std::int64_t noon = hour_of(year().scenario, "2017-05-12") + 12;
  const double an_hour = year().at(noon - 24, smb).packets / 24;
  const auto more_than_a_day_ago = [&](std::int64_t hour) {
    return (year().at(hour - 23, smb).packets - year().at(hour - 24, smb).packets) / an_hour;
  };
  for (std::int64_t hour = noon - 12; hour < noon + 5; ++hour) EXPECT_LT(more_than_a_day_ago(hour), 0.06) << "before 17:00 " << hour - noon;
  for (std::int64_t hour = noon + 6; hour < noon + 12; ++hour) EXPECT_GT(more_than_a_day_ago(hour), 0.1) << "after 17:00 " << hour - noon;
  // The growth is Windows 7 and goes on to the end of the year.
  EXPECT_GT(hosts("2017-05-13", port_with(445, "windows-7")) - hosts("2017-05-09", port_with(445, "windows-7")),
            0.95 * (hosts("2017-05-13", smb) - hosts("2017-05-09", smb)));
  EXPECT_GT(hosts("2017-12-31", smb), 1.2 * hosts("2017-07-01", smb));
  EXPECT_GT(hosts("2017-12-31", smb), hosts("2017-12-01", smb));
}

TEST(ReportTest, PetyaDoesNotShow) {
  for (const auto& what : {&Expected::packets, &Expected::hosts}) {
    const auto value = [&](const char* day) { return year().day(day, port(445)).*what; };
    EXPECT_NEAR(value("2017-06-27"), (value("2017-06-26") + value("2017-06-28")) / 2, 0.001 * value("2017-06-27"));
    EXPECT_LT(value("2017-06-28"), 1.01 * value("2017-06-26")) << "the trend alone";
  }
  for (const Population& population : year().scenario.populations) EXPECT_NE(population.incident, "petya");
}

TEST(ReportTest, GoAheadComesInTwoWavesAndWithHajime) {
  const auto growth = [](const char* before, const char* after, const Part& part) { return hosts(after, part) - hosts(before, part); };
  const auto from = [&](const char* before, const char* after, std::initializer_list<const char*> countries) {
    double sum = 0;
    for (const char* country : countries) sum += growth(before, after, port_in(81, country_code(country[0], country[1])));
    return sum / growth(before, after, port(81));
  };
  EXPECT_LT(hosts("2017-03-04", port(81)), 1'000);
  EXPECT_GT(hosts("2017-03-05", port(81)), 10'000);
  EXPECT_GT(from("2017-03-04", "2017-03-08", {"MX", "VN", "MY"}), 0.75);
  EXPECT_GT(growth("2017-03-04", "2017-03-08", port_with(81, "mirai")), 0.95 * growth("2017-03-04", "2017-03-08", port(81)));
  for (const std::uint16_t other : {80, 88, 8000, 8080}) EXPECT_GT(growth("2017-03-04", "2017-03-08", port(other)), 3'000) << other;

  EXPECT_GT(hosts("2017-04-16", port(81)), 5 * hosts("2017-04-15", port(81)));
  EXPECT_GT(from("2017-04-15", "2017-04-18", {"CN", "TH", "US"}), 0.7);

  EXPECT_GT(hosts("2017-05-16", port(81)), 2 * hosts("2017-05-15", port(81)));
  EXPECT_GT(growth("2017-05-15", "2017-05-18", port_with(81, "hajime-like")), 0.99 * growth("2017-05-15", "2017-05-18", port(81)));
  EXPECT_LT(growth("2017-05-15", "2017-05-18", port_with(81, "mirai")), 0);
  EXPECT_NEAR(hosts("2017-12-31", port_with(81, "hajime-like")), 10'000, 1'000);
}

}  // namespace
}  // namespace nightjar::simulate
