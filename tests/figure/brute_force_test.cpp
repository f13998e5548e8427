// Figures against a second way to their numbers: plain loops over the rows, written without the figures' SQL.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "figure/filter_sql.hpp"
#include "figure/values.hpp"
#include "fingerprint/catalogue.hpp"
#include "random_filter.hpp"
#include "small_lake.hpp"
#include "store/compact.hpp"
#include "store/counts.hpp"

namespace nightjar {
namespace {

using test::Flow;
using test::lines_of;
using test::SmallLake;

bool has_ports(const FlowRow& row) { return row.protocol == 6 || row.protocol == 17; }

/// Whether a value lies in one of a comparison's ranges, or on the right side of its number.
bool number_fits(const FilterExpression& comparison, std::uint64_t value) {
  const auto& values = comparison.values;
  switch (comparison.op) {
    case FilterOperator::less: return value < values[0].first;
    case FilterOperator::less_equal: return value <= values[0].first;
    case FilterOperator::greater: return value > values[0].first;
    case FilterOperator::greater_equal: return value >= values[0].first;
    default: return std::ranges::any_of(values, [&](const FilterValue& each) { return each.first <= value && value <= each.last; });
  }
}

bool is_inequality(FilterOperator op) { return op >= FilterOperator::less && op <= FilterOperator::greater_equal; }

/// Values of rows whose packets differ are 0: no inequality may take them.
bool shared_fits(const FilterExpression& comparison, std::uint64_t value) {
  return !(value == 0 && is_inequality(comparison.op)) && number_fits(comparison, value);
}

bool text_fits(const FilterExpression& comparison, const std::string& text) {
  return std::ranges::any_of(comparison.values, [&](const FilterValue& each) { return each.text == text; });
}

bool marked(const FlowRow& row, const std::string& name) {
  if (name == "none") {
    return std::ranges::none_of(fingerprint_catalogue(),
                                [&](const Fingerprint& each) { return each.matches(row.facts, row.window, row.port, row.traffic_class); });
  }
  return find_fingerprint(name)->matches(row.facts, row.window, row.port, row.traffic_class);
}

std::string country_of(const FlowRow& row) {
  return row.country == 0 ? "unknown" : std::string{static_cast<char>(row.country & 0xFF), static_cast<char>(row.country >> 8)};
}

bool positive(const FilterExpression& comparison, const FlowRow& row, const std::string& sensor) {
  switch (comparison.field) {
    case FilterField::port: return has_ports(row) && number_fits(comparison, row.port);
    case FilterField::protocol:
      return std::ranges::any_of(comparison.values, [&](const FilterValue& each) {
        const auto numbers = protocols_of(each.text);
        return std::ranges::find(numbers, row.protocol) != numbers.end();
      });
    case FilterField::traffic_class: return text_fits(comparison, std::string(kClassNames[row.traffic_class]));
    case FilterField::fingerprint:
      return std::ranges::any_of(comparison.values, [&](const FilterValue& each) { return marked(row, each.text); });
    case FilterField::country: return text_fits(comparison, country_of(row));
    case FilterField::asn: return number_fits(comparison, row.asn);
    case FilterField::src:
      return std::ranges::any_of(comparison.values, [&](const FilterValue& each) {
        return each.prefix->first.version == row.ip_version && each.prefix->contains({row.ip_version, row.src, row.src_low});
      });
    case FilterField::sensor: return text_fits(comparison, sensor);
    case FilterField::window: return row.traffic_class == 1 && number_fits(comparison, row.window);
    case FilterField::ttl: return shared_fits(comparison, row.ttl);
    case FilterField::src_port: return shared_fits(comparison, row.src_port);
    case FilterField::length: return shared_fits(comparison, row.ip_length);
    case FilterField::ip_version: return number_fits(comparison, row.ip_version);
    case FilterField::tag:
    case FilterField::service: break;  // none of flows
  }
  return false;
}

bool matches(const FilterExpression& filter, const FlowRow& row, const std::string& sensor) {
  const auto part = [&](const FilterExpression& each) { return matches(each, row, sensor); };
  switch (filter.kind) {
    case FilterExpression::Kind::all_of: return std::ranges::all_of(filter.parts, part);
    case FilterExpression::Kind::any_of: return std::ranges::any_of(filter.parts, part);
    case FilterExpression::Kind::negation: return !part(filter.parts[0]);
    case FilterExpression::Kind::comparison: break;
  }
  const bool negative = filter.op == FilterOperator::not_equal || filter.op == FilterOperator::not_in;
  return positive(filter, row, sensor) != negative;
}

/// Rows as a small darknet sees them: few values of everything, so that filters hit.
class RandomTraffic : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    lake_ = new SmallLake;
    flows_ = new std::vector<Flow>;
    for (const char* sensor : {"alpha", "be ta"}) lake_->sensor(sensor, 32);
    lake_->sensor("pot", 1, SensorKind::honeypot);
    std::set<std::string> keys;
    for (int i = 0; i < 4000; ++i) {
      Flow flow = random_flow();
      const FlowRow& row = flow.row();
      std::string key = flow.sensor();
      for (const std::uint64_t part :
           {static_cast<std::uint64_t>(row.hour), row.src, row.src_low, std::uint64_t{row.protocol}, std::uint64_t{row.port},
            std::uint64_t{row.traffic_class}, std::uint64_t{row.facts}, std::uint64_t{row.window}})
        key += "/" + std::to_string(part);
      if (!keys.insert(key).second) continue;
      flows_->push_back(flow);
      lake_->add(flow);
    }
    lake_->write();
  }
  static void TearDownTestSuite() {
    delete lake_;
    delete flows_;
  }

