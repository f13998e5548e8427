// A week ingested in several ways gives the same figures, whatever is asked and wherever the answer comes from.
#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "support/lake_fixture.hpp"
#include "support/program.hpp"

namespace nightjar {
namespace {

using namespace test;

class SplitDay : public LakeTest {
 protected:
  /// Eight days of few hosts, so that most rows have several packets, of which some differ in TTL, source port or length.
  static PcapFile week() {
    std::mt19937 random(20171123);
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    PcapFile capture;
    for (int i = 0; i < 8'000; ++i) {
      PacketBuilder one = packet();
      one.at(kNov23 + i * 86'400'000'000LL).from("203.0.113." + std::to_string(below(20))).to("198.18.0." + std::to_string(below(9)));
      if (below(3) == 0)
        one.udp().port(53);
      else
        one.tcp().syn().port(23);
      one.ttl(static_cast<std::uint8_t>(50 + below(8) / 7)).src_port(static_cast<std::uint16_t>(4000 + below(8) / 7));
      if (below(8) == 0) one.payload(std::string(4, 'x'));
      capture.add(one);
    }
    return capture;
  }
  void ingest_as(const std::string& lake, const std::string& path, const std::string& jobs) {
    use_lake(lake);
    ASSERT_EQ(run({"ingest", path, "--sensor", "dark", "--jobs", jobs, "--quiet"}), 0) << err();
  }
  int run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--lake", lake_folder().string()});
    Program program(NIGHTJAR_BINARY, arguments, {"NIGHTJAR_GEODATA="}, (folder_ / "out").string(), (folder_ / "err").string());
    return program.wait().status;
  }
  std::string figure(const std::string& name, const std::string& where) const {
    std::vector<std::string> words{"figure", name, "--format", "csv", "--show-sql"};
    if (!where.empty()) words.insert(words.end(), {"--where", where});
    EXPECT_EQ(run(words), 0) << err();
    return content_of((folder_ / "out").string());
  }
  std::string err() const { return content_of((folder_ / "err").string()); }
};

TEST_F(SplitDay, answers_alike_for_any_number_of_jobs_and_captures_and_from_counts_or_flows) {
  const PcapFile traffic = week();
  const std::string whole = file("whole.pcap", traffic.content());
  for (std::size_t i = 0; i < 10; ++i) file("ten/" + std::to_string(i) + ".pcap", traffic.slice(i * 800, (i + 1) * 800));
  const std::string ten = (folder_ / "ten").string();
  ingest_as("whole-1", whole, "1");
  ingest_as("whole-2", whole, "2");
  ingest_as("ten-2", ten, "2");
  // Each capture a batch of its own: hours at the cuts lie in two files.
  for (int i = 0; i < 10; ++i) ingest_as("ten-calls", ten + "/" + std::to_string(i) + ".pcap", "2");
  const std::vector<std::string> others = {"whole-2", "ten-2", "ten-calls"};
  for (const auto& [name, where] : std::vector<std::pair<std::string, std::string>>{{"port-hosts-by-fingerprint", "ttl = 50"},
                                                                                    {"sources", "ttl != 50"},
                                                                                    {"sources", "src_port = 0"},
                                                                                    {"sources", "length = 28 or ttl = 51"}}) {
    use_lake("whole-1");
    const std::string expected = figure(name, where);
    EXPECT_NE(expected.find_first_of("123456789", expected.find('\n')), std::string::npos) << expected;
    for (const std::string& lake : others) {
      use_lake(lake);
      EXPECT_EQ(figure(name, where), expected) << name << " " << where << " " << lake;
    }
  }
  // Of eight whole days counts are made when they are first asked; the filter says nothing, but only flows can answer it.
  use_lake("whole-1");
  const std::string from_flows = figure("hosts-per-day", "ttl = 0 or ttl > 0");
  EXPECT_NE(err().find("FROM flows"), std::string::npos) << err();
  for (const std::string& lake : others) {
    use_lake(lake);
    EXPECT_EQ(figure("hosts-per-day", ""), from_flows) << lake;
    EXPECT_NE(err().find("FROM counts"), std::string::npos) << err();
  }
}

}  // namespace
}  // namespace nightjar
