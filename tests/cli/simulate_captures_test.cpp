// What `nightjar simulate` writes, read by other programs and byte by byte.
#include <algorithm>
#include <map>
#include <set>

#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

class SimulatedCaptures : public ModelledCaptures {
 protected:
  /// Writes a capture into the folder; returns its path.
  std::string whole(const std::string& name, const std::string& sensor) {
    return folder_.write(name + "-" + sensor + ".pcap", capture(name, sensor)).string();
  }
  static std::uint64_t sum(const json& days, const std::string& group, const std::string& what) {
    std::uint64_t total = 0;
    for (const json& day : days) total += (group.empty() ? day : day.at(group)).at(what).get<std::uint64_t>();
    return total;
  }
  /// Packets of which tshark complains: wrong checksums, and wrong lengths or whatever else is worth a warning in Ethernet, IP and what
  /// is in it, but for resets, which are no mistake. Payloads are left out: those without a meaning are malformed in whatever protocol
  /// their port stands for. One-way traffic repeats segments, and so do conversations that are disturbed on purpose: not followed.
  std::uint64_t tshark_complains(const std::string& file) {
    std::vector<std::string> arguments = {"-nr", file};
    for (const char* setting : {"ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE",
                                "tcp.analyze_sequence_numbers:FALSE", "tcp.desegment_tcp_streams:FALSE", "ip.defragment:FALSE"}) {
      arguments.insert(arguments.end(), {"-o", setting});
    }
    const std::string bad_checksum = "ip.checksum.status == 0 or tcp.checksum.status == 0 or udp.checksum.status == 0";
    arguments.insert(arguments.end(), {"-T", "fields", "-e", "frame.protocols", "-Y"});
    std::vector<std::string> others = arguments;
    arguments.push_back(bad_checksum);
    others.push_back("(_ws.malformed or (_ws.expert.severity >= 0x600000 and not tcp.connection.rst)) and not (" + bad_checksum + ")");
    const std::string checksums = output_of("/usr/bin/tshark", arguments);
    auto complaints = static_cast<std::uint64_t>(std::count(checksums.begin(), checksums.end(), '\n'));
    std::istringstream lines(output_of("/usr/bin/tshark", others));
    for (std::string protocols; std::getline(lines, protocols);) {
      if (protocols.ends_with(":data")) protocols.resize(protocols.size() - 5);
      const std::string last = protocols.substr(protocols.rfind(':') + 1);
      complaints += std::set<std::string>{"eth", "ethertype", "ip", "tcp", "udp", "icmp", "gre"}.contains(last);
    }
    return complaints;
  }
};

TEST_F(SimulatedCaptures, ADayLiesWithinFourStandardDeviationsAndTcpdumpCountsIt) {
  // The first day of Huawei's wave, at the larger size with the installed geolocation data.
  const std::vector<std::string> day = {
    "nicter-2017",
    "--from",
    "2017-12-05",
    "--to",
    "2017-12-06",
    "--addresses",
#if defined(NIGHTJAR_SANITIZED)
    "64"
  };
#else
    "256"
  };