  static int pick(int first, int last) { return random_.pick(first, last); }

  static Flow random_flow() {
    static const std::vector<std::string> days = {"2017-11-20", "2017-11-21", "2017-11-22", "2017-11-23"};
    static const std::vector<std::string> sensors = {"alpha", "alpha", "be ta", "pot"};
    static const std::vector<std::uint16_t> ports = {0, 22, 23, 23, 23, 25, 53, 445};
    static const std::vector<std::pair<const char*, std::uint32_t>> origins = {{"JP", 1}, {"AR", 5}, {"US", 20}, {"", 0}};
    Flow flow(days[static_cast<std::size_t>(pick(0, 3))], pick(0, 23));
    const std::string host = std::to_string(pick(0, 40));
    flow.from(pick(0, 4) == 0 ? "2001:db8:0:" + std::to_string(pick(0, 3)) + "::" + host : "192.0.2." + host);
    const std::uint16_t port = ports[static_cast<std::size_t>(pick(0, 7))];
    switch (pick(0, 6)) {
      case 0: flow.udp(port); break;
      case 1: flow.echo(); break;
      case 2: flow.answer(6, port); break;
      case 3: flow.to(pick(0, 1) == 0 ? 47 : 17, 0, TrafficClass::other); break;
      case 4: flow.to(6, port, TrafficClass::other); break;
      default:
        flow.tcp(port).window(
            static_cast<std::uint16_t>(std::vector{0, 5, 40, 1024, 8192, 14600, 65535}[static_cast<std::size_t>(pick(0, 6))]));
        flow.facts(static_cast<std::uint32_t>(pick(0, 3) == 0 ? 1 << pick(0, 4) : 0));
    }
    const auto [country, asn] = origins[static_cast<std::size_t>(pick(0, 3))];
    flow.origin(country, asn).at(sensors[static_cast<std::size_t>(pick(0, 3))]).packets(static_cast<std::uint64_t>(pick(1, 60)));
    flow.ttl(static_cast<std::uint8_t>(pick(0, 70)))
        .src_port(static_cast<std::uint16_t>(pick(0, 70)))
        .length(static_cast<std::uint16_t>(pick(0, 70)));
    return flow.seconds(static_cast<std::uint16_t>(pick(0, 3000)), static_cast<std::uint16_t>(pick(0, 500)));
  }

  static bool darknet(const Flow& flow) { return flow.sensor() != "pot"; }
  static bool host_class(const Flow& flow) { return flow.row().traffic_class == 1 || flow.row().traffic_class == 3; }

  static SmallLake* lake_;
  static std::vector<Flow>* flows_;
  static test::RandomFilter random_;
};
SmallLake* RandomTraffic::lake_ = nullptr;
std::vector<Flow>* RandomTraffic::flows_ = nullptr;
test::RandomFilter RandomTraffic::random_{20171123};

