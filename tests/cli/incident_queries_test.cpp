// No number without its query: over the modelled ten days of one-of-each, which has an incident of nearly every kind, the SQL that each
// incident gives is run, and gives the numbers that it shows.
#include <set>
#include <utility>

#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

class IncidentQueries : public ModelledCaptures {
 protected:
  using Number = std::pair<std::string, std::string>;  ///< of what, and the key there

  json ask(const json& query) { return rows({"sql", query.at("sql").get<std::string>()}); }
  static const json& of(const json& incident, const std::string& where) {
    return where == "incident" ? incident : incident.at(json::json_pointer("/" + where));
  }
  static double value(const json& number) { return number.is_number() ? number.get<double>() : 0; }
  static std::string name(const json& incident, const json& query) {
    return incident.at("kind").get<std::string>() + " " + query.at("of").get<std::string>() + ": " + query.at("sql").get<std::string>();
  }

  void expect_days(const json& incident, const json& query) {
    std::map<std::string, double> observed;
    for (const json& row : ask(query)) observed[row.at("day").get<std::string>().substr(0, 10)] = value(row.at("observed"));
    for (const json& day : incident.at("days"))
      EXPECT_EQ(observed[day.at("day").get<std::string>()], day.at("observed").get<double>()) << name(incident, query);
  }
  void expect_numbers(const json& incident, const json& query) {
    const json answer = ask(query);
    ASSERT_EQ(answer.size(), 1U) << name(incident, query);
    for (const json& key : query.at("numbers")) {
      const double shown = value(of(incident, query.at("of")).at(key.get<std::string>()));
      EXPECT_NEAR(value(answer.at(0).at(key.get<std::string>())), shown, 1e-9 * std::max(1.0, shown))
          << key << " " << name(incident, query);
    }
  }
  void expect_attacks(const json& incident, const json& query) {
    json ids = json::array();
    for (const json& row : ask(query)) ids.push_back(row.at("id"));
    EXPECT_EQ(ids, incident.at("attacks")) << name(incident, query);
  }

  /// What an incident shows that is not nothing.
  static std::set<Number> shown(const json& incident) {
    std::set<Number> numbers;
    const auto add = [&](const std::string& where, const json& object, std::initializer_list<const char*> keys) {
      for (const char* key : keys)
        if (object.contains(key) && value(object.at(key)) != 0) numbers.emplace(where, key);
    };
    add("incident", incident,
        {"observed", "expected", "level_now", "hosts", "packets", "total_hosts", "total_packets", "effective_sources", "returning_hosts",
         "bots", "victims", "unexplained", "merged_attacks"});
    for (const char* list : {"explanation", "related_ports", "payloads", "not_seen", "other_totals"})
      for (std::size_t i = 0; i < incident.at(list).size(); ++i)
        add(std::string(list) + "/" + std::to_string(i), incident.at(list).at(i),
            {"share_of_rise", "usual_share", "hosts", "packets", "lift", "sessions", "observed", "expected"});
    return numbers;
  }
};

TEST_F(IncidentQueries, GiveTheNumbersThatAreShown) {
#if defined(NIGHTJAR_SANITIZED)
  GTEST_SKIP() << "ten days of packets are too many with sanitizers";
#endif
  simulate("one", {"one-of-each"});
  run({"ingest", path("one")});
  run({"detect"});
  std::set<std::string> kinds;
  for (const json& incident : rows({"incidents"})) {
    kinds.insert(incident.at("kind"));
    std::set<Number> with_query;
    for (const json& query : incident.at("queries")) {
      for (const json& key : query.at("numbers")) with_query.emplace(query.at("of"), key);
      if (query.at("gives") != "the numbers") {
        EXPECT_FALSE(query.at("note").is_null()) << name(incident, query);
        ask(query);
      } else if (query.at("of") == "days") {
        expect_days(incident, query);
      } else if (query.at("of") == "attacks") {
        expect_attacks(incident, query);
      } else {
        expect_numbers(incident, query);
      }
    }
    for (const Number& number : shown(incident))
      EXPECT_TRUE(with_query.contains(number)) << incident.at("kind") << ": " << number.first << " " << number.second << " has no query";
  }
  for (const char* kind :
       {"host-spike", "packet-spike", "new-port", "heavy-source", "scan-campaign", "dos-victim", "carpet-bombing", "drdos", "sensor"})
    EXPECT_TRUE(kinds.contains(kind)) << kind << " is not found any more";
}

}  // namespace
}  // namespace nightjar::test
