#include "judge/payload_news.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/time.hpp"
#include "explain/signature_facts.hpp"
#include "figure/values.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;
constexpr double kChance = 1e-4;
/// News of so many days before are read too: what came then and what comes now may have come together.
constexpr std::int64_t kDaysBefore = 7;
/// Days of tags and addresses together that are looked at, the most frequent first: whoever makes up an address each time is no news. For
/// each day that is read.
constexpr std::int64_t kMostKindsADay = 5'000;
constexpr const char* kFirstMs = "min(@milliseconds(@time('1970-01-01T00:00:00Z'), first))";

std::string time_of(std::int64_t ms) { return "@time('" + format_time(ms * 1'000'000) + "')"; }

/// One day of something.
struct Seen {
  std::int64_t first_ms = 0;
  std::uint64_t sessions = 0;
};
using SeenDays = std::map<std::int64_t, Seen>;

/// When the honeypots began to get anything; nothing where there are none.
Result<std::optional<std::int64_t>> beginning(QuerySession& session, std::int64_t from_day, std::int64_t to_day) {
  auto days = session.run(
      "SELECT count(*) AS m_days, min(@milliseconds(@time('1970-01-01T00:00:00Z'), day)) AS m_first FROM sensor_days "
      "WHERE kind = 'honeypot'");
  if (!days) return days.error();
  const NamedRows row(*days);
  if (row.number(0, "m_days") == 0) return std::optional<std::int64_t>();
  const auto first_day = static_cast<std::int64_t>(row.number(0, "m_first")) / kMsPerDay;
  if (first_day < from_day) return std::optional(first_day * kMsPerDay);
  auto answer = session.run("SELECT count(*) AS m_sessions, " + std::string(kFirstMs) + " AS m_first FROM sessions WHERE first >= " +
                            time_of(from_day * kMsPerDay) + " AND first < " + time_of(to_day * kMsPerDay));
  if (!answer) return answer.error();
  const NamedRows sessions(*answer);
  if (sessions.number(0, "m_sessions") == 0) return std::optional<std::int64_t>();
  return std::optional(static_cast<std::int64_t>(sessions.number(0, "m_first")));
}

struct SeenThings {
  std::map<std::string, SeenDays> tags, hosts;
};

/// Days of each tag, and of each host of addresses.
Result<SeenThings> seen_things(QuerySession& session, std::int64_t from_day, std::int64_t to_day) {
  auto answer = session.run(
      "SELECT tags, urls, @day(first, 0) AS m_day, " + std::string(kFirstMs) +
      " AS m_first, count(*) AS m_sessions FROM sessions WHERE (tags <> '' OR urls <> '') AND first >= " + time_of(from_day * kMsPerDay) +
      " AND first < " + time_of(to_day * kMsPerDay) + " GROUP BY tags, urls, m_day ORDER BY m_sessions DESC, tags, urls, m_day LIMIT " +
      std::to_string(kMostKindsADay * (to_day - from_day)));
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  SeenThings seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto day = parse_day(rows.text(i, "m_day"));
    if (!day) return day.error();
    const auto first = static_cast<std::int64_t>(rows.number(i, "m_first"));
    const auto note = [&](SeenDays& days) {
      const auto [at, is_new] = days.try_emplace(*day, Seen{first, 0});
      at->second.first_ms = std::min(at->second.first_ms, first);
      at->second.sessions += rows.number(i, "m_sessions");
    };
    const std::string tags = rows.text(i, "tags"), urls = rows.text(i, "urls");
    for (const std::string_view tag : words_of(tags)) note(seen.tags[std::string(tag)]);
    std::set<std::string> hosts;  // of one conversation, that may load from one host several times
    for (const std::string_view url : words_of(urls))
      if (std::string host = host_of_url(url); !host.empty()) hosts.insert(std::move(host));
    for (const std::string& host : hosts) note(seen.hosts[host]);
  }
  return seen;
}

struct FirstDay {
  std::uint64_t sessions = 0, hosts = 0;
  std::uint16_t port = 0;
};

class NewsReader {
 public:
  NewsReader(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day, std::int64_t beginning,
             const std::vector<std::int64_t>& onsets)
      : session_(session), rules_(rules), from_day_(from_day), to_day_(to_day), beginning_(beginning), onsets_(onsets) {}

  Result<void> read(const SeenThings& seen, bool hosts, std::vector<PayloadNews>& list) const {
    for (const auto& [name, days] : hosts ? seen.hosts : seen.tags) {
      std::optional<std::int64_t> before;
      for (const auto& [day, what] : days) {
        const bool unseen = !before || day - *before > payload_days();
        before = day;
        if (!unseen || day < from_day_ - kDaysBefore || !is_wanted(what.first_ms)) continue;
        auto news = judge(hosts, name, days, day);
        if (!news) return news.error();
        if (*news) list.push_back(*std::move(*news));
      }
    }
    return {};
  }

