#pragma once
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "ingest/ingest.hpp"
#include "store/query.hpp"
#include "support/pcap_file.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::test {

/// A lake of one test, in a folder of its own, without geolocation data.
class LakeTest : public ::testing::Test {
 protected:
  Ingest::Report ingest(const std::vector<std::string>& paths, const SensorChoice& choice = {}, Ingest::Config config = {}) {
    auto report = try_ingest(paths, choice, config);
    EXPECT_TRUE(report) << (report ? "" : report.error().sentence);
    return report ? *report : Ingest::Report{};
  }
  Result<Ingest::Report> try_ingest(const std::vector<std::string>& paths, const SensorChoice& choice = {}, Ingest::Config config = {}) {
    auto list = find_captures(paths, choice);
    if (!list) return list.error();
    Lake lake(lake_folder());
    Ingest ingest(config, {lake, [] { return Geolocation::load({}); }});
    Ingest::Progress progress;
    return ingest.run(*list, progress);
  }
  std::filesystem::path lake_folder() const { return folder_ / lake_name_; }
  void use_lake(const std::string& name) { lake_name_ = name; }
  std::string file(const std::string& name, const std::string& content) const { return folder_.write(name, content).string(); }

  /// The answer to one question, a line a row, values with blanks between.
  std::vector<std::string> ask(const std::string& sql) const {
    auto snapshot = Lake(lake_folder()).snapshot();
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().sentence);
    if (!snapshot) return {};
    auto session = QuerySession::open(*snapshot, {});
    EXPECT_TRUE(session) << (session ? "" : session.error().sentence);
    if (!session) return {};
    auto answer = (*session)->run_raw(sql);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().sentence);
    std::vector<std::string> lines;
    if (!answer) return lines;
    for (const auto& row : answer->rows) {
      std::string line;
      for (const Value& value : row) line += (line.empty() ? "" : " ") + text(value);
      lines.push_back(line);
    }
    return lines;
  }
  std::string ask_one(const std::string& sql) const {
    const auto lines = ask(sql);
    EXPECT_EQ(lines.size(), 1u) << sql;
    return lines.empty() ? "" : lines.front();
  }

  /// Everything that the lake says of traffic, whatever files it lies in: one row a key, without batch numbers.
  std::vector<std::string> content() const {
    std::vector<std::string> lines =
        ask("SELECT hour, sensor, ip_version, src, src_low, protocol, port, class, facts, \"window\", sum(packets), sum(bytes), "
            "bit_or(dst_bits), "
            "min(\"first\"), max(\"first\" + span), country, asn FROM flows GROUP BY ALL ORDER BY ALL");
    for (const char* sql :
         {"SELECT minute, sensor, protocol, class, sum(packets), sum(bytes) FROM minutes GROUP BY ALL ORDER BY ALL",
          "SELECT minute, sensor, ip_version, src, src_low, protocol, port, sum(packets), sum(bytes), sum(p00), sum(p10), sum(p20), "
          "sum(p30), "
          "sum(p40), sum(p50), bit_or(dst_bits), sum(mismatches), min(first_ms), max(last_ms) FROM backscatter GROUP BY ALL ORDER BY ALL",
          "SELECT day, sensor, kind, max(addresses), sum(packets), sum(bytes), sum(outbound), sum(outside), sum(not_ip), "
          "sum(undecodable_tcp_truncated), sum(clock_steps) FROM sensor_days GROUP BY ALL ORDER BY ALL"}) {
      const auto more = ask(sql);
      lines.insert(lines.end(), more.begin(), more.end());
    }
    return lines;
  }

 public:
  static std::string text(const Value& value) {
    return std::visit(
        [](const auto& v) -> std::string {
          using T = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<T, std::monostate>)
            return "NULL";
          else if constexpr (std::is_same_v<T, std::string>)
            return v;
          else if constexpr (std::is_same_v<T, bool>)
            return v ? "true" : "false";
          else
            return std::to_string(v);
        },
        value);
  }

 protected:
  TempFolder folder_;
  std::string lake_name_ = "lake";
};

}  // namespace nightjar::test
