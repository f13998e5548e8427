// nightjar simulate, run as a user runs it: what it writes goes through ingest, and must be what the truth says, to the packet.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSlow = true;
#else
constexpr bool kSlow = false;
#endif

class SimulateCommand : public ::testing::Test {
 protected:
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--quiet", "--lake", path("lake")});
    Program program(NIGHTJAR_BINARY, arguments, {}, path("out.txt"), path("err.txt"));
    const int status = program.wait().status;
    out_ = content_of(path("out.txt"));
    err_ = content_of(path("err.txt"));
    return status;
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  json truth() const { return json::parse(content_of(path("truth.json"))); }
  json rows(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    EXPECT_EQ(run(arguments), 0) << err_;
    return json::parse(out_).at("rows");
  }
  void simulate_and_ingest(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "simulate");
    arguments.insert(arguments.end(), {"--out", path("modelled"), "--truth", path("truth.json")});
    ASSERT_EQ(run(arguments), 0) << err_;
    ASSERT_EQ(run({"ingest", path("modelled")}), 0) << err_;
  }
  void compare_with_truth();

  TempFolder folder_;
  std::string out_, err_;
};

/// Every daily total of the truth against figures and SQL over the lake.
void SimulateCommand::compare_with_truth() {
  const json told = truth();
  for (const auto& [days, zone] : std::map<std::string, std::string>{{"utc", "UTC"}, {"local", "Asia/Tokyo"}}) {
    SCOPED_TRACE(zone);
    std::map<std::string, json> packets, hosts;
    for (const json& row : rows({"figure", "packets-per-day", "--tz", zone})) packets[row.at("day")] = row;
    for (const json& row : rows({"figure", "hosts-per-day", "--tz", zone})) hosts[row.at("day")] = row;
    ASSERT_EQ(told.at("utc_offset_seconds"), 9 * 3600);
    for (const json& day : told.at("days").at(days)) {
      SCOPED_TRACE(day.at("day"));
      for (const char* protocol : {"tcp", "udp", "icmp", "other", "total"}) {
        EXPECT_EQ(packets[day.at("day")].at(protocol), day.at("packets").at(protocol)) << protocol;
      }
      for (const char* protocol : {"tcp", "udp", "total"})
        EXPECT_EQ(hosts[day.at("day")].at(protocol), day.at("hosts").at(protocol)) << protocol;
    }
    EXPECT_EQ(packets.size(), told.at("days").at(days).size());

    const std::string shift = zone == "UTC" ? "" : " + INTERVAL 9 HOUR";
    const std::string where = " FROM flows WHERE sensor = 'darknet' AND class IN (1, 3) GROUP BY ALL";
    const auto table = [&](const std::string& columns) {
      std::map<std::string, json> found;
      for (const json& row : rows({"sql", "SELECT strftime(hour" + shift + ", '%Y-%m-%d') AS day, " + columns +
                                              ", CAST(sum(packets) AS UBIGINT) AS packets, count(DISTINCT src) AS hosts" + where}))
        found[row.at("day").get<std::string>() + " " + row.at("what").get<std::string>()] = row;
      return found;
    };
    auto ports = table("protocol || '/' || port AS what"), countries = table("country AS what");
    const std::map<std::string, std::string> numbers = {{"tcp", "6"}, {"udp", "17"}};
    for (const json& day : told.at("days").at(days)) {
      const std::string name = day.at("day");
      for (const json& port : day.at("ports").at("rows")) {
        const json& found = ports[name + " " + numbers.at(port.at("protocol")) + "/" + std::to_string(port.at("port").get<int>())];
        EXPECT_EQ(found.at("packets"), port.at("packets")) << name << port;
        EXPECT_EQ(found.at("hosts"), port.at("hosts")) << name << port;
      }
      for (const json& country : day.at("countries")) {
        const json& found = countries[name + " " + country.at("country").get<std::string>()];
        EXPECT_EQ(found.at("packets"), country.at("packets")) << name << country;
        EXPECT_EQ(found.at("hosts"), country.at("hosts")) << name << country;
      }
    }
    for (const std::string fingerprint : {"mirai", "hajime-like", "windows-7", "masscan", "zmap-classic", "irregular-syn"}) {
      std::string macro = "is_" + fingerprint;
      std::replace(macro.begin(), macro.end(), '-', '_');
      macro += "(facts, \"window\", port, class, protocol)";
      std::map<std::string, json> found;
      for (const json& row :
           rows({"sql", "SELECT strftime(hour" + shift +
                            ", '%Y-%m-%d') AS day, CAST(sum(packets) AS UBIGINT) AS packets, count(DISTINCT src) AS hosts "
                            "FROM flows WHERE sensor = 'darknet' AND " +
                            macro + " GROUP BY ALL"}))
        found[row.at("day")] = row;
      std::map<std::string, json> told_of;
      for (const json& day : told.at("days").at(days)) {
        for (const json& row : day.at("fingerprints")) {
          if (row.at("fingerprint") == fingerprint) told_of[day.at("day")] = row;
        }
      }
      EXPECT_EQ(found.size(), told_of.size()) << fingerprint;
      for (const auto& [day, row] : told_of) {
        EXPECT_EQ(found[day].at("packets"), row.at("packets")) << fingerprint << " " << day;
        EXPECT_EQ(found[day].at("hosts"), row.at("hosts")) << fingerprint << " " << day;
      }
    }
  }
}