TEST_F(RandomTraffic, FiltersMeanTheSameInSqlAsInALoop) {
  const auto session = lake_->session();
  int interesting = 0;
  for (int i = 0; i < 300; ++i) {
    const FilterExpression filter = random_.expression(2);
    std::uint64_t rows = 0, packets = 0;
    for (const Flow& flow : *flows_) {
      if (!matches(filter, flow.row(), flow.sensor())) continue;
      ++rows;
      packets += flow.row().packets;
    }
    const auto condition = filter_sql(filter, Table::flows);
    ASSERT_TRUE(condition);
    const auto answer = session->run("SELECT count(*), coalesce(sum(packets), 0) FROM flows WHERE " + *condition);
    ASSERT_TRUE(answer) << to_text(filter) << "\n" << answer.error().sentence;
    ASSERT_EQ(test::line_of(answer->rows[0]), std::to_string(rows) + " " + std::to_string(packets)) << to_text(filter) << "\n"
                                                                                                    << *condition;
    interesting += rows > 0 && rows < flows_->size();
  }
  EXPECT_GT(interesting, 150) << "too few filters that keep some rows and drop others";
}

TEST_F(RandomTraffic, HostsAndPacketsPerDayOfAnyFilter) {
  for (int i = 0; i < 40; ++i) {
    FilterExpression filter = random_.expression(1);
    if (names_field(filter, FilterField::traffic_class) || names_field(filter, FilterField::sensor)) continue;
    std::map<std::string, std::pair<std::set<std::uint64_t>, std::uint64_t>> days;
    for (const char* day : {"2017-11-20", "2017-11-21", "2017-11-22", "2017-11-23"}) days[day];
    for (const Flow& flow : *flows_) {
      if (!darknet(flow) || !host_class(flow) || !matches(filter, flow.row(), flow.sensor())) continue;
      auto& [hosts, packets] = days[format_day(floor_div(flow.row().hour, kHoursPerDay))];
      hosts.insert(flow.row().src);
      packets += flow.row().packets;
    }
    std::vector<std::string> expected;
    for (const auto& [day, sums] : days)
      expected.push_back(day + " " + std::to_string(sums.first.size()) + " " + std::to_string(sums.second));
    FigureRequest request;
    request.figure = "port-hosts";
    request.where = to_text(filter);
    EXPECT_EQ(lines_of(lake_->ask(request)), expected) << request.where;
  }
}

/// Values of columns that only rows of equal packets have, and filters that ask for them; the same rows in pieces.
class SplitTraffic : public RandomTraffic {
 protected:
  using Key = std::tuple<std::int64_t, std::string, std::uint64_t, std::uint64_t, std::uint8_t, std::uint16_t, std::uint8_t, std::uint32_t,
                         std::uint16_t>;

  SplitTraffic() {
    for (const Flow& flow : *flows_) {
      if (flow.row().hour >= *parse_day("2017-11-22") * kHoursPerDay) continue;  // two days will do
      parts_.push_back(flow);
      // Further packets of the same key: with the same values, or others.
      for (int more = pick(0, 2); more > 0; --more) {
        Flow part = flow;
        if (pick(0, 1) == 0) part.ttl(static_cast<std::uint8_t>(pick(49, 51)));
        if (pick(0, 1) == 0) part.src_port(static_cast<std::uint16_t>(pick(0, 3)));
        if (pick(0, 1) == 0) part.length(static_cast<std::uint16_t>(pick(39, 41)));
        parts_.push_back(part);
      }
    }
    for (const Flow& part : parts_) {
      const FlowRow& row = part.row();
      const Key key{row.hour, part.sensor(), row.src, row.src_low, row.protocol, row.port, row.traffic_class, row.facts, row.window};
      const auto [at, first] = wholes_.emplace(key, part);
      if (first) continue;
      Flow& whole = at->second;
      const FlowRow before = whole.row();
      whole.packets(before.packets + row.packets);
      if (before.ttl != row.ttl) whole.ttl(0);
      if (before.src_port != row.src_port) whole.src_port(0);
      if (before.ip_length != row.ip_length) whole.length(0);
    }
  }

  /// Packets and hosts of all classes by a plain loop over whole rows.
  std::pair<std::uint64_t, std::size_t> expected(const std::string& where) const {
    const auto filter = std::get<FilterExpression>(parse_filter(where));
    std::uint64_t packets = 0;
    std::set<std::uint64_t> hosts;
    for (const auto& [key, flow] : wholes_) {
      if (!darknet(flow) || !host_class(flow) || !matches(filter, flow.row(), flow.sensor())) continue;
      packets += flow.row().packets;
      hosts.insert(flow.row().src);
    }
    return {packets, hosts.size()};
  }