#endif
  std::vector<std::string> arguments = day;
  arguments.insert(arguments.end(), {"--reflectors", "0"});
  const json truth = simulate("day", arguments);
  ASSERT_EQ(truth.at("days").at("local").size(), 1U);
  const json told = truth.at("days").at("local").at(0);
  std::map<std::string, json> named;
  for (const json& row : told.at("ports").at("rows")) named[row.at("protocol").get<std::string>() + row.at("port").dump()] = row;
  for (const json& row : told.at("countries")) named[row.at("country")] = row;
  for (const json& row : told.at("fingerprints")) named[row.at("fingerprint")] = row;

  arguments = day;
  arguments.insert(arguments.begin(), "simulate");
  arguments.push_back("--expect");
  int compared = 0;
  double squares = 0;
  for (const json& row : rows(arguments)) {
    double packets = 0, hosts = 0;
    std::string name;
    if (row.at("port").is_null() && row.at("country").is_null() && row.at("fingerprint").is_null()) {
      name = row.at("protocol").is_null() ? "total" : row.at("protocol").get<std::string>();
      packets = told.at("packets").at(name);
      hosts = told.at("hosts").at(name);
    } else {
      name = !row.at("port").is_null()      ? row.at("protocol").get<std::string>() + row.at("port").dump()
             : !row.at("country").is_null() ? row.at("country").get<std::string>()
                                            : row.at("fingerprint").get<std::string>();
      if (named.contains(name)) packets = named[name].at("packets"), hosts = named[name].at("hosts");
    }
    const auto compare = [&](double found, double expected, double deviation, double fewest) {
      if (expected < fewest) return;
      EXPECT_NEAR(found, expected, 4 * deviation) << name;
      squares += (found - expected) * (found - expected) / deviation / deviation;
      ++compared;
    };
    compare(packets, row.at("packets"), row.at("packets_deviation"), 100);
    if (!row.at("hosts").is_null()) compare(hosts, row.at("hosts"), std::sqrt(row.at("hosts").get<double>()), 50);
  }
  EXPECT_GT(compared, 150) << "one in 16,000 comparisons would fail by chance; the seed is fixed";
  EXPECT_NEAR(std::sqrt(squares / compared), 1, 0.2);

  if (!installed("tcpdump")) GTEST_SKIP() << "tcpdump is not installed";
  // Headers that are whole; 20 bytes of IP, as nothing here has options. Later fragments count by their protocol, too.
  const std::string file = whole("day", "darknet");
  const std::string ip = "ip[0] & 15 == 5 and ", whole_tcp = ip + "ip[2:2] >= 40 and tcp", whole_udp = ip + "ip[2:2] >= 28 and udp";
  const std::uint64_t all = tcpdump_counts(file, "ip");
  EXPECT_EQ(tcpdump_counts(file, whole_tcp), told.at("packets").at("tcp"));
  EXPECT_EQ(tcpdump_counts(file, whole_udp), told.at("packets").at("udp"));
  EXPECT_EQ(tcpdump_counts(file, "icmp"), told.at("packets").at("icmp"));
  EXPECT_EQ(all, told.at("packets").at("total").get<std::uint64_t>() + told.at("undecodable").get<std::uint64_t>());
  EXPECT_EQ(all, tcpdump_counts(file, ""));
  const std::string scans = " and tcp[13] & 0x17 == 2 and dst port ";
  for (const std::string port : {"23", "22", "445", "37215"})
    EXPECT_EQ(tcpdump_counts(file, whole_tcp + scans + port), named["tcp" + port].at("packets")) << port;
  std::set<std::string> sources;
  std::istringstream lines(output_of("/usr/bin/tcpdump", {"-tnqr", file, whole_tcp + scans + "37215"}));
  for (std::string line; std::getline(lines, line);) {
    const std::string from = line.substr(3, line.find(" > ") - 3);
    sources.insert(from.substr(0, from.rfind('.')));
  }
  EXPECT_EQ(sources.size(), named["tcp37215"].at("hosts"));
}

