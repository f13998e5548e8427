#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "figure/figure.hpp"
#include "net/address.hpp"
#include "schema/honeypot_rows.hpp"
#include "schema/rows.hpp"
#include "store/lake.hpp"
#include "store/rows_lake.hpp"

namespace nightjar::test {

/// Microseconds since 1970 of "2017-11-23" and seconds after its midnight, UTC.
inline std::int64_t micros_at(const std::string& day, std::int64_t second) {
  return (*parse_day(day) * kSecondsPerDay + second) * 1'000'000;
}

/// A conversation that a test writes down; its texts live here.
struct Talk {
  std::int64_t first = 0, last = 0;  ///< microseconds since 1970
  std::string sensor = "pot", src = "192.0.2.1", dst = "198.51.100.1", country;
  std::uint16_t src_port = 40'000, port = 23;
  std::uint64_t packets = 10;
  std::string payload, logins, tags, urls, injections;
};

/// A payload that a test writes down.
struct Sent {
  std::string sha256, bytes;
  std::int64_t first = 0, last = 0;
  std::uint8_t protocol = 6;
  std::uint16_t port = 23;
  std::string sensor = "pot", src = "192.0.2.1", tags, urls;
};

/// A lake of conversations and payloads in a folder of its own; `minutes` and `sensor_days` say when its sensors were there.
class SessionLake {
 public:
  /// A sensor that is not named is a honeypot.
  void sensor(const std::string& name, SensorKind kind) { kinds_[name] = kind; }
  void add(Talk talk) {
    if (talk.last == 0) talk.last = talk.first;
    talks_.push_back(std::move(talk));
  }
  void add(Sent sent) { sent_.push_back(std::move(sent)); }
  /// A day in which a sensor was there, whatever it saw.
  void watch(const std::string& day, const std::string& sensor_name) { watched_.emplace(*parse_day(day), sensor_name); }

  /// Writes what was added as one batch: a file a table and day.
  void write(bool modelled = false) {
    std::map<std::int64_t, std::vector<SessionRow>> sessions;
    std::map<std::int64_t, std::vector<PayloadRow>> payloads;
    std::map<std::int64_t, std::vector<MinuteRow>> minutes;
    std::map<std::int64_t, std::vector<SensorDayRow>> days;
    for (const Talk& talk : talks_) {
      const std::int64_t minute = floor_div(talk.first, 60'000'000), day = floor_div(minute, 24 * 60);
      sessions[day].push_back(row_of(talk));
      minutes[day].push_back({minute, talk.packets, 40 * talk.packets, batch_, index_of(talk.sensor), 6, 1});
      watched_.emplace(day, talk.sensor);
    }
    for (const Sent& sent : sent_) {
      const std::int64_t day = floor_div(sent.first, 86'400'000'000);
      payloads[day].push_back(row_of(sent));
      watched_.emplace(day, sent.sensor);
    }
    for (const auto& [day, name] : watched_) {
      SensorDayRow row;
      row.day = day;
      row.sensor = index_of(name);
      const auto known = kinds_.find(name);
      row.kind = static_cast<std::uint8_t>(known == kinds_.end() ? SensorKind::honeypot : known->second);
      days[day].push_back(row);
    }
    const Writer writer = take(at_.lake().begin_write());
    std::vector<LakeFile> files;
    write_table(Table::sessions, sessions, modelled, writer, files);
    write_table(Table::payloads, payloads, modelled, writer, files);
    write_table(Table::minutes, minutes, modelled, writer, files);
    write_table(Table::sensor_days, days, modelled, writer, files);
    at_.commit(writer, std::move(files));
    talks_.clear();
    sent_.clear();
    watched_.clear();
    ++batch_;
  }

  Lake lake() const { return at_.lake(); }
  const std::filesystem::path& folder() const { return at_.folder().path(); }
  Result<FigureAnswer> ask(const FigureRequest& request) const {
    const auto session = at_.session();
    return run_figure(*session, request);
  }

 private:
  static Address address(const std::string& text) { return *parse_address(text); }

  SessionRow row_of(const Talk& talk) {
    SessionRow row;
    row.first = talk.first;
    row.last = talk.last;
    row.ip_version = address(talk.src).version;
    row.src = address(talk.src).high;
    row.src_low = address(talk.src).low;
    row.dst = address(talk.dst).high;
    row.dst_low = address(talk.dst).low;
    row.src_port = talk.src_port;
    row.port = talk.port;
    row.packets = talk.packets;
    row.handshake = 1;
    row.sensor = index_of(talk.sensor);
    row.payload = talk.payload;
    row.logins = talk.logins;
    row.tags = talk.tags;
    row.urls = talk.urls;
    row.injections = talk.injections;
    row.country = talk.country.empty() ? CountryCode{0} : country_code(talk.country[0], talk.country[1]);
    row.batch = batch_;
    return row;
  }

  PayloadRow row_of(const Sent& sent) {
    PayloadRow row;
    row.sha256 = sent.sha256;
    row.bytes = sent.bytes;
    row.size = sent.bytes.size();
    row.first = sent.first;
    row.last = sent.last;
    row.protocol = sent.protocol;
    row.port = sent.port;
    row.sensor = index_of(sent.sensor);
    row.ip_version = address(sent.src).version;
    row.src = address(sent.src).high;
    row.src_low = address(sent.src).low;
    row.tags = sent.tags;
    row.urls = sent.urls;
    row.batch = batch_;
    return row;
  }

  std::uint16_t index_of(const std::string& name) {
    const auto found = std::ranges::find(names_, name);
    if (found != names_.end()) return static_cast<std::uint16_t>(found - names_.begin());
    names_.push_back(name);
    return static_cast<std::uint16_t>(names_.size() - 1);
  }

  template <class Row>
  void write_table(Table table, const std::map<std::int64_t, std::vector<Row>>& days, bool modelled, const Writer& writer,
                   std::vector<LakeFile>& files) {
    for (const auto& [day, rows] : days) {
      LakeFile file = at_.write_rows(writer, table, day, rows, names_);
      file.modelled = modelled;
      files.push_back(file);
    }
  }

  RowsLake at_;
  Names names_;
  std::uint64_t batch_ = 1;
  std::map<std::string, SensorKind> kinds_;
  std::vector<Talk> talks_;
  std::vector<Sent> sent_;
  std::set<std::pair<std::int64_t, std::string>> watched_;
};

}  // namespace nightjar::test