  static std::pair<std::uint64_t, std::size_t> asked(SmallLake& lake, const std::string& where) {
    FigureRequest request;
    request.figure = "countries";
    request.where = where;
    request.top = 1000;
    const auto answer = lake.ask(request);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().sentence);
    std::uint64_t packets = answer->total.value_or(0);
    request.figure = "sources";
    request.where = "(" + where + ") and class in (scan, request)";
    const auto sources = lake.ask(request);
    EXPECT_TRUE(sources) << (sources ? "" : sources.error().sentence);
    return {packets, sources->rows.size()};
  }

  std::vector<Flow> parts_;
  std::map<Key, Flow> wholes_;
};

TEST_F(SplitTraffic, FiltersOfSharedValuesAnswerTheSameHoweverADayWasSplit) {
  const std::vector<std::string> filters = {"ttl = 50", "ttl > 40 and port = 23", "src_port in (0, 3)", "length <= 40",
                                            "ttl = 0 or not (src_port = 1)"};
  SmallLake unmarked, pieces, hourly;
  for (SmallLake* lake : {&unmarked, &pieces, &hourly}) {
    for (const char* sensor : {"alpha", "be ta"}) lake->sensor(sensor, 32);
    lake->sensor("pot", 1, SensorKind::honeypot);
  }
  for (const Flow& part : parts_) unmarked.add(part);
  unmarked.write();
  // Four files that each hold a key once at most and say which hours they have: all of them lie in several files.
  std::vector<std::vector<Flow>> four(4);
  std::map<Key, std::size_t> next;
  for (const Flow& part : parts_) {
    const FlowRow& row = part.row();
    const Key key{row.hour, part.sensor(), row.src, row.src_low, row.protocol, row.port, row.traffic_class, row.facts, row.window};
    four[(next.emplace(key, static_cast<std::size_t>(row.src % 7)).first->second)++ % 4].push_back(part);
  }
  for (const auto& piece : four) {
    for (const Flow& part : piece) pieces.add(part);
    pieces.write(false, true);
  }
  // The hours before 11 whole in one file, the others in two: some hours need merging and others do not.
  SmallLake mixed;
  for (const char* sensor : {"alpha", "be ta"}) mixed.sensor(sensor, 32);
  mixed.sensor("pot", 1, SensorKind::honeypot);
  for (const auto& [key, flow] : wholes_)
    if (flow.row().hour % 24 < 11) mixed.add(flow);
  mixed.write(false, true);
  next.clear();
  std::vector<std::vector<Flow>> three(3);
  for (const Flow& part : parts_) {
    const FlowRow& row = part.row();
    const Key key{row.hour, part.sensor(), row.src, row.src_low, row.protocol, row.port, row.traffic_class, row.facts, row.window};
    if (row.hour % 24 >= 11) three[next[key]++].push_back(part);
  }
  for (const auto& piece : three) {
    for (const Flow& part : piece) mixed.add(part);
    mixed.write(false, true);
  }
  // Whole rows in two files that meet between hours.
  for (const bool late : {false, true}) {
    for (const auto& [key, flow] : wholes_)
      if ((flow.row().hour % 24 >= 11) == late) hourly.add(flow);
    hourly.write(false, true);
  }
  for (const std::string& where : filters) {
    const auto right = expected(where);
    EXPECT_EQ(asked(unmarked, where), right) << where << ", nothing known";
    EXPECT_EQ(asked(pieces, where), right) << where << ", four pieces";
    EXPECT_EQ(asked(mixed, where), right) << where << ", partly in pieces";
    EXPECT_EQ(asked(hourly, where), right) << where << ", cut between hours";
  }
  FigureRequest marks;
  marks.figure = "port-hosts-by-fingerprint";
  marks.where = "ttl = 50";
  const auto by_mark = lines_of(unmarked.ask(marks));
  for (SmallLake* lake : {&pieces, &mixed, &hourly}) EXPECT_EQ(lines_of(lake->ask(marks)), by_mark);
  EXPECT_EQ(hourly.rows_word("ttl = 50"), "flows") << "nothing to merge there";
  CompactOptions options;
  options.rows_per_file = 300;
  for (SmallLake* lake : {&unmarked, &pieces}) {
    EXPECT_NE(lake->rows_word("ttl = 50"), "flows");
    ASSERT_TRUE(compact(lake->lake(), options));
    lake->look_again();
    EXPECT_EQ(lake->rows_word("ttl = 50"), "flows") << "compacted files say that each key comes once";
    for (const char* where : {"ttl = 50", "src_port in (0, 3)", "length <= 40"})
      EXPECT_EQ(asked(*lake, where), expected(where)) << where << ", compacted";
  }
}

