// A lake that is older than anything detection looks back to: judged in one go and in parts the incidents are the same.
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exposure/darknet_lake.hpp"
#include "incident/incident_files.hpp"
#include "judge/detect_incidents.hpp"

namespace nightjar {
namespace {

using nlohmann::json;

constexpr std::int64_t kDays = 130;
constexpr std::uint16_t kDark = 0, kGone = 1, kPot = 2, kFirstReflector = 3, kReflectors = 3;

/// 130 days from kDay on, with few packets each.
class LongLake : public DarknetLake {
 public:
  LongLake() : DarknetLake({"dark", "gone", "pot", "one", "two", "three"}) {
    hum_days(kDay, kDay + kDays, 1, kDark);
    // A sensor that stopped sending long ago, in the middle of a day.
    hum(kDay * kMinutesOfDay, (kDay + 12) * kMinutesOfDay + 700, 1, kGone);
    kind(kPot, SensorKind::honeypot);
    for (std::int64_t day = kDay; day < kDay + kDays; ++day) {
      ledger(day, kPot);
      for (std::uint16_t one = 0; one < kReflectors; ++one) ledger(day, kFirstReflector + one);
    }
    for (std::uint16_t one = 0; one < kReflectors; ++one) kind(kFirstReflector + one, SensorKind::reflector);
    scans();
    totals();
    attacks();
    conversations();
    write();
    const Writer writer = take(lake().begin_write());
    std::vector<LakeFile> files;
    for (auto& [day, rows] : flows_) files.push_back(write_rows(writer, Table::flows, day, rows, names()));
    for (auto& [day, rows] : attacks_) files.push_back(write_rows(writer, Table::attacks, day, rows, names()));
    for (auto& [day, rows] : sessions_) files.push_back(write_rows(writer, Table::sessions, day, rows, names()));
    commit(writer, files);
  }

 private:
  static Names names() { return {"dark", "gone", "pot", "one", "two", "three"}; }