TEST_F(SimulatedCaptures, ADarknetOf64SeesExactlyItsPartOf256) {
  const auto simulate_with = [&](const std::string& addresses) {
    simulate("with" + addresses, {"nicter-2017", "--from", "2017-11-23", "--to", "2017-11-23T03:00", "--addresses", addresses});
  };
  simulate_with("64");
  simulate_with("256");
  const std::string few = capture("with64", "darknet"), many = capture("with256", "darknet");
  std::string part = many.substr(0, kFileHeader);
  each_record(many, [&](std::string_view record) {
    if (destination(record) < 0x647f0040) part += record;  // 100.127.0.0/26
  });
  EXPECT_GT(few.size(), 500'000U);
  EXPECT_GT(many.size(), 3 * few.size());
  EXPECT_TRUE(few == part);
  for (const char* sensor : {"honeypot", "reflector-1", "reflector-7"}) {
    const std::string seen = capture("with64", sensor);
    EXPECT_TRUE(seen == capture("with256", sensor)) << sensor << " has nothing to do with the darknet's size";
    EXPECT_GT(seen.size(), kFileHeader) << sensor;
  }
}

TEST_F(SimulatedCaptures, TsharkComplainsOnlyOfWhatTheTruthCallsBroken) {
  if (!std::filesystem::exists("/usr/bin/tshark")) GTEST_SKIP() << "tshark is not installed";
  const json truth = simulate("day", {"one-of-each", "--from", "2024-06-10", "--to", "2024-06-11"});
  const json& days = truth.at("days").at("utc");
  const std::uint64_t undecodable = sum(days, "", "undecodable"), wrong_checksums = sum(days, "", "wrong_checksums");
  EXPECT_GT(undecodable, 5U);
  EXPECT_GT(wrong_checksums, 0U);
  EXPECT_EQ(tshark_complains(whole("day", "darknet")), undecodable + wrong_checksums);
  const json& at_honeypot = truth.at("honeypot");
  EXPECT_EQ(tshark_complains(whole("day", "honeypot")),
            at_honeypot.at("undecodable").get<std::uint64_t>() + at_honeypot.at("wrong_checksums").get<std::uint64_t>());
  for (const char* pot : {"reflector-1", "reflector-2", "reflector-3"}) EXPECT_EQ(tshark_complains(whole("day", pot)), 0U) << pot;
  // tcpdump says "bad" or "incorrect" of checksums, and "[|" or "truncated" of lengths, of no packet more.
  if (!installed("tcpdump")) return;
  const std::string spoken = output_of("/usr/bin/tcpdump", {"-nvvr", path("day-reflector-1.pcap")});
  for (const char* word : {"bad ", "incorrect", "[|", "truncated"}) EXPECT_EQ(spoken.find(word), std::string::npos) << word;
  EXPECT_NE(spoken.find("[udp sum ok]"), std::string::npos);
}

TEST_F(SimulatedCaptures, OneOfEachHasEveryKindOfIncidentAndAnOutage) {
  const json truth = simulate("each", {"one-of-each"});
  std::set<std::string> kinds;
  for (const json& incident : truth.at("incidents")) {
    const std::string id = incident.at("id"), kind = incident.at("kind");
    kinds.insert(kind);
    if (kind == "sensor" || kind == "drdos") {  // no host of the darknet's
      EXPECT_EQ(incident.at("packets"), 0) << id;
      continue;
    }
    EXPECT_GT(incident.at("packets"), 100) << id;
    EXPECT_GT(incident.at("hosts_seen"), 0) << id;
    EXPECT_GE(incident.at("hosts_true"), incident.at("hosts_seen")) << id;
    if (kind == "heavy-source") {
      EXPECT_EQ(incident.at("hosts_seen"), 1);
    }
    // Instants in the form of ISO 8601, so their order is that of the letters. A packet-spike's hosts are there before.
    if (kind != "packet-spike") {
      EXPECT_GE(incident.at("first").get<std::string>().substr(0, 19), incident.at("onset").get<std::string>().substr(0, 19)) << id;
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"host-spike", "packet-spike", "new-port", "heavy-source", "scan-campaign", "dos-victim",
                                          "carpet-bombing", "new-payload", "drdos", "sensor"}));
  std::uint64_t attacks = 0;
  for (const json& attack : truth.at("attacks")) attacks += attack.at("incident") == "drdos-rise" ? attack.at("counts_as").get<int>() : 0;
  EXPECT_EQ(attacks, 60U) << "60,000 before the scale of 0.001";
  std::set<std::string> visits;
  for (const json& visit : truth.at("visits"))
    visits.insert(visit.at("conversation").is_null() ? "" : visit.at("conversation").get<std::string>());
  EXPECT_TRUE(visits.contains("huawei-soap"));

  // Down from 01:00 to 06:00 of 06-05 in Japan, 16:00 to 21:00 the day before in UTC.
  constexpr std::int64_t kDown = 1'717'516'800, kUp = kDown + 5 * 3600;
  EXPECT_GT(truth.at("lost_in_outages"), 5'000);
  std::int64_t before = 0, during = 0, after = 0, last_before = 0, first_after = kUp + 3600;
  each_record(capture("each", "darknet"), [&](std::string_view record) {
    std::uint32_t time = 0;
    std::memcpy(&time, record.data(), sizeof time);
    before += time >= kDown - 3600 && time < kDown;
    during += time >= kDown && time < kUp;
    after += time >= kUp && time < kUp + 3600;
    if (time < kDown) last_before = std::max<std::int64_t>(last_before, time);
    if (time >= kUp) first_after = std::min<std::int64_t>(first_after, time);
  });
  EXPECT_EQ(during, 0);
  EXPECT_GT(before, 1'000);
  EXPECT_GT(after, 1'000);
  EXPECT_GE(last_before, kDown - 60);
  EXPECT_LE(first_after, kUp + 60);
}

TEST_F(SimulatedCaptures, AQuietWeekHasNoIncident) {
  const json truth = simulate("quiet", {"quiet-week"});
  EXPECT_TRUE(truth.at("incidents").empty());
  EXPECT_TRUE(truth.at("attacks").empty());
  EXPECT_EQ(truth.at("lost_in_outages"), 0);
  const json& days = truth.at("days").at("local");
  ASSERT_EQ(days.size(), 7U);
  // No population of an incident, and every day like the week: packets of a port that are more than a handful stay near the mean.
  std::map<std::string, std::vector<double>> ports;
  for (const json& day : days) {
    for (const json& row : day.at("ports").at("rows"))
      ports[row.at("protocol").get<std::string>() + row.at("port").dump()].push_back(row.at("hosts"));
    EXPECT_NEAR(day.at("packets").at("total").get<double>(), static_cast<double>(sum(days, "packets", "total")) / 7,
                0.05 * static_cast<double>(sum(days, "packets", "total")) / 7);
  }
  int compared = 0;
  for (const auto& [port, hosts] : ports) {
    double mean = 0;
    for (const double one : hosts) mean += one / 7;
    if (mean < 50) continue;
    for (const double one : hosts) EXPECT_NEAR(one, mean, 4 * std::sqrt(mean)) << port;
    ++compared;
  }
  EXPECT_GE(compared, 10);
  EXPECT_EQ(content_of(std::string(NIGHTJAR_SOURCE_DIR) + "/scenarios/quiet-week.toml").find("incident ="), std::string::npos);
}

}  // namespace
}  // namespace nightjar::test
