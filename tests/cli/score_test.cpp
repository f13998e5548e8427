// `nightjar score`: incidents of a lake, written here by hand, held against a truth. What counts as found is tested in tests/incident.
#include <gmock/gmock.h>

#include "base/time.hpp"
#include "cli/modelled.hpp"
#include "incident/incident_files.hpp"

namespace nightjar::test {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;
constexpr std::int64_t kFirst = 19'000;  // day: 2022-01-08

class Score : public ModelledCaptures {
 protected:
  Score() {
    const json truth = {{"scenario", "made\x1b[2J"},
                        {"seed", 7},
                        {"addresses", 64},
                        {"from", time(0)},
                        {"to", time(30)},
                        {"incidents", {wave("telnet", "host-spike", 23, 10), wave("quiet", "none", 445, 12)}},
                        {"attacks", json::array()}};
    std::ofstream(path("truth.json")) << truth;
  }
  static std::string time(std::int64_t day) { return format_second((kFirst + day) * kSecondsPerDay); }
  static json wave(const std::string& id, const std::string& kind, int port, std::int64_t day) {
    return {{"id", id},
            {"kind", kind},
            {"protocol", "tcp"},
            {"port", port},
            {"onset", time(day)},
            {"peak", time(day + 1)},
            {"end", time(day + 5)},
            {"because", {"country=BR"}},
            {"related_ports", json::array()},
            {"payloads", json::array()},
            {"hosts_seen", 20},
            {"packets", 30}};
  }
  static Incident seen(const std::string& id, std::uint16_t port, std::int64_t hours) {
    Incident one;
    one.id = id;
    one.rules = "default";
    one.protocol = 6;
    one.port = port;
    one.country = "BR";
    one.onset_ms = one.peak_ms = kFirst * kDay + hours * kHour;
    one.end_ms = one.onset_ms + kDay;
    one.judged_to_ms = (kFirst + 30) * kDay;
    return one;
  }
  template <class T>
  static T take(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : result.error().sentence);
    return std::move(result).value();
  }
  void store(const std::vector<Incident>& incidents) const {
    Lake lake(path("lake"));
    const Writer writer = take(lake.begin_write());
    const auto session = take(QuerySession::open(take(lake.snapshot()), {}));
    take(lake.commit(writer, take(write_incident_files(*session, writer, incidents, "default", "by hand", kFirst, kFirst + 30))));
  }
};

TEST_F(Score, TellsWhatWasFoundLateTwiceAndWrongly) {
  store({seen("00000000000000a1", 23, 246), seen("00000000000000a2", 23, 270), seen("00000000000000a3", 445, 300),
         seen("00000000000000a4", 8080, 300)});
  const json score = json::parse(run({"score", path("truth.json"), "--format", "json"}));
  EXPECT_EQ(score.at("expected"), 1);
  EXPECT_EQ(score.at("found"), 1);
  EXPECT_EQ(score.at("in_time"), 1);
  EXPECT_EQ(score.at("median_delay_hours"), 6);
  EXPECT_EQ(score.at("precision"), 0.25);
  EXPECT_EQ(score.at("recall"), 1);
  EXPECT_EQ(score.at("because"), json({{"hits", 2}, {"asked", 2}}));
  EXPECT_EQ(score.at("duplicates"), 1);
  EXPECT_EQ(score.at("forbidden"), 1);
  EXPECT_EQ(score.at("unknown"), 1);
  EXPECT_NEAR(score.at("unknown_a_month"), 2 / (30 / 30.44), 1e-9);
  const json& telnet = score.at("rows").at(0);
  EXPECT_EQ(telnet.at("incident"), "00000000000000a1");
  EXPECT_EQ(telnet.at("duplicates"), json({"00000000000000a2"}));
  EXPECT_EQ(score.at("rows").at(1).at("forbidden"), json({"00000000000000a3"}));
  std::string verdicts;
  for (const json& one : score.at("incidents")) verdicts += one.at("verdict").get<std::string>() + " ";
  EXPECT_EQ(verdicts, "found duplicate forbidden unknown ");
}

TEST_F(Score, IsAPageForPeople) {
  store({seen("00000000000000a1", 23, 246), seen("00000000000000a3", 445, 300)});
  const std::string page = run({"score", path("truth.json")});
  EXPECT_THAT(page, HasSubstr("made\\x1b[2J, modelled data: seed 7, 64 addresses"));
  EXPECT_THAT(page, HasSubstr("found                              1 of 1, in time 1"));
  EXPECT_THAT(page, HasSubstr("precision                          50.0 %"));
  EXPECT_THAT(page, HasSubstr("port=23, country=BR"));
  EXPECT_THAT(page, HasSubstr("FORBIDDEN"));
}

TEST_F(Score, SaysWhatIsWrongInASentence) {
  const auto sentence = [&](const std::string& truth, const std::string& lake) {
    Program process(NIGHTJAR_BINARY, {"--lake", lake, "score", truth}, {}, path("out.txt"), path("err.txt"));
    EXPECT_EQ(process.wait().status, 1);
    return content_of(path("err.txt"));
  };
  EXPECT_THAT(sentence(path("truth.json"), path("nowhere")), HasSubstr("there is no lake at"));
  EXPECT_THAT(sentence(path("nothing.json"), path("lake")), HasSubstr("nothing.json"));
  std::ofstream(path("other.json")) << "{}";
  EXPECT_THAT(sentence(path("other.json"), path("lake")), HasSubstr("other.json has no \"scenario\""));
}

}  // namespace
}  // namespace nightjar::test
