// Victims of denial of service and carpets of the modelled scenarios, and the real capture of a reflection, as a user finds them.
#include <gmock/gmock.h>

#include <set>

#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Victims : public ModelledCaptures {
 protected:
  static json incident(const json& truth, const std::string& id) {
    for (const json& one : truth.at("incidents"))
      if (one.at("id") == id) return one;
    ADD_FAILURE() << "the scenario has no incident " << id;
    return {};
  }
  json attacks(const std::string& definition = "corsaro2") {
    return json::parse(run({"attacks", "--definition", definition, "--parts", "--top", "1000", "--format", "json"}));
  }
  /// The first seconds of a time, as the truth and the lake agree on: the lake keeps milliseconds.
  static std::string second(const json& time) { return time.get<std::string>().substr(0, 19); }
};

TEST_F(Victims, OfOneOfEachAreTheOneThatIsModelledAndTheCarpet) {
  const json truth = simulate("one", {"one-of-each"});
  run({"ingest", path("one")});
  run({"detect", "attacks", "--definition", "corsaro2"});
  const json list = attacks();
  EXPECT_EQ(list.at("attacks"), 1);
  EXPECT_TRUE(list.at("modelled"));
  std::uint64_t carpet_packets = 0, carpet_addresses = 0;
  for (const json& row : list.at("rows")) {
    if (row.at("kind") == "single") {
      const json victim = incident(truth, "victim");
      EXPECT_EQ(row.at("packets"), victim.at("packets"));
      EXPECT_EQ(second(row.at("first")), second(victim.at("first")));
      EXPECT_EQ(second(row.at("last")), second(victim.at("last")));
      EXPECT_EQ(row.at("port"), 443);
      EXPECT_EQ(row.at("protocol"), "tcp");
      EXPECT_EQ(row.at("country"), "DE");
      EXPECT_EQ(row.at("destinations"), 64);
      EXPECT_EQ(row.at("mismatches"), 0);
      // Seen rate x 2^32 / 64 addresses.
      const double seconds = row.at("duration"), packets = row.at("packets");
      EXPECT_NEAR(row.at("attack_rate").get<double>(), packets / seconds * 67'108'864, 1.0);
      EXPECT_GT(row.at("attack_peak_rate"), row.at("attack_rate"));
    } else {
      EXPECT_EQ(row.at("kind"), "carpet");
      EXPECT_EQ(row.at("asn"), 29216);
      EXPECT_EQ(row.at("port"), 80);
      EXPECT_THAT(row.at("victim").get<std::string>(), HasSubstr("/24"));
      carpet_packets += row.at("packets").get<std::uint64_t>();
      carpet_addresses += row.at("victims").get<std::uint64_t>();
    }
  }
  const json carpet = incident(truth, "carpet");
  EXPECT_EQ(list.at("carpets"), 2) << "the network has two prefixes";
  EXPECT_EQ(carpet_packets, carpet.at("packets"));
  EXPECT_EQ(carpet_addresses, carpet.at("hosts_seen"));
}

TEST_F(Victims, OfJuly2017AreThree) {
  const json truth = simulate("july", {"nicter-2017", "--from", "2017-07-02", "--to", "2017-07-08", "--addresses", "64"});
  run({"ingest", path("july")});
  for (const std::string definition : {"corsaro2", "corsaro3"}) {
    run({"detect", "attacks", "--definition", definition});
    const json list = attacks(definition);
    ASSERT_EQ(list.at("rows").size(), 3U) << definition;
    std::uint64_t packets = 0;
    for (const json& row : list.at("rows")) {
      EXPECT_EQ(row.at("asn"), 36351);
      EXPECT_EQ(row.at("country"), "US");
      EXPECT_THAT(row.at("first").get<std::string>(), StartsWith("2017-07-03T0")) << definition;
      EXPECT_THAT(row.at("last").get<std::string>(), StartsWith("2017-07-06T0")) << definition;
      packets += row.at("packets").get<std::uint64_t>();
    }
    // All but what came after a silence, when it ebbed away.
    const auto all = incident(truth, "dos-july").at("packets").get<std::uint64_t>();
    EXPECT_LE(packets, all);
    EXPECT_GT(packets, all * 98 / 100) << definition;
  }
}

TEST_F(Victims, ThousandsWhoAnswerOneAddressAreNone) {
  const std::filesystem::path capture = std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / "backscatter/amp.TCP.reflection.SYNACK.pcap";
  if (!std::filesystem::exists(capture)) GTEST_SKIP() << "no real captures beside the checkout";
  run({"ingest", "--sensor", "dark", capture.string()});
  for (const std::string definition : {"corsaro2", "corsaro3", "corsaro2 with min 2, seconds 0, peak 2"}) {
    // 7,052 hosts (tshark: tcp.flags.syn == 1 and tcp.flags.ack == 1, or RST), within a minute, to one address.
    EXPECT_THAT(run({"detect", "attacks", "--definition", definition}), HasSubstr("hosts answered one dark address and no other"));
    EXPECT_LE(attacks(definition).at("attacks"), 3) << definition << ": of others in the capture, two packets are enough for the last";
    EXPECT_EQ(attacks(definition).at("carpets"), 0) << definition;
  }
  EXPECT_EQ(attacks().at("attacks"), 0);
}

TEST_F(Victims, RefuseWhatIsOfAnotherSortOfDefinition) {
  std::filesystem::create_directories(path("lake"));
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--quiet", "--lake", path("lake"), "detect", "attacks"});
    Program process(NIGHTJAR_BINARY, arguments, {"HOME=" + folder_.path().string()}, path("out.txt"), path("err.txt"));
    EXPECT_EQ(process.wait().status, 2);
    return content_of(path("err.txt"));
  };
  EXPECT_THAT(refused({"--definition", "corsaro2", "--key", "victim"}), HasSubstr("--key and --count are of DRDoS attacks"));
  EXPECT_THAT(refused({"--peak", "10"}), HasSubstr("so of corsaro2 and corsaro3"));
  EXPECT_THAT(refused({"--definition", "corsaro2", "--gap", "59"}), HasSubstr("60 to 86400"));
  EXPECT_THAT(run({"detect", "attacks", "--definition", "corsaro2"}), HasSubstr("no backscatter"));
}

}  // namespace
}  // namespace nightjar::test