  void hosts(std::int64_t day, std::uint16_t port, const char* country, std::uint64_t first, std::uint64_t count, std::uint32_t facts = 0) {
    for (std::uint64_t n = 0; n < count; ++n) {
      FlowRow row;
      row.hour = (kDay + day) * 24 + static_cast<std::int64_t>(n % 24);
      row.src = 0x64400000 + first + n;
      row.ip_version = 4;
      row.packets = 2;
      row.bytes = 80;
      row.dst_bits = 1;
      row.protocol = 6;
      row.port = port;
      row.traffic_class = 1;
      row.facts = facts;
      row.asn = 64'500;
      row.country = country_code(country[0], country[1]);
      row.sensor = kDark;
      flows_[kDay + day].push_back(row);
    }
  }
  /// A wave whose peak lies far back and which never ends, one that comes late on its port, and one that is over.
  void scans() {
    for (std::int64_t day = 0; day < kDays; ++day) {
      hosts(day, 445, "CN", 0, 20);
      hosts(day, 23, "BR", 1000, 15, fact::kSeqIsDst);
      if (day >= 20) hosts(day, 445, "VN", 2000, day < 25 ? 100 : day == 25 ? 300 : 150);
      if (day >= 105) hosts(day, 445, "RU", 3000, day == 108 ? 200 : 120);
      if (day >= 60 && day < 66) hosts(day, 23, "EG", 4000, 90, fact::kSeqIsDst);
      if (day >= 95 && day < 103) hosts(day, 81, "TR", 5000, 80, fact::kSeqIsDst);
    }
  }
  /// TCP rises on four days that no port shows, and once more.
  void totals() {
    for (const std::int64_t day : {50, 51, 85, 86, 87, 88})
      for (std::int64_t minute = 0; minute < kMinutesOfDay; minute += 10) add((kDay + day) * kMinutesOfDay + minute, 6, 1, 40, kDark);
  }
  void attack(std::int64_t day, std::uint64_t victim, const char* country) {
    for (std::uint16_t sensor = 0; sensor < kReflectors; ++sensor) {
      AttackRow row;
      row.id = texts_.emplace_back(std::to_string(1'000'000 + texts_.size()));
      row.definition = "per-sensor";
      row.kind = "single";
      row.level = 1;
      row.first = row.last = ((kDay + day) * 86'400 + 3600 + sensor) * 1'000'000;
      row.src = victim;
      row.ip_version = 4;
      row.prefix_length = 32;
      row.victims = 1;
      row.packets = 100;
      row.country = country_code(country[0], country[1]);
      row.asn = country[0] == 'D' ? 64'501 : 64'502;
      row.protocol = 17;
      attacks_[kDay + day].push_back(row);
    }
  }
  /// Some of Germany on every day, of France on two.
  void attacks() {
    for (std::int64_t day = 0; day < kDays; ++day)
      for (std::uint64_t n = 0; n < 12; ++n) attack(day, 0xC6336400 + 20 * static_cast<std::uint64_t>(day % 10) + n, "DE");
    for (const std::int64_t day : {104, 105})
      for (std::uint64_t n = 0; n < 30; ++n) attack(day, 0xCB007100 + n, "FR");
  }
  void talk(std::int64_t day, std::int64_t second, std::uint64_t client, std::uint16_t port, const char* tags) {
    SessionRow row;
    row.first = row.last = ((kDay + day) * 86'400 + second) * 1'000'000;
    row.src = 0xC0000200 + client;
    row.dst = 0xC6336401;
    row.ip_version = 4;
    row.src_port = 40'000;
    row.port = port;
    row.packets = 10;
    row.handshake = 1;
    row.sensor = kPot;
    row.payload = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    row.tags = tags;
    row.country = country_code('E', 'G');
    sessions_[kDay + day].push_back(row);
  }
  /// A login a day; in the evening of a day an exploit that is new, in the next morning another through the same port; one that keeps
  /// coming for months, and more of it later, and one that never stops.
  void conversations() {
    for (std::int64_t day = 0; day < kDays; ++day) talk(day, 60, 1, 23, "mirai-telnet");
    for (std::int64_t day = 35; day < 124; ++day)
      for (std::uint64_t n = 0; n < (day == 119 ? 9 : 4); ++n)
        talk(day, 5'000 + static_cast<std::int64_t>(n) * 60, 30 + n, 52'869, "realtek-miniigd");
    for (std::int64_t day = 62; day < kDays; ++day)
      for (std::uint64_t n = 0; n < 5; ++n) talk(day, 7'000 + static_cast<std::int64_t>(n) * 60, 40 + n, 8'080, "goahead-system-ini");
    for (std::uint64_t n = 0; n < 6; ++n)
      talk(90, 82'800 + static_cast<std::int64_t>(n) * 60, 10 + n, 37'215, "huawei-hg532 soap-command-injection");
    for (std::uint64_t n = 0; n < 6; ++n)
      talk(91, 3'600 + static_cast<std::int64_t>(n) * 60, 20 + n, 37'215, "realtek-sdk soap-command-injection");
  }

  std::deque<std::string> texts_;
  std::map<std::int64_t, std::vector<FlowRow>> flows_;
  std::map<std::int64_t, std::vector<AttackRow>> attacks_;
  std::map<std::int64_t, std::vector<SessionRow>> sessions_;
};

class JudgedInParts : public ::testing::Test {
 protected:
  static DetectedIncidents detect(const RowsLake& at, std::optional<std::int64_t> from = {}, std::optional<std::int64_t> to = {}) {
    DetectIncidentsOptions options;
    options.threads = 1;
    if (from) options.from_day = kDay + *from;
    if (to) options.to_day = kDay + *to;
    Lake lake = at.lake();
    return take(detect_incidents(lake, options));
  }
  /// Every field of every incident of the table, by id.
  static std::map<std::string, json> incidents(const RowsLake& at) {
    const auto session = at.session();
    std::map<std::string, json> by_id;
    for (const Incident& one : take(read_incidents(*session, {}))) {
      EXPECT_FALSE(by_id.contains(one.id)) << one.id;
      by_id[one.id] = json::parse(incident_json(one));
    }
    return by_id;
  }
  static void expect_same(const std::map<std::string, json>& once, const std::map<std::string, json>& parts) {
    for (const auto& [id, row] : once) {
      const auto found = parts.find(id);
      if (found == parts.end()) {
        ADD_FAILURE() << "only at once: " << row.dump();
        continue;
      }
      for (const auto& [key, value] : row.items())
        EXPECT_EQ(value, found->second.value(key, json())) << key << " of " << id << ": " << row.at("kind");
    }
    for (const auto& [id, row] : parts) EXPECT_TRUE(once.contains(id)) << "only in parts: " << row.dump();
  }
  RowsLake copy_of(const RowsLake& lake, const char* name) const {
    std::filesystem::copy(lake.root(), folder_ / name, std::filesystem::copy_options::recursive);
    return RowsLake(folder_ / name);
  }

  TempFolder folder_;
};

TEST_F(JudgedInParts, AndInOneGoALongLakeHasTheSameIncidents) {
  const LongLake made;
  const RowsLake once = copy_of(made, "once"), parts = copy_of(made, "parts");
  detect(once);
  const auto all = incidents(once);
  std::set<std::string> kinds;
  for (const auto& [id, row] : all) kinds.insert(row.at("kind").get<std::string>());
  EXPECT_EQ(kinds, (std::set<std::string>{"drdos", "host-spike", "new-payload", "new-port", "packet-spike", "sensor"}));
  // What is told anew begins thirty days before each part: in the midst of the total's rise, then between the two exploits.
  for (const std::int64_t to : {100, 117, 121, 130}) EXPECT_EQ(detect(parts, {}, to).to_day, kDay + to);
  expect_same(all, incidents(parts));
}

}  // namespace
}  // namespace nightjar