TEST_F(SimulateCommand, TenDaysAreInTheLakeAsTheTruthSays) {
  simulate_and_ingest({"one-of-each"});
  compare_with_truth();
  // Nothing that is broken on purpose is lost without a count.
  std::uint64_t undecodable = 0;
  const json told = truth();
  for (const json& day : told.at("days").at("utc")) undecodable += day.at("undecodable").get<std::uint64_t>();
  EXPECT_GT(undecodable, 0U);
  const json ledger = rows({"sql",
                            "SELECT CAST(sum(undecodable_ipv4_header_length + undecodable_ipv4_total_length + undecodable_tcp_truncated + "
                            "undecodable_udp_truncated) AS UBIGINT) AS n FROM sensor_days WHERE sensor = 'darknet'"});
  EXPECT_EQ(ledger.at(0).at("n"), undecodable);
}

TEST_F(SimulateCommand, IncidentWeeksAreInTheLakeAsTheTruthSays) {
  // WannaCry; Mirai in Argentina and the start of Huawei; each with a day before.
  for (const auto& [from, to] : {std::pair("2017-05-11", "2017-05-14"), std::pair("2017-11-22", "2017-11-25")}) {
    SCOPED_TRACE(from);
    fs::remove_all(path("modelled"));
    fs::remove_all(path("lake"));
    simulate_and_ingest({"nicter-2017", "--from", from, "--to", to, "--compress", "zstd", "--rotate", "hour"});
    compare_with_truth();
    if (kSlow) break;
  }
}

TEST_F(SimulateCommand, TheSameArgumentsMakeTheSameBytes) {
  const std::vector<std::string> arguments = {"simulate", "one-of-each", "--from", "2024-06-05", "--to", "2024-06-07"};
  const auto bytes_of = [&](const std::string& name, std::vector<std::string> more) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--out", path(name), "--truth", path(name + ".json")});
    all.insert(all.end(), more.begin(), more.end());
    EXPECT_EQ(run(all), 0) << err_;
    std::string bytes = content_of(path(name + ".json"));
    std::set<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(path(name))) {
      if (entry.is_regular_file()) files.insert(entry.path());
    }
    EXPECT_GT(files.size(), 5U);
    for (const fs::path& file : files) bytes += file.filename().string() + content_of(file.string());
    return bytes;
  };
  const std::string once = bytes_of("one", {});
  EXPECT_TRUE(once == bytes_of("two", {}));
  EXPECT_FALSE(once == bytes_of("three", {"--seed", "7"}));
}

TEST_F(SimulateCommand, APartOfTheSpanIsExactlyThatPart) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> spans = {
      {"long", {"--from", "2024-06-04", "--to", "2024-06-07"}}, {"short", {"--from", "2024-06-05T11:00", "--to", "2024-06-05T14:00"}}};
  for (const auto& [name, span] : spans) {
    std::vector<std::string> arguments = {"simulate", "one-of-each", "--rotate", "hour", "--out", path(name)};
    arguments.insert(arguments.end(), span.begin(), span.end());
    ASSERT_EQ(run(arguments), 0) << err_;
  }
  for (const char* file :
       {"darknet/darknet-2024-06-05T03.pcap", "honeypot/honeypot-2024-06-05T03.pcap", "reflector-1/reflector-1-2024-06-05T03.pcap"}) {
    if (!fs::exists(path("long/") + file)) continue;  // nobody called
    EXPECT_TRUE(content_of(path("long/") + file) == content_of(path("short/") + file)) << file;
  }
  EXPECT_GT(fs::file_size(path("short/darknet/darknet-2024-06-05T03.pcap")), 10'000U);
}

TEST_F(SimulateCommand, ASpanOfAnHourAndAnOutageHoldForTheHoneypotToo) {
  // one-of-each with a talkative honeypot that is down for the first half of the hour.
  std::string text = content_of(std::string(NIGHTJAR_SOURCE_DIR) + "/scenarios/one-of-each.toml");
  text.replace(text.find("crawlers_a_day = "), std::string("crawlers_a_day = ").size(), "crawlers_a_day = 30");
  text += "\n[[outage]]\nsensor = \"honeypot\"\nfrom = \"2024-06-06T20:00\"\nto = \"2024-06-06T20:30\"\n";
  folder_.write("talkative.toml", text);
  ASSERT_EQ(run({"simulate", path("talkative.toml"), "--from", "2024-06-06T20:00", "--to", "2024-06-06T21:00", "--out", "-", "--sensor",
                 "honeypot", "--truth", path("truth.json")}),
            0)
      << err_;
  const std::string command =
      "tcpdump -ttnr " + path("out.txt") + " 2>/dev/null | cut -d. -f1 | sort -n | sed -n '1p;$p' > " + path("times.txt");
  if (std::system("command -v tcpdump >/dev/null 2>&1") != 0) GTEST_SKIP() << "tcpdump is not installed";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const std::string times = content_of(path("times.txt"));
  const std::int64_t half = 1717673400;  // 2024-06-06 20:30 in Japan
  EXPECT_GE(std::stoll(times), half);
  EXPECT_LT(std::stoll(times.substr(times.find('\n') + 1)), half + 1800);
  std::uint64_t crawlers = 0;
  const json told = truth();
  for (const json& visit : told.at("visits")) {
    if (visit.at("conversation") == "crawler") crawlers = visit.at("visits");
  }
  EXPECT_GT(crawlers, 0U);
  EXPECT_LT(crawlers, 110U) << "those of half an hour";
}