TEST(MergedRows, HaveTheLaterCountryOfTheAlphabetBeforeAndAfterTheyAreCompacted) {
  SmallLake lake;
  lake.sensor("alpha", 32);
  for (const char* country : {"AZ", "BA"}) {
    lake.add(Flow("2017-11-20", 3).from("192.0.2.1").tcp(23).ttl(50).origin(country, 5).at("alpha"));
    lake.write(false, true);
  }
  FigureRequest request;
  request.figure = "sources";
  request.where = "ttl = 50";
  const auto before = lines_of(lake.ask(request));
  ASSERT_EQ(before.size(), 1u);
  EXPECT_NE(before[0].find(" BA "), std::string::npos) << before[0];
  ASSERT_TRUE(compact(lake.lake(), {}));
  lake.look_again();
  EXPECT_EQ(lines_of(lake.ask(request)), before);
  EXPECT_EQ(lake.session()->run("SELECT country FROM flows").value().rows.size(), 1u);
}

TEST_F(RandomTraffic, HostsByFingerprintFollowTheRuleOfTheDefinitions) {
  struct Host {
    std::uint64_t syns = 0;
    std::map<std::string, std::uint64_t> marks;
  };
  std::map<std::string, std::map<std::uint64_t, Host>> days;
  std::map<std::string, std::map<std::string, std::uint64_t>> packets;
  for (const Flow& flow : *flows_) {
    if (!darknet(flow) || !host_class(flow)) continue;
    const FlowRow& row = flow.row();
    const std::string day = format_day(floor_div(row.hour, kHoursPerDay));
    Host& host = days[day][row.src];
    host.syns += row.traffic_class == 1 ? row.packets : 0;
    for (const Fingerprint& each : fingerprint_catalogue()) {
      if (!marked(row, std::string(each.name))) continue;
      host.marks[std::string(each.name)] += row.packets;
      packets[day][std::string(each.name)] += row.packets;
    }
    if (marked(row, "none")) packets[day]["none"] += row.packets;
  }
  std::vector<std::string> expected;
  for (auto& [day, hosts] : days) {
    std::map<std::string, std::uint64_t> named;
    for (auto& [src, host] : hosts) {
      bool any = false;
      for (const auto& [mark, count] : host.marks) {
        const bool sixteen_bits = mark == "masscan" || mark == "zmap-classic";
        if (sixteen_bits && (count < 2 || static_cast<double>(count) < 0.9 * static_cast<double>(host.syns))) continue;
        ++named[mark];
        any = true;
      }
      if (!any) ++named["none"];
    }
    std::vector<std::string> names;
    for (const Fingerprint& each : fingerprint_catalogue()) names.emplace_back(each.name);
    names.emplace_back("none");
    for (const std::string& name : names)
      expected.push_back(day + " " + name + " " + std::to_string(named[name]) + " " + std::to_string(packets[day][name]));
  }
  FigureRequest request;
  request.figure = "port-hosts-by-fingerprint";
  EXPECT_EQ(lines_of(lake_->ask(request)), expected);
}

/// Sums of a key in the order of a ranking: packets falling, then the key.
template <class Key>
std::vector<std::pair<Key, std::uint64_t>> ranked(const std::map<Key, std::uint64_t>& sums) {
  std::vector<std::pair<Key, std::uint64_t>> list(sums.begin(), sums.end());
  std::ranges::stable_sort(list, [](const auto& a, const auto& b) { return a.second > b.second; });
  return list;
}