 private:
  bool is_wanted(std::int64_t first_ms) const {
    const auto near = [&](std::int64_t onset) { return first_ms >= onset && first_ms - onset <= kMsPerDay; };
    return onsets_.empty() || std::ranges::any_of(onsets_, near);
  }

  std::int64_t payload_days() const { return static_cast<std::int64_t>(rules_.payload_days); }

  Result<std::optional<PayloadNews>> judge(bool is_host, const std::string& name, const SeenDays& days, std::int64_t day) const {
    PayloadNews news;
    news.is_host = is_host;
    news.name = name;
    news.first_ms = days.at(day).first_ms;
    news.days_known = std::min(rules_.payload_days, static_cast<double>(news.first_ms - beginning_) / kMsPerDay);
    if (news.days_known < 1) return std::optional<PayloadNews>();
    for (auto one = days.find(day); one != days.end(); ++one) news.days[one->first] = one->second.sessions;
    // Its first 24 hours lie in these two days.
    double at_most = static_cast<double>(days.at(day).sessions);
    if (const auto next = days.find(day + 1); next != days.end()) at_most += static_cast<double>(next->second.sessions);
    if (!is_enough(at_most, news.days_known)) return std::optional<PayloadNews>();
    auto first = first_day(news, to_day_ * kMsPerDay);
    if (!first) return first.error();
    if (!is_enough(*first, news.days_known)) return std::optional<PayloadNews>();
    if (day < from_day_) {
      auto then = first_day(news, from_day_ * kMsPerDay);
      if (!then) return then.error();
      news.before = is_enough(*then, news.days_known);
    }
    news.sessions = first->sessions;
    news.hosts = first->hosts;
    news.port = first->port;
    return std::optional(std::move(news));
  }

  /// What the first 24 hours brought to the port that got most of it.
  Result<FirstDay> first_day(const PayloadNews& news, std::int64_t to_ms) const {
    auto answer =
        session_.run("SELECT port, count(*) AS m_sessions, @hosts(src) AS m_hosts FROM sessions WHERE " + brought(news) +
                     " AND first >= " + time_of(news.first_ms) + " AND first < " + time_of(std::min(to_ms, news.first_ms + kMsPerDay)) +
                     " GROUP BY port ORDER BY m_sessions DESC, port LIMIT 1");
    if (!answer) return answer.error();
    const NamedRows rows(*answer);
    if (rows.size() == 0) return FirstDay{};
    return FirstDay{rows.number(0, "m_sessions"), rows.number(0, "m_hosts"), static_cast<std::uint16_t>(rows.number(0, "port"))};
  }

  bool is_enough(double sessions, double days_known) const {
    return sessions >= rules_.payload_sessions && sessions * std::log(days_known + 1) >= -std::log(kChance);
  }
  bool is_enough(const FirstDay& first, double days_known) const {
    return is_enough(static_cast<double>(first.sessions), days_known) && static_cast<double>(first.hosts) >= rules_.payload_hosts;
  }

  QuerySession& session_;
  const Rules& rules_;
  std::int64_t from_day_, to_day_, beginning_;
  const std::vector<std::int64_t>& onsets_;
};

}  // namespace

std::string brought(const PayloadNews& news) {
  if (!news.is_host) return "@has_word(tags, " + sql_literal(news.name) + ")";
  // An address is "scheme://host", then a port, a path or its end. No pattern: the name is whatever somebody sent.
  const auto with = [&](const char* after) { return "contains(urls || ' ', " + sql_literal("://" + news.name + after) + ")"; };
  return "(" + with("/") + " OR " + with(":") + " OR " + with(" ") + ")";
}

std::string brought_sql(const PayloadNews& news) {
  return news.is_host ? brought(news) : "contains(' ' || tags || ' ', " + sql_literal(" " + news.name + " ") + ")";
}

std::string host_of_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  const bool v6 = url.starts_with('[');
  const std::size_t end = v6 ? url.find(']') : std::min(url.find_first_of(":/"), url.size());
  if (end == std::string_view::npos || end == 0) return {};
  return std::string(url.substr(0, v6 ? end + 1 : end));
}

std::int64_t first_day_of_news(const Rules& rules, std::int64_t from_day) {
  return from_day - kDaysBefore - static_cast<std::int64_t>(rules.payload_days);
}

Result<std::vector<PayloadNews>> read_payload_news(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day,
                                                   const std::vector<std::int64_t>& onsets) {
  std::vector<PayloadNews> list;
  const std::int64_t first_day = first_day_of_news(rules, from_day);
  auto began = beginning(session, first_day, to_day);
  if (!began) return began.error();
  if (!*began) return list;
  auto seen = seen_things(session, first_day, to_day);
  if (!seen) return seen.error();
  const NewsReader reader(session, rules, from_day, to_day, **began, onsets);
  for (const bool hosts : {false, true})
    if (auto done = reader.read(*seen, hosts, list); !done) return done.error();
  std::ranges::stable_sort(list, {}, &PayloadNews::first_ms);
  return list;
}

}  // namespace nightjar