TEST_F(SimulateCommand, TcpdumpCountsWhatTheTruthSays) {
  if (std::system("command -v tcpdump >/dev/null 2>&1") != 0) GTEST_SKIP() << "tcpdump is not installed";
  ASSERT_EQ(run({"simulate", "one-of-each", "--from", "2024-06-05", "--to", "2024-06-06", "--out", "-", "--truth", path("truth.json")}), 0)
      << err_;
  const json told = truth();
  std::uint64_t tcp = 0, udp = 0, icmp = 0;
  for (const json& day : told.at("days").at("utc")) {
    tcp += day.at("packets").at("tcp").get<std::uint64_t>();
    udp += day.at("packets").at("udp").get<std::uint64_t>();
    icmp += day.at("packets").at("icmp").get<std::uint64_t>();
  }
  const auto counted = [&](const std::string& filter) {
    const std::string command = "tcpdump -nr " + path("out.txt") + " '" + filter + "' 2>/dev/null | wc -l > " + path("count.txt");
    EXPECT_EQ(std::system(command.c_str()), 0);
    return std::stoull(content_of(path("count.txt")));
  };
  // Broken packets carry their protocol number too; tcpdump's filter sees no more than that.
  const std::uint64_t broken = counted("ip and (ip[0] & 15 < 5 or ip[2:2] < 28)");
  EXPECT_NEAR(static_cast<double>(counted("tcp")), static_cast<double>(tcp), static_cast<double>(broken));
  EXPECT_NEAR(static_cast<double>(counted("udp")), static_cast<double>(udp), static_cast<double>(broken));
  EXPECT_EQ(counted("icmp"), icmp);
  EXPECT_GT(tcp, 10 * udp / 2);
}

TEST_F(SimulateCommand, SaysWhatIsWrong) {
  EXPECT_EQ(run({"simulate"}), 2);
  EXPECT_NE(err_.find("--list"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "nicter-2071", "--out", path("x")}), 1);
  EXPECT_NE(err_.find("nicter-2017"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "quiet-week"}), 2);
  EXPECT_NE(err_.find("--out"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "nicter-2017", "--out", path("x"), "--from", "2017-13-01"}), 2);
  EXPECT_EQ(run({"simulate", "nicter-2017", "--out", path("x"), "--from", "2018-03-01"}), 1);
  EXPECT_NE(err_.find("from 2017-01-01T00:00 to 2018-01-01T00:00 in its time zone"), std::string::npos) << err_;
  folder_.write("full/something", "here");
  EXPECT_EQ(run({"simulate", "quiet-week", "--out", path("full")}), 1);
  EXPECT_NE(err_.find("is not empty"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "quiet-week", "--out", "-", "--sensor", "nobody"}), 1);
  EXPECT_NE(err_.find("darknet"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "quiet-week", "--out", path("x"), "--truth", path("nowhere/truth.json")}), 1);
  EXPECT_NE(err_.find("there is no folder"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "quiet-week", "--out", path("x"), "--truth", path("x/truth.json")}), 1);
  EXPECT_EQ(run({"simulate", "quiet-week", "--out", path("x"), "--truth", path("full")}), 1);
  EXPECT_NE(err_.find("that is a folder"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "quiet-week", "--out", path("x"), "--reflectors", "3"}), 1);
  EXPECT_NE(err_.find("[reflectors]"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "quiet-week", "--out", path("x"), "--attack-scale", "nan"}), 2);
  EXPECT_EQ(run({"simulate", "quiet-week", "--expect", "--addresses", "nan"}), 2);
  EXPECT_EQ(run({"simulate", "quiet-week", "--expect", "--from", "2020-01-01", "--to", "2020-01-02"}), 2);
  EXPECT_NE(err_.find("whole days"), std::string::npos) << err_;
  EXPECT_EQ(run({"simulate", "quiet-week", "--expect", "--port", "23"}), 2);
  EXPECT_NE(err_.find("23/tcp"), std::string::npos) << err_;
  EXPECT_FALSE(fs::exists(path("x")));
}

TEST_F(SimulateCommand, ListsItsScenarios) {
  ASSERT_EQ(run({"simulate", "--list"}), 0) << err_;
  for (const char* name : {"nicter-2017", "quiet-week", "one-of-each"}) EXPECT_NE(out_.find(name), std::string::npos) << out_;
}

}  // namespace
}  // namespace nightjar::test
