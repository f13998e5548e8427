// Figures of conversations: hand-made rows with answers worked out by hand, then random rows against plain loops.
#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <tuple>

#include "session_lake.hpp"
#include "small_lake.hpp"
#include "store/compact.hpp"

namespace nightjar {
namespace {

using test::lines_of;
using test::micros_at;
using test::SessionLake;
using test::Talk;

using Lines = std::vector<std::string>;

FigureRequest figure(const std::string& name, const std::string& where = "") {
  FigureRequest request;
  request.figure = name;
  request.where = where;
  return request;
}

class SessionFigures : public ::testing::Test {
 protected:
  /// A conversation at a second of 2017-11-23 UTC, of host 192.0.2.HOST.
  static Talk talk(std::int64_t second, int host, const std::string& tags) {
    Talk made;
    made.first = micros_at("2017-11-23", second);
    made.src = "192.0.2." + std::to_string(host);
    made.src_port = static_cast<std::uint16_t>(40'000 + second % 20'000);
    made.payload = "aa";
    made.tags = tags;
    return made;
  }
  SessionLake at_;
};

TEST_F(SessionFigures, TagsByDayCountConversationsAndHostsUnderEachTag) {
  at_.add(talk(100, 1, "huawei-hg532 okiru"));
  at_.add(talk(200, 1, "huawei-hg532"));
  at_.add(talk(300, 2, "huawei-hg532"));
  at_.add(talk(400, 3, ""));
  Talk silent = talk(500, 4, "");
  silent.payload = "";
  at_.add(silent);
  Talk dark = talk(600, 5, "okiru");
  dark.sensor = "dark";
  at_.sensor("dark", SensorKind::darknet);
  at_.add(dark);
  at_.watch("2017-11-24", "pot");
  at_.write();
  const auto answer = at_.ask(figure("payload-tags"));
  EXPECT_EQ(lines_of(answer), (Lines{"2017-11-23 huawei-hg532 3 2", "2017-11-23 okiru 1 1", "2017-11-23 none 1 1"}));
  EXPECT_EQ(answer->total, 4u) << "a conversation without bytes is not counted, nor the darknet";
  EXPECT_EQ(answer->sensors, std::vector<std::string>{"pot"});
  EXPECT_FALSE(answer->modelled);
  EXPECT_EQ(lines_of(at_.ask(figure("payload-tags", "tag = okiru"))), (Lines{"2017-11-23 huawei-hg532 1 1", "2017-11-23 okiru 1 1"}));
  EXPECT_EQ(lines_of(at_.ask(figure("payload-tags", "tag != okiru and src = 192.0.2.2"))), (Lines{"2017-11-23 huawei-hg532 1 1"}));
  FigureRequest next_day = figure("payload-tags");
  next_day.from_day = *parse_day("2017-11-23");
  next_day.to_day = *parse_day("2017-11-25");
  EXPECT_EQ(lines_of(at_.ask(next_day)), (Lines{"2017-11-23 huawei-hg532 3 2", "2017-11-23 okiru 1 1", "2017-11-23 none 1 1",
                                                "2017-11-24 huawei-hg532 0 0", "2017-11-24 okiru 0 0", "2017-11-24 none 0 0"}))
      << "the sensor was there and saw none";
  FigureRequest named = figure("payload-tags");
  named.sensors = {"dark"};
  EXPECT_EQ(lines_of(at_.ask(named)), Lines{"2017-11-23 okiru 1 1"});
}

TEST_F(SessionFigures, ADayIsThatOfTheZone) {
  at_.add(talk(14 * 3600 + 3599, 1, "x"));
  at_.add(talk(15 * 3600, 1, "x"));
  at_.watch("2017-11-22", "pot");
  at_.write();
  FigureRequest tokyo = figure("payload-tags");
  tokyo.tz = "Asia/Tokyo";
  EXPECT_EQ(lines_of(at_.ask(tokyo)), (Lines{"2017-11-23 x 1 1", "2017-11-24 x 1 1"}));
  tokyo.from_day = *parse_day("2017-11-24");
  EXPECT_EQ(lines_of(at_.ask(tokyo)), (Lines{"2017-11-24 x 1 1"}));
  tokyo.tz = "Asia/Kolkata";
  EXPECT_FALSE(at_.ask(tokyo)) << "30 minutes, as for all figures";
}

TEST_F(SessionFigures, AnIpv6HostIsItsSlash64) {
  for (const char* host : {"2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"}) {
    Talk made = talk(100, 1, "x");
    made.src = host;
    made.dst = "2001:db8:ffff::1";
    at_.add(made);
  }
  at_.write();
  EXPECT_EQ(lines_of(at_.ask(figure("payload-tags"))), Lines{"2017-11-23 x 3 2"});
}

TEST_F(SessionFigures, AddressesAreRankedAndCountOnceAConversation) {
  Talk one = talk(100, 1, "x"), two = talk(200, 2, "x"), three = talk(300, 2, "x");
  one.urls = "http://203.0.113.5/a.sh http://203.0.113.5/a.sh ftp://203.0.113.6/b";
  two.urls = "http://203.0.113.5/a.sh";
  three.urls = "http://203.0.113.5/a.sh";
  three.last = three.first + 1'500'000;
  for (const Talk& each : {one, two, three, talk(400, 3, "x")}) at_.add(each);
  at_.write();
  const auto answer = at_.ask(figure("malware-urls"));
  EXPECT_EQ(lines_of(answer), (Lines{"http://203.0.113.5/a.sh 3 2 2017-11-23T00:01:40Z 2017-11-23T00:05:01.5Z",
                                     "ftp://203.0.113.6/b 1 1 2017-11-23T00:01:40Z 2017-11-23T00:01:40Z"}));
  EXPECT_EQ(answer->total, 3u);
  FigureRequest first = figure("malware-urls");
  first.top = 1;
  EXPECT_EQ(lines_of(at_.ask(first)).size(), 1u);
}

TEST_F(SessionFigures, LoginsCountEveryAttempt) {
  Talk one = talk(100, 1, ""), two = talk(200, 2, "");
  one.logins = "root\txc3511\t0\nroot\txc3511\t0\nadmin\t\t1";
  two.logins = "root\txc3511\t1\n\\x1b[31m\t=cmd\\t\\\\\t0\n";
  at_.add(one);
  at_.add(two);
  at_.write();
  const auto answer = at_.ask(figure("logins"));
  EXPECT_EQ(lines_of(answer), (Lines{"root xc3511 3 2", "\\x1b[31m =cmd\\t\\\\ 1 1", "admin '' 1 1"}));
  EXPECT_EQ(answer->total, 5u);
}

TEST_F(SessionFigures, InjectionPointsAreThoseThatNoSignatureOfItsOwnKnows) {
  Talk one = talk(300, 1, ""), two = talk(100, 2, ""), other_port = talk(200, 2, "");
  one.injections = "AddPortMapping\tNewInternalClient\t1\nSetFoo\tNewBar\t0\nSetFoo\tNewBar\t0";
  two.injections = "SetFoo\tNewBar\t0\n/cgi-bin/x\tcmd\t0";
  other_port.injections = "SetFoo\tNewBar\t0";
  other_port.port = 8080;
  for (const Talk& each : {one, two, other_port, talk(400, 3, "")}) at_.add(each);
  at_.write();
  const auto answer = at_.ask(figure("injection-points"));
  EXPECT_EQ(lines_of(answer), (Lines{"23 SetFoo NewBar 2 2 2017-11-23T00:01:40Z", "23 /cgi-bin/x cmd 1 1 2017-11-23T00:01:40Z",
                                     "8080 SetFoo NewBar 1 1 2017-11-23T00:03:20Z"}));
  EXPECT_EQ(answer->total, 3u);
}

TEST_F(SessionFigures, AConversationOfSeveralFilesCountsOnceAsFarAsItWasSeen) {
  Talk begun = talk(100, 1, ""), whole = talk(100, 1, "mirai-telnet");
  begun.packets = 3;
  begun.payload = "begun";
  begun.logins = "root\t1\t0";
  whole.packets = 9;
  whole.logins = "root\t1\t0\nroot\t2\t1";
  whole.urls = "http://203.0.113.5/a";
  for (const Talk& each : {begun, whole, begun}) {
    at_.add(each);
    at_.write();
  }
  EXPECT_EQ(lines_of(at_.ask(figure("payload-tags"))), Lines{"2017-11-23 mirai-telnet 1 1"});
  EXPECT_EQ(lines_of(at_.ask(figure("logins"))), (Lines{"root 1 1 1", "root 2 1 1"}));
  EXPECT_EQ(lines_of(at_.ask(figure("malware-urls"))).size(), 1u);
}

TEST_F(SessionFigures, ModelledConversationsAreMarked) {
  at_.add(talk(100, 1, "x"));
  at_.write(true);
  for (const char* name : {"payload-tags", "malware-urls", "logins", "injection-points"}) {
    const auto answer = at_.ask(figure(name));
    ASSERT_TRUE(answer) << answer.error().sentence;
    EXPECT_TRUE(answer->modelled) << name;
  }
}

TEST_F(SessionFigures, ALakeWithoutHoneypotsSaysSo) {
  at_.sensor("dark", SensorKind::darknet);
  at_.watch("2017-11-23", "dark");
  at_.write();
  const auto answer = at_.ask(figure("logins"));
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_TRUE(answer->rows.empty());
  ASSERT_FALSE(answer->remarks.empty());
  EXPECT_EQ(answer->remarks[0], "the lake has no sensor of kind honeypot; --kind reads others");
}

/// Random conversations, some of them in several files, and what a loop over them says.
class RandomConversations : public ::testing::Test {
 protected:
  RandomConversations() {
    lake_.sensor("dark", SensorKind::darknet);
    for (int i = 0; i < 2500; ++i) add_one();
    lake_.write();
    // Parts of conversations that are whole in another file.
    for (int i = 0; i < 600; ++i) {
      Talk part = talks_[static_cast<std::size_t>(pick(0, static_cast<int>(talks_.size()) - 1))];
      part.packets -= 5;
      part.payload = "part";
      part.tags = "part-of-it";
      part.urls = part.logins = part.injections = "";
      lake_.add(part);
    }
    lake_.write();
  }