TEST_F(RandomTraffic, RankingsAndTheirDenominators) {
  std::map<std::string, std::uint64_t> countries;
  std::map<std::pair<int, int>, std::uint64_t> ports;
  std::map<std::uint64_t, std::uint64_t> sources, windows;
  std::uint64_t total = 0;
  for (const Flow& flow : *flows_) {
    const FlowRow& row = flow.row();
    if (!darknet(flow)) continue;
    total += row.packets;
    sources[row.src] += row.packets;
    // An unknown country is the empty text in the lake, and sorts like it.
    if (host_class(flow)) countries[row.country == 0 ? "" : country_of(row)] += row.packets;
    if (row.traffic_class == 1) windows[row.window] += row.packets;
    if (has_ports(row) && row.traffic_class != 2 && !(row.traffic_class == 5 && row.port == 0))
      ports[{row.protocol, row.port}] += row.packets;
  }
  FigureRequest request;
  const auto check = [&](const std::string& figure, std::size_t key_column, std::size_t packets_column, const auto& expected,
                         const auto& key_text) {
    request.figure = figure;
    const auto answer = lake_->ask(request);
    ASSERT_TRUE(answer) << answer.error().sentence;
    for (std::size_t i = 0; i < std::min(expected.size(), request.top); ++i) {
      EXPECT_EQ(test::line_of({answer->rows[i][key_column]}), key_text(expected[i].first)) << figure << " " << i;
      EXPECT_EQ(number_of(answer->rows[i][packets_column]), expected[i].second) << figure << " " << i;
    }
  };
  check("countries", 0, 2, ranked(countries), [](const std::string& code) { return code.empty() ? "unknown" : code; });
  check("windows", 0, 1, ranked(windows), [](std::uint64_t window) { return std::to_string(window); });
  check("sources", 0, 3, ranked(sources), [](std::uint64_t src) {
    return src < (1ULL << 32) ? format(Address{4, src, 0}) : format(Prefix{Address{6, src, 0}, 64});
  });
  check("port-share", 2, 4, ranked(ports), [](const auto& port) { return std::to_string(port.second); });
  request.figure = "port-share";
  const auto share = lake_->ask(request);
  EXPECT_EQ(*share->total, total);
  std::uint64_t parts = 0;
  for (const FigurePart& part : share->other_parts) parts += part.packets;
  EXPECT_EQ(parts, number_of(share->rows.back()[4]));
}

TEST_F(RandomTraffic, CountsAnswerWhatFlowsAnswer) {
  const auto made = ensure_counts(lake_->lake(), *parse_day("2017-11-01"), *parse_day("2017-12-01"));
  ASSERT_TRUE(made) << made.error().sentence;
  ASSERT_EQ(*made, 4u);
  lake_->look_again();
  const std::vector<std::string> filters = {"",
                                            "protocol = tcp",
                                            "protocol = udp",
                                            "port = 23 and protocol = tcp",
                                            "port = 53 and protocol = udp",
                                            "class = scan",
                                            "class = backscatter",
                                            "class = request and protocol = udp",
                                            "country = JP",
                                            "country = unknown",
                                            "asn = 5",
                                            "fingerprint = mirai",
                                            "fingerprint = masscan and protocol = tcp",
                                            "port = 23 and protocol = tcp and country = AR",
                                            "class = echo",
                                            "protocol = icmp",
                                            "port = 23",
                                            "protocol = tcp and class = scan and asn = 1",
                                            "port = 22 and protocol = tcp and class = other"};
  std::size_t from_counts = 0;
  const auto catalogue = FigureCatalogue::load();
  ASSERT_TRUE(catalogue);
  for (const FigureFile& figure : catalogue->figures()) {
    if (figure.query("counts") == nullptr) continue;
    for (const std::string& where : filters) {
      for (const std::vector<std::string>& sensors : {std::vector<std::string>{}, {"alpha"}, {"alpha", "pot"}}) {
        for (const bool one_day : {false, true}) {
          if (one_day && !sensors.empty()) continue;
          FigureRequest request;
          request.figure = figure.name;
          request.where = where;
          request.sensors = sensors;
          if (one_day) {
            request.from_day = *parse_day("2017-11-21");
            request.to_day = *parse_day("2017-11-22");
          }
          const auto fast = lake_->ask(request);
          request.use_derived = false;
          const auto slow = lake_->ask(request);
          ASSERT_EQ(lines_of(fast), lines_of(slow)) << figure.name << " where " << where << " " << sensors.size() << one_day;
          if (!fast) continue;
          EXPECT_EQ(fast->total, slow->total);
          from_counts += fast->queries.back().find("FROM counts") != std::string::npos;
        }
      }
    }
  }
  EXPECT_GT(from_counts, 60u) << "counts hardly ever answered";
}

}  // namespace
}  // namespace nightjar
