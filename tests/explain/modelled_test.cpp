// Weeks of nicter-2017 at 64 addresses, written and ingested by the program: each explanation names what the truth names (`because`).
#include <set>

#include "base/time.hpp"
#include "cli/modelled.hpp"
#include "explain/explain.hpp"
#include "store/lake.hpp"

namespace nightjar::test {
namespace {

class ExplainedWeek : public ModelledCaptures {
 protected:
  /// Days in Japan from `from` to `to`.
  void model(const std::string& from, const std::string& to) {
    truth_ = simulate("modelled", {"nicter-2017", "--from", from, "--to", to});
    run({"ingest", path("modelled")});
  }
  /// The truth's incident on its port, against the days of the lake before the onset, in a population of countries and tools.
  Explanation explain(const std::string& id, int days_after_onset, std::vector<std::string> countries = {},
                      std::vector<std::string> tools = {}) {
    const json incident = incident_of(id);
    Rise rise;
    rise.port = incident["port"].get<std::uint16_t>();
    rise.onset_day = *parse_day(incident["onset"].get<std::string>().substr(0, 10));
    rise.peak_day = rise.onset_day + days_after_onset;
    rise.countries = std::move(countries);
    rise.tools = std::move(tools);
    std::map<std::int64_t, Exposure> exposures;
    // The first and the last UTC day are cut by the time zone.
    const std::int64_t first = *parse_day(truth_["from"].get<std::string>().substr(0, 10)) + 1;
    for (std::int64_t day = first; day <= rise.peak_day; ++day) exposures[day] = {.address_days = 64, .coverage = 1, .trouble = false};
    for (std::int64_t day = first; day < rise.onset_day; ++day) rise.usual_days.push_back(day);
    EXPECT_GE(rise.usual_days.size(), 2U);

    auto snapshot = Lake(path("lake")).snapshot();
    auto session = QuerySession::open(*snapshot, {.threads = 1, .memory_bytes = 512 << 20});
    auto explanation = explain_rise(**session, rise, exposures);
    EXPECT_TRUE(explanation) << (explanation ? "" : explanation.error().sentence);
    return *explanation;
  }
  json incident_of(const std::string& id) const {
    for (const json& incident : truth_["incidents"]) {
      if (incident["id"] == id) return incident;
    }
    ADD_FAILURE() << "no incident " << id;
    return {};
  }
  /// "country=AR" of all parts.
  static std::set<std::string> named(const Explanation& explanation) {
    std::set<std::string> names;
    for (const RisePart& part : explanation.parts) {
      for (const AttributeValue& value : part.attributes) names.insert(value.attribute + "=" + value.value);
    }
    return names;
  }
  void expect_because(const std::string& id, const Explanation& explanation) {
    const json incident = incident_of(id);
    for (const json& because : incident["because"])
      EXPECT_TRUE(named(explanation).contains(because)) << because << " is not named for " << id;
    EXPECT_LE(explanation.parts.size(), 5U);
    for (const RisePart& part : explanation.parts) EXPECT_GE(part.share_of_rise, 0.09) << id;
  }

  json truth_;
};

TEST_F(ExplainedWeek, MiraiInArgentina) {
  model("2017-11-19", "2017-11-25");
  const Explanation explanation = explain("mirai-argentina", 1);
  expect_because("mirai-argentina", explanation);
  EXPECT_EQ(explanation.country, "AR");
  EXPECT_EQ(explanation.tool, "mirai");
  EXPECT_LT(explanation.unexplained, 0.1);
  ASSERT_FALSE(explanation.co_scanned.empty());
  EXPECT_EQ(explanation.co_scanned.front().port, 2323);
  // A rise of many hosts: each seen with a packet or two.
  EXPECT_GT(*explanation.effective_sources, 0.5 * static_cast<double>(explanation.hosts));
}

TEST_F(ExplainedWeek, CamerasWithGoAhead) {
  model("2017-03-01", "2017-03-10");
  const Explanation explanation = explain("goahead-1", 4);
  expect_because("goahead-1", explanation);
  EXPECT_EQ(explanation.country, "");
  std::set<int> ports;
  for (const RelatedPort& port : explanation.co_scanned) ports.insert(port.port);
  // Of its four other ports 80 is the one that it asks most.
  EXPECT_TRUE(ports.contains(80));
}

TEST_F(ExplainedWeek, MobileRoutersInJapan) {
  model("2017-06-07", "2017-06-17");
  const Explanation explanation = explain("mobile-routers", 5, {"JP"});
  expect_because("mobile-routers", explanation);
  EXPECT_EQ(explanation.country, "JP");
}

}  // namespace
}  // namespace nightjar::test