  int pick(int first, int last) { return std::uniform_int_distribution<int>(first, last)(random_); }
  std::string some(const Lines& words, const std::string& between, int most) {
    std::string out;
    for (int n = pick(0, most); n > 0; --n)
      out += (out.empty() ? "" : between) + words[static_cast<std::size_t>(pick(0, static_cast<int>(words.size()) - 1))];
    return out;
  }

  void add_one() {
    Talk talk;
    talk.first = micros_at("2017-11-20", pick(0, 4 * 86'400 - 1)) + pick(0, 999'999);
    talk.last = talk.first + pick(0, 5'000'000);
    talk.sensor = Lines{"pot", "pot", "pot-2", "dark"}[static_cast<std::size_t>(pick(0, 3))];
    talk.src = pick(0, 3) == 0 ? "2001:db8:0:" + std::to_string(pick(0, 5)) + "::" + std::to_string(pick(1, 9))
                               : "192.0.2." + std::to_string(pick(0, 60));
    if (talk.src.find(':') != std::string::npos) talk.dst = "2001:db8:ffff::1";
    talk.src_port = static_cast<std::uint16_t>(pick(1024, 65'535));
    talk.port = static_cast<std::uint16_t>(pick(0, 2) == 0 ? 23 : pick(80, 82));
    talk.packets = static_cast<std::uint64_t>(pick(6, 90));
    talk.country = Lines{"JP", "BR", ""}[static_cast<std::size_t>(pick(0, 2))];
    talk.payload = pick(0, 4) == 0 ? "" : std::to_string(pick(0, 50));
    if (!talk.payload.empty()) {
      talk.tags = some({"okiru", "huawei-hg532", "mirai-telnet", "gpon"}, " ", 1);
      if (pick(0, 2) == 0) talk.tags = "busybox-token loader";
      talk.urls = some({"http://203.0.113.5/a", "http://203.0.113.6/b?x=1,2", "ftp://h/\xe3\x82\xab"}, " ", 3);
      talk.logins = some({"root\t1\t0", "root\t1\t1", "\\x00\t\t0", "a b\t\"c,\t0"}, "\n", 4);
      talk.injections = some({"SetFoo\tNewBar\t0", "SetFoo\tNewBar\t1", "/x\tcmd\t0", "\\x1b\t\t0"}, "\n", 3);
    }
    // One key, one conversation.
    if (!keys_.insert({talk.first, talk.src, talk.src_port}).second) return;
    talks_.push_back(talk);
    lake_.add(talk);
  }

  static Lines split(const std::string& text, char at) {
    Lines out;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, at);) out.push_back(part);
    return out;
  }
  static std::uint64_t host(const Talk& talk) { return parse_address(talk.src)->high; }

  /// Conversations of honeypots that pass, from local days on.
  template <class Pass>
  std::vector<const Talk*> conversations(Pass pass) const {
    std::vector<const Talk*> out;
    for (const Talk& talk : talks_)
      if (talk.sensor != "dark" && pass(talk)) out.push_back(&talk);
    return out;
  }

  std::mt19937 random_{20171123};
  std::set<std::tuple<std::int64_t, std::string, std::uint16_t>> keys_;
  std::vector<Talk> talks_;
  SessionLake lake_;
};

struct Sums {
  std::uint64_t count = 0;
  std::set<std::uint64_t> hosts;
  std::string line() const { return std::to_string(count) + " " + std::to_string(hosts.size()); }
};

TEST_F(RandomConversations, GiveTheNumbersOfALoopBeforeAndAfterTheyAreCompacted) {
  const auto expected_tags = [&](std::int64_t offset, auto pass) {
    std::map<std::string, std::map<std::string, Sums>> days;
    std::set<std::string> tags;
    bool untagged = false;
    for (const Talk* talk : conversations(pass)) {
      const std::string day = format_day(floor_div(talk->first / 1'000'000 + offset, kSecondsPerDay));
      for (const std::string& tag : split(talk->tags, ' ')) {
        tags.insert(tag);
        ++days[day][tag].count;
        days[day][tag].hosts.insert(host(*talk));
      }
      if (!talk->tags.empty() || talk->payload.empty()) continue;
      untagged = true;
      ++days[day]["none"].count;
      days[day]["none"].hosts.insert(host(*talk));
    }
    Lines lines, names(tags.begin(), tags.end());
    if (untagged) names.emplace_back("none");
    for (auto& [day, sums] : days)
      for (const std::string& name : names) lines.push_back(day + " " + name + " " + sums[name].line());
    return lines;
  };
  const auto ranked = [&](auto parts, auto pass) {
    std::map<std::string, Sums> all;
    for (const Talk* talk : conversations(pass))
      for (const std::string& part : parts(*talk)) {
        ++all[part].count;
        all[part].hosts.insert(host(*talk));
      }
    std::vector<std::pair<std::string, Sums>> list(all.begin(), all.end());
    std::ranges::stable_sort(list, [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
    return list;
  };
  const auto all = [](const Talk&) { return true; };
  for (const bool compacted : {false, true}) {
    if (compacted) {
      Lake lake = lake_.lake();
      ASSERT_TRUE(compact(lake, {}));
    }
    EXPECT_EQ(lines_of(lake_.ask(figure("payload-tags"))), expected_tags(0, all));
    FigureRequest tokyo = figure("payload-tags", "country = JP and port = 23");
    tokyo.tz = "Asia/Tokyo";
    EXPECT_EQ(lines_of(lake_.ask(tokyo)),
              expected_tags(9 * 3600, [](const Talk& talk) { return talk.country == "JP" && talk.port == 23; }));

    Lines urls, logins;
    for (const auto& [url, sums] : ranked(
             [](const Talk& talk) {
               const Lines parts = split(talk.urls, ' ');
               return std::set<std::string>(parts.begin(), parts.end());
             },
             [](const Talk& talk) { return talk.sensor == "pot-2"; }))
      urls.push_back(url + " " + sums.line());
    FigureRequest of_one = figure("malware-urls");
    of_one.sensors = {"pot-2"};
    Lines seen;
    for (const std::string& line : lines_of(lake_.ask(of_one))) seen.push_back(line.substr(0, line.find(" 2017-")));
    EXPECT_EQ(seen, urls);
    ASSERT_EQ(urls.size(), 3u);

    for (const auto& [line, sums] : ranked(
             [](const Talk& talk) {
               Lines attempts;
               for (const std::string& each : split(talk.logins, '\n')) {
                 const std::size_t password = each.find('\t'), end = each.rfind('\t');
                 const std::string said = each.substr(password + 1, end - password - 1);
                 attempts.push_back(each.substr(0, password) + " " + (said.empty() ? "''" : said));
               }
               return attempts;
             },
             all))
      logins.push_back(line + " " + sums.line());
    EXPECT_EQ(lines_of(lake_.ask(figure("logins"))), logins);
    ASSERT_EQ(logins.size(), 3u);

    std::map<std::tuple<int, std::string>, std::pair<Sums, std::int64_t>> points;
    for (const Talk* talk : conversations(all)) {
      std::set<std::string> of_talk;
      for (const std::string& each : split(talk->injections, '\n'))
        if (each.ends_with("\t0")) of_talk.insert(each.substr(0, each.size() - 2));
      for (const std::string& each : of_talk) {
        auto& [sums, first] = points.try_emplace({talk->port, each}, Sums{}, talk->first).first->second;
        ++sums.count;
        sums.hosts.insert(host(*talk));
        first = std::min(first, talk->first);
      }
    }
    std::vector<std::tuple<std::int64_t, int, std::string, std::string>> order;
    for (const auto& [key, found] : points) {
      const auto& [port, point] = key;
      std::string words = point;
      words.replace(words.find('\t'), 1, " ");
      if (words.ends_with(' ')) words += "''";
      order.emplace_back(-static_cast<std::int64_t>(found.first.count), port, point,
                         std::to_string(port) + " " + words + " " + found.first.line() + " " + format_second(found.second / 1'000'000));
    }
    std::ranges::sort(order);
    Lines expected_points, seen_points;
    for (const auto& each : order) {
      std::string line = std::get<3>(each);
      line.pop_back();  // "Z": the lake says fractions of seconds before it
      expected_points.push_back(line);
    }
    FigureRequest many = figure("injection-points");
    many.top = 100;
    for (const std::string& line : lines_of(lake_.ask(many))) seen_points.push_back(line.substr(0, line.rfind(' ') + 20));
    EXPECT_EQ(seen_points, expected_points);
    EXPECT_EQ(expected_points.size(), 12u);
  }
}

}  // namespace
}  // namespace nightjar
