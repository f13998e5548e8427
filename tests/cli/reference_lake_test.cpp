#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "capture/reader.hpp"
#include "decode/decode.hpp"
#include "figure/figure.hpp"
#include "fingerprint/catalogue.hpp"
#include "fingerprint/classify.hpp"
#include "ingest/summary.hpp"
#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;

/// The sum of a column over a figure's rows for one sensor; only rows whose `key` column is `wanted`, if one is named.
std::uint64_t figure_sum(QuerySession& session, const std::string& figure, const std::string& sensor, const std::string& column,
                         const std::string& key = "", const std::string& wanted = "") {
  FigureRequest request;
  request.figure = figure;
  request.sensors = {sensor};
  request.top = kHighestTop;
  const auto answer = run_figure(session, request);
  EXPECT_TRUE(answer) << figure << ": " << (answer ? "" : answer.error().sentence);
  if (!answer) return 0;
  const auto place = [&](const std::string& name) {
    std::size_t at = 0;
    while (at < answer->columns.size() && answer->columns[at].name != name) ++at;
    EXPECT_LT(at, answer->columns.size()) << figure << " has no column " << name;
    return at;
  };
  std::uint64_t sum = 0;
  for (const auto& row : answer->rows) {
    if (!key.empty() && LakeTest::text(row[place(key)]) != wanted) continue;
    const Value& value = row[place(column)];
    if (const auto* number = std::get_if<std::uint64_t>(&value)) sum += *number;
    if (const auto* number = std::get_if<std::int64_t>(&value)) sum += static_cast<std::uint64_t>(*number);
  }
  return sum;
}

/// The reference captures, one sensor each, in one lake: what figures say must be what `summary` says of the file.
class ReferenceLake : public LakeTest {
 protected:
  /// Answers by sensor: "SELECT sensor, a, b ..." → {sensor: "a b"}.
  std::map<std::string, std::string> by_sensor(const std::string& sql) const {
    std::map<std::string, std::string> answers;
    for (const std::string& line : ask(sql)) {
      const std::size_t blank = line.find(' ');
      answers[line.substr(0, blank)] = line.substr(blank + 1);
    }
    return answers;
  }
};

