// The year 2017 at 64 addresses, written and ingested by the program: what its figures say is what NICTER's observation report 2017 says.
#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

class ModelledYear : public ModelledCaptures {};

TEST_F(ModelledYear, HasTheReportsNumbers) {
#if defined(NIGHTJAR_SANITIZED)
  GTEST_SKIP() << "36 million packets are too many with sanitizers";
#endif
  constexpr std::uintmax_t kRoom = 8'000'000'000;
  if (std::filesystem::space(folder_.path()).available < kRoom) {
    GTEST_SKIP() << "the year needs 8 GB for a while in " << folder_.path().parent_path();
  }
  const json truth = simulate("modelled", {"nicter-2017", "--reflectors", "0"});
  run({"ingest", path("modelled")});
  std::filesystem::remove_all(path("modelled"));
  const std::vector<std::string> year = {"--from", "2017-01-01", "--to", "2018-01-01", "--tz", "Asia/Tokyo"};
  const auto figure = [&](const std::string& name) {
    std::vector<std::string> arguments = {"figure", name};
    arguments.insert(arguments.end(), year.begin(), year.end());
    return rows(arguments);
  };

  // Packets per address: of each day of Japan by the addresses of that day, as table 1 counts.
  std::uint64_t packets = 0, tcp = 0, udp = 0;
  double per_address = 0;
  const json days = figure("packets-per-day");
  ASSERT_EQ(days.size(), 365U);
  for (const json& day : days) {
    const std::string name = day.at("day");
    const double addresses = name >= "2017-08-01" && name < "2017-09-01" ? 56 : 64;
    per_address += day.at("total").get<double>() / addresses;
    packets += day.at("total").get<std::uint64_t>();
    tcp += day.at("tcp").get<std::uint64_t>();
    udp += day.at("udp").get<std::uint64_t>();
  }
  EXPECT_NEAR(per_address, 559'125, 0.02 * 559'125);
  EXPECT_GT(tcp, 10 * udp);
  std::uint64_t told = 0;
  for (const json& day : truth.at("days").at("local")) told += day.at("packets").at("total").get<std::uint64_t>();
  EXPECT_EQ(packets, told);
  // The figure counts the addresses by itself: of the UTC days, of which the first begins nine hours late.
  double by_figure = 0;
  for (const json& row : rows({"figure", "yearly"})) by_figure += row.at("packets_per_address").get<double>();
  EXPECT_NEAR(by_figure, 559'125, 0.02 * 559'125);

  std::map<std::string, double> shares;
  for (const json& row : figure("port-share")) {
    if (row.at("rank").is_null() && row.at("port") != "other") continue;  // what "other" is made of
    const std::string port = row.at("port").is_string() ? row.at("port").get<std::string>() : row.at("port").dump();
    shares[port == "other" ? port : port + "/" + row.at("protocol").get<std::string>()] = row.at("share").get<double>();
  }
  EXPECT_EQ(shares.size(), 11U);
  EXPECT_NEAR(shares["23/tcp"], 38.5, 1.5);
  EXPECT_NEAR(shares["445/tcp"], 5, 0.7);
  EXPECT_NEAR(shares["other"], 35.8, 2);
  double iot = 0;
  for (const json& row : figure("port-groups")) {
    if (row.at("group") == "iot") iot = row.at("share").get<double>();
  }
  EXPECT_NEAR(iot, 54, 2);

  // Sizes and the outage, as the scenario has them.
  const json sizes = rows({"sql",
                           "SELECT strftime(day, '%Y-%m-%d') AS day, CAST(max(addresses) AS UBIGINT) AS addresses FROM sensor_days "
                           "WHERE sensor = 'darknet' GROUP BY day"});
  EXPECT_EQ(sizes.size(), 366U);
  for (const json& row : sizes) {
    const std::string day = row.at("day");
    ASSERT_EQ(row.at("addresses"), day >= "2017-08-01" && day < "2017-09-01" ? 56 : 64) << day;
  }
  const json hours =
      rows({"sql",
            "SELECT hour BETWEEN TIMESTAMP '2017-04-01 18:00' AND TIMESTAMP '2017-04-02 01:00' AS down, count(DISTINCT hour) AS n "
            "FROM flows WHERE sensor = 'darknet' AND hour >= TIMESTAMP '2017-04-01 00:00' "
            "AND hour < TIMESTAMP '2017-04-03 00:00' GROUP BY ALL"});
  ASSERT_EQ(hours.size(), 1U) << "no packet of the eight hours";
  EXPECT_EQ(hours.at(0).at("down"), false);
  EXPECT_EQ(hours.at(0).at("n"), 40);
  const std::uint64_t august = rows({"sql",
                                     "SELECT CAST(sum(packets) AS UBIGINT) AS n FROM flows WHERE sensor = 'darknet' AND "
                                     "hour >= TIMESTAMP '2017-08-01 00:00' AND hour < TIMESTAMP '2017-09-01 00:00'"})
                                   .at(0)
                                   .at("n");
  EXPECT_NEAR(static_cast<double>(august), 31.0 * 56 * 559'125 / 365, 0.1 * 31 * 56 * 559'125 / 365);
}

}  // namespace
}  // namespace nightjar::test
