// What honeypots and reflectors of a modelled observatory saw, through `ingest` and `detect`, against the truth of `nightjar simulate`.
#include <set>

#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

/// Ten modelled days, ingested once for all tests.
class ModelledPots : public ModelledCaptures {
 protected:
  static void SetUpTestSuite() {
#if !defined(NIGHTJAR_SANITIZED)
    constexpr const char* kDays = "2024-06-13";
#else
    constexpr const char* kDays = "2024-06-06";  // four days are enough there
#endif
    ModelledPots maker;
    shared_ = std::make_unique<TempFolder>();
    truth_ = std::make_unique<json>(maker.simulate_into(*shared_, kDays));
  }
  static void TearDownTestSuite() {
    truth_.reset();
    shared_.reset();
  }

  json simulate_into(const TempFolder& folder, const std::string& to) {
    const std::string captures = (folder / "captures").string(), truth = (folder / "truth.json").string();
    lake_ = (folder / "lake").string();
    run_here({"simulate", "one-of-each", "--addresses", "4", "--to", to, "--out", captures, "--truth", truth});
    run_here({"ingest", captures});
    return json::parse(content_of(truth));
  }
  void TestBody() override {}

  std::string run_here(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--quiet", "--lake", lake_.empty() ? (*shared_ / "lake").string() : lake_});
    return output_of(NIGHTJAR_BINARY, arguments);
  }
  json ask(const std::string& sql) { return json::parse(run_here({"sql", sql, "--format", "json"})).at("rows"); }
  std::uint64_t number(const std::string& sql) { return ask("SELECT CAST((" + sql + ") AS UBIGINT) AS n").at(0).at("n"); }
  static const json& truth() { return *truth_; }

  std::string lake_;
  static std::unique_ptr<TempFolder> shared_;
  static std::unique_ptr<json> truth_;
};
std::unique_ptr<TempFolder> ModelledPots::shared_;
std::unique_ptr<ModelledPots::json> ModelledPots::truth_;

TEST_F(ModelledPots, RequestsOfEveryDayPotAndServiceAreThoseOfTheTruth) {
  std::map<std::tuple<std::string, std::string, std::string>, std::pair<std::uint64_t, std::uint64_t>> told, found;
  for (const json& row : truth().at("request_days").at("utc")) {
    told[{row.at("day"), row.at("pot"), row.at("service")}] = {row.at("requests"), row.at("answers")};
  }
  for (const json& row : ask("SELECT CAST(CAST(minute AS DATE) AS VARCHAR) AS d, sensor, service, sum(packets) AS n, sum(replies) AS r "
                             "FROM requests GROUP BY ALL")) {
    found[{row.at("d"), row.at("sensor"), row.at("service")}] = {row.at("n"), row.at("r")};
  }
  EXPECT_GT(told.size(), 20u);
  EXPECT_EQ(found, told);
}

TEST_F(ModelledPots, LoginsAreThoseOfTheTruth) {
  std::uint64_t logins = 0, accepted = 0;
  for (const json& visits : truth().at("visits")) {
    logins += visits.at("logins").get<std::uint64_t>();
    accepted += visits.at("logins_accepted").get<std::uint64_t>();
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_EQ(number("SELECT sum(len(regexp_extract_all(logins, '\\t[01](\\n|$)'))) FROM sessions"), logins);
  EXPECT_EQ(number("SELECT sum(len(regexp_extract_all(logins, '\\t1(\\n|$)'))) FROM sessions"), accepted);
}

TEST_F(ModelledPots, MalwareAddressesAreThoseOfTheTruth) {
  std::set<std::string> told, found;
  for (const json& visits : truth().at("visits")) {
    for (const json& url : visits.at("urls")) told.insert(url.get<std::string>());
  }
  for (const json& row : ask("SELECT DISTINCT unnest(string_split(urls, ' ')) AS url FROM sessions WHERE urls <> ''")) {
    found.insert(row.at("url").get<std::string>());
  }
  EXPECT_FALSE(told.empty());
  EXPECT_EQ(found, told);
}

TEST_F(ModelledPots, EveryVisitHasItsSessions) {
  std::uint64_t visits = 0, connections = 0, spoke = 0;
  for (const json& row : truth().at("visits")) {
    visits += row.at("visits").get<std::uint64_t>();
    connections += row.at("connections").get<std::uint64_t>();
    spoke += row.at("connections").get<std::uint64_t>() - row.at("broken_off").get<std::uint64_t>();
  }
  // Of a visit by a raw socket the probe is a conversation of its own, which got no further than SYN-ACK.
  EXPECT_GE(number("SELECT count(*) FROM sessions"), visits);
  EXPECT_GE(number("SELECT count(*) FROM sessions WHERE handshake = 1"), connections);
  // Whoever was not broken off said something; of those without a conversation nobody does.
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE payload <> ''"), spoke);
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE payload <> '' AND cut = 1"), 0u);
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE payload <> '' AND payload NOT IN (SELECT sha256 FROM payloads)"), 0u);
  EXPECT_EQ(number("SELECT count(*) - count(DISTINCT sha256) FROM payloads"), 0u) << "a payload stands there once";
}

TEST_F(ModelledPots, TheBotsOfMiraiAreKnownByTheSynBefore) {
  std::uint64_t bots = 0;
  for (const json& row : truth().at("visits")) {
    if (row.at("conversation") == "mirai-telnet") bots = row.at("visits").get<std::uint64_t>() - row.at("broken_off").get<std::uint64_t>();
  }
  const std::uint64_t linked =
      number("SELECT count(DISTINCT (src, dst)) FROM sessions WHERE is_mirai(facts, \"window\", port, 1, 6) AND logins <> ''");
  EXPECT_GT(linked, bots / 2) << "sources that logged in after a SYN of Mirai's";
}

TEST_F(ModelledPots, PayloadsCarryTheTagsOfTheirConversations) {
  const std::map<std::string, std::string> expected = {{"huawei-soap", "CVE-2017-17215"}, {"tr064", "CVE-2016-10372"}};
  std::set<std::string> told;
  for (const json& row : truth().at("visits")) {
    if (row.at("conversation").is_string() && expected.contains(row.at("conversation"))) told.insert(row.at("conversation"));
  }
  for (const std::string& conversation : told) {
    const int port = conversation == "huawei-soap" ? 37215 : 7547;
    const json rows = ask("SELECT payload, tags FROM sessions WHERE port = " + std::to_string(port) + " AND payload <> '' LIMIT 1");
    ASSERT_EQ(rows.size(), 1u) << conversation;
    const json payload = json::parse(run_here({"payloads", rows.at(0).at("payload"), "--format", "json"}));
    std::string cves;
    for (const json& tag : payload.at("tags")) cves += tag.at("cve").dump();
    EXPECT_NE(cves.find(expected.at(conversation)), std::string::npos) << payload.dump();
  }
}

TEST_F(ModelledPots, AttacksCountedAsTheReportDoesAreThoseOfTheTruth) {
  std::uint64_t counted = 0, merged = 0;
  for (const json& attack : truth().at("attacks")) {
    counted += attack.at("counts_as").get<std::uint64_t>();
    merged += attack.at("counts_as").get<std::uint64_t>() > 0 ? 1 : 0;
  }
  EXPECT_GT(counted, merged);
  run_here({"detect", "attacks", "--definition", "per-sensor"});
  run_here({"detect", "attacks", "--definition", "merged"});
  EXPECT_EQ(number("SELECT count(*) FROM attacks WHERE definition = 'per-sensor' AND level = 1"), counted);
}

}  // namespace
}  // namespace nightjar::test