/// Packets by class, [0] all, from IPv6 addresses that no lake stores (upper 64 bits below 2^32), counted without the lake.
std::array<std::uint64_t, 6> never_stored(const std::string& path) {
  std::array<std::uint64_t, 6> counts{};
  auto reader = CaptureReader::open(path, {});
  if (!reader) return counts;
  PacketBlock block;
  Packet packet;
  while ((*reader)->next(block)) {
    for (const RawPacket& raw : block.packets) {
      if (decode(raw, {}, packet) != Undecodable::none || packet.ip_version != 6 || packet.src > 0xffff'ffff) continue;
      ++counts[0];
      ++counts[static_cast<std::size_t>(classify(packet))];
    }
  }
  return counts;
}

TEST_F(ReferenceLake, says_of_every_reference_capture_what_summary_says) {
  const std::filesystem::path captures = NIGHTJAR_CAPTURES_DIR;
  std::ifstream reference(captures / "reference.json");
  if (!reference) GTEST_SKIP() << "the reference captures are not there: " << captures;
  std::string config;
  std::vector<std::string> paths;
  std::map<std::string, Summary> summaries;  // by sensor
  for (const auto& entry : nlohmann::json::parse(reference)) {
    const std::string name = entry["file"], path = (captures / name).string();
    const std::string sensor = "s" + std::to_string(paths.size());
    config += "[[sensor]]\nname = \"" + sensor + "\"\ncaptures = [\"" + path + "\"]\n";
    paths.push_back(path);
    summaries[sensor] = summarise({path}, {}, 1).files.front();
  }
  ASSERT_GE(paths.size(), 80u);
  const auto report = ingest(paths, {.config = folder_.write("nightjar.toml", config)});
  EXPECT_EQ(report.captures, paths.size());
  EXPECT_TRUE(report.failures.empty());

  auto session = QuerySession::open(Lake(lake_folder()).snapshot().value(), {});
  ASSERT_TRUE(session) << session.error().sentence;
  const auto packets = by_sensor("SELECT sensor, sum(packets), sum(not_ip), sum(outside) FROM sensor_days GROUP BY sensor");
  const auto classes = by_sensor(
      "SELECT sensor, sum(packets) FILTER (class = 1), sum(packets) FILTER (class = 2), sum(packets) FILTER (class = 3), "
      "sum(packets) FILTER (class = 4), sum(packets) FILTER (class = 5) FROM flows GROUP BY sensor");
  const auto minutes = by_sensor("SELECT sensor, sum(packets) FROM minutes GROUP BY sensor");
  const auto hosts = by_sensor("SELECT sensor, count(DISTINCT src) FILTER (ip_version = 4 AND class = 1) FROM flows GROUP BY sensor");
  const auto backscatter = by_sensor("SELECT sensor, sum(packets) FROM backscatter GROUP BY sensor");
  for (const auto& [sensor, summary] : summaries) {
    SCOPED_TRACE(summary.file);
    const auto value = [&](const std::map<std::string, std::string>& answers) {
      const auto at = answers.find(sensor);
      return at == answers.end() ? std::string("none") : at->second;
    };
    const auto outside = never_stored(paths[std::stoul(sensor.substr(1))]);
    const std::uint64_t decoded = summary.packets - summary.not_ip - summary.undecodable_packets() - outside[0];
    const auto number_or_null = [](std::uint64_t number) { return number == 0 ? std::string("NULL") : std::to_string(number); };
    if (summary.packets > 0) {
      EXPECT_EQ(value(packets), std::to_string(decoded) + " " + std::to_string(summary.not_ip) + " " + std::to_string(outside[0]));
    }
    if (decoded == 0) {
      EXPECT_EQ(value(minutes), "none");
      continue;
    }
    EXPECT_EQ(value(minutes), std::to_string(decoded));
    EXPECT_EQ(figure_sum(**session, "packets-per-day", sensor, "total"), decoded);
    if (summary.classes[1] > 0) {
      EXPECT_EQ(figure_sum(**session, "windows", sensor, "packets"), summary.classes[1]);
      for (const auto& [window, count] : summary.syn_windows) {
        EXPECT_EQ(figure_sum(**session, "windows", sensor, "packets", "window", std::to_string(window)), count) << "window " << window;
        break;  // the most frequent one
      }
    }
    std::string wanted;
    for (std::size_t c = 1; c <= 5; ++c) wanted += (c == 1 ? "" : " ") + number_or_null(summary.classes[c] - outside[c]);
    EXPECT_EQ(value(classes), wanted);
    EXPECT_EQ(value(backscatter), summary.classes[2] == outside[2] ? "none" : std::to_string(summary.classes[2] - outside[2]));
    if (summary.ipv6 == 0) {
      EXPECT_EQ(value(hosts), std::to_string(summary.tcp_syn_sources));
    }
  }
  for (const Fingerprint& fingerprint : fingerprint_catalogue()) {
    std::string macro = "is_" + std::string(fingerprint.name);
    for (char& c : macro) c = c == '-' || c == '.' ? '_' : c;
    const auto marked = by_sensor("SELECT sensor, coalesce(sum(packets) FILTER (" + macro +
                                  "(facts, \"window\", port, class, protocol)), 0) FROM flows GROUP BY sensor");
    for (const auto& [sensor, summary] : summaries) {
      std::uint64_t wanted = 0;
      for (const Summary::Fingerprint& counted : summary.fingerprints) wanted += counted.name == fingerprint.name ? counted.packets : 0;
      const auto at = marked.find(sensor);
      EXPECT_EQ(at == marked.end() ? "0" : at->second, std::to_string(wanted)) << fingerprint.name << " in " << summary.file;
    }
  }
}

}  // namespace
}  // namespace nightjar
