#include "judge/dos_groups.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/time.hpp"
#include "detect/attack.hpp"
#include "figure/values.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kDaysBefore = 56;
constexpr double kKept = 0.95;
/// An attack is small or large beside those that begin up to so many days before or after it: on a large network attacks follow one
/// another for months, and what comes long after must not change what is told of one.
constexpr std::int64_t kDaysBeside = 7;

std::int64_t day_of_ms(std::int64_t ms) { return floor_div(ms, kSecondsPerDay * 1000); }

std::string time_of(std::int64_t day) { return "@time('" + format_second(day * kSecondsPerDay) + "')"; }

/// The largest attacks that together carry most of the packets, by their beginning.
std::vector<DosAttack> largest(std::vector<DosAttack> attacks) {
  std::uint64_t all = 0, kept = 0;
  for (const DosAttack& attack : attacks) all += attack.packets;
  std::ranges::stable_sort(attacks, std::greater(), &DosAttack::packets);
  std::size_t count = 0;
  while (count < attacks.size() && static_cast<double>(kept) < kKept * static_cast<double>(all)) kept += attacks[count++].packets;
  attacks.resize(count);
  std::ranges::stable_sort(attacks, {}, &DosAttack::first_ms);
  return attacks;
}

/// Of attacks in the order of their beginning those that are among the largest of their time.
std::vector<DosAttack> large_ones(const std::vector<DosAttack>& attacks) {
  std::vector<DosAttack> kept;
  const auto first_day = [](const DosAttack& attack) { return day_of_ms(attack.first_ms); };
  for (auto begin = attacks.begin(); begin != attacks.end();) {
    const std::int64_t day = first_day(*begin);
    const auto beside = std::ranges::lower_bound(attacks, day - kDaysBeside, {}, first_day);
    const auto beside_end = std::ranges::upper_bound(attacks, day + kDaysBeside, {}, first_day);
    for (DosAttack& attack : largest({beside, beside_end}))
      if (first_day(attack) == day) kept.push_back(std::move(attack));
    begin = std::ranges::upper_bound(attacks, day, {}, first_day);
  }
  return kept;
}

DosGroup group_of(const Network& network, std::uint8_t total, std::vector<DosAttack> attacks) {
  DosGroup group;
  group.network = network;
  group.total = total;
  group.attacks = std::move(attacks);
  group.first_ms = group.attacks.front().first_ms;
  std::uint64_t of_carpets = 0;
  std::set<std::uint8_t> protocols;
  std::map<std::string, std::uint64_t> targets;
  for (const DosAttack& attack : group.attacks) {
    group.last_ms = std::max(group.last_ms, attack.last_ms);
    group.packets += attack.packets;
    std::uint64_t& victims = targets[attack.target];
    victims = std::max(victims, attack.victims);
    if (attack.carpet) of_carpets += attack.packets;
    protocols.insert(attack.protocol);
    if (!attack.country.empty()) group.countries.insert(attack.country);
  }
  for (const auto& [target, victims] : targets) group.victims += victims;
  group.carpet = 2 * of_carpets > group.packets;
  group.protocols.assign(protocols.begin(), protocols.end());
  return group;
}

}  // namespace

Network network_of(std::uint32_t asn, std::string country, const Address& victim) {
  if (asn != 0) return {asn, "", "", false};
  if (!country.empty()) return {0, std::move(country), "", false};
  const std::uint8_t length = victim.version == 4 ? 24 : 48;
  Prefix prefix{victim, length};
  prefix.first.low = 0;
  prefix.first.high &= victim.version == 4 ? ~0xffULL : ~0xffffULL;
  return {0, "", format(prefix), false};
}

std::string network_sql(const Network& network) {
  if (network.asn != 0) return "asn = " + std::to_string(network.asn);
  if (network.whole_country) return "country = " + sql_literal(network.country);
  if (!network.country.empty()) return "asn = 0 AND country = " + sql_literal(network.country);
  return "asn = 0 AND country = '' AND @prefix(src, src_low, '" + network.prefix + "')";
}

std::string network_user_sql(const Network& network) {
  if (network.asn != 0 || !network.country.empty()) return network_sql(network);
  return "asn = 0 AND country = '' AND in_prefix(src, src_low, " + sql_literal(network.prefix) + ")";
}

std::string network_filter(const Network& network) {
  if (network.asn != 0) return "asn=" + std::to_string(network.asn);
  if (!network.country.empty()) return "country=" + network.country;
  return "src=" + network.prefix;
}

bool at_one_time(const DosGroup& a, const DosGroup& b, bool one_network) {
  if (one_network && a.network != b.network) return false;
  const std::int64_t between = std::max(a.first_ms, b.first_ms) - std::min(a.last_ms, b.last_ms);
  return between <= kDosGapMs || (day_of_ms(a.first_ms) <= day_of_ms(b.last_ms) && day_of_ms(b.first_ms) <= day_of_ms(a.last_ms));
}

DosGroup joined(const std::vector<DosGroup>& groups) {
  std::vector<DosAttack> attacks;
  for (const DosGroup& one : groups) attacks.insert(attacks.end(), one.attacks.begin(), one.attacks.end());
  std::ranges::stable_sort(attacks, {}, &DosAttack::first_ms);
  DosGroup all = attacks.empty() ? groups.front() : group_of(groups.front().network, groups.front().total, std::move(attacks));
  if (!all.attacks.empty()) return all;
  all.packets = all.victims = 0;
  std::set<std::uint8_t> protocols;
  for (const DosGroup& one : groups) {
    all.first_ms = std::min(all.first_ms, one.first_ms);
    all.last_ms = std::max(all.last_ms, one.last_ms);
    all.packets += one.packets;
    all.victims = std::max(all.victims, one.victims);
    all.carpet = all.carpet || one.carpet;
    protocols.insert(one.protocols.begin(), one.protocols.end());
    all.countries.insert(one.countries.begin(), one.countries.end());
  }
  all.protocols.assign(protocols.begin(), protocols.end());
  return all;
}

void keep_from(std::int64_t from_day, std::vector<DosGroup>& groups) {
  std::map<Network, std::vector<DosGroup>> networks;
  for (DosGroup& group : groups) networks[group.network].push_back(std::move(group));
  groups.clear();
  for (auto& [network, list] : networks) {
    // Those that begin later are looked at first: only what reaches one of them is kept of what is older.
    std::ranges::stable_sort(list, std::greater(), &DosGroup::last_ms);
    std::vector<DosGroup> kept;
    for (DosGroup& group : list) {
      const bool reaches = day_of_ms(group.last_ms) >= from_day ||
                           std::ranges::any_of(kept, [&](const DosGroup& later) { return at_one_time(group, later); });
      if (reaches) kept.push_back(std::move(group));
    }
    for (DosGroup& group : kept) groups.push_back(std::move(group));
  }
  std::ranges::stable_sort(groups, {}, &DosGroup::first_ms);
}

std::vector<DosGroup> groups_of(const Network& network, std::uint8_t total, std::vector<DosAttack> attacks) {
  std::vector<DosGroup> groups;
  std::ranges::stable_sort(attacks, {}, &DosAttack::first_ms);
  each_touching(attacks, kDosGapMs, [&](std::size_t begin, std::size_t end) {
    std::vector<DosAttack> kept =
        large_ones({attacks.begin() + static_cast<std::ptrdiff_t>(begin), attacks.begin() + static_cast<std::ptrdiff_t>(end)});
    each_touching(kept, kDosGapMs, [&](std::size_t first, std::size_t last) {
      groups.push_back(
          group_of(network, total, {kept.begin() + static_cast<std::ptrdiff_t>(first), kept.begin() + static_cast<std::ptrdiff_t>(last)}));
    });
  });
  return groups;
}

Result<std::vector<DosGroup>> read_dos_groups(QuerySession& session, std::int64_t from_day, std::int64_t to_day,
                                              std::int64_t first_seen_day) {
  auto answer = session.run(
      "SELECT id, parent, level, src, src_low, ip_version, victims, protocol, packets, country, asn, "
      "@milliseconds(@time('1970-01-01T00:00:00Z'), first) AS m_first, @milliseconds(@time('1970-01-01T00:00:00Z'), last) AS m_last "
      "FROM attacks WHERE definition = 'corsaro2' AND first >= " +
      time_of(std::max(from_day - kDaysBefore, first_seen_day)) + " AND first < " + time_of(to_day) + " ORDER BY m_first, id");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  std::set<std::string> wholes;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows.number(i, "level") == 2) wholes.insert(rows.text(i, "id"));
  std::map<std::pair<Network, std::uint8_t>, std::vector<DosAttack>> lists;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (wholes.contains(rows.text(i, "parent"))) continue;
    const Address target{static_cast<std::uint8_t>(rows.number(i, "ip_version")), rows.number(i, "src"), rows.number(i, "src_low")};
    DosAttack attack{rows.text(i, "id"),
                     format(target),
                     static_cast<std::int64_t>(rows.number(i, "m_first")),
                     static_cast<std::int64_t>(rows.number(i, "m_last")),
                     rows.number(i, "packets"),
                     std::max<std::uint64_t>(1, rows.number(i, "victims")),
                     rows.number(i, "level") == 2,
                     static_cast<std::uint8_t>(rows.number(i, "protocol")),
                     rows.text(i, "country")};
    const Network network = network_of(static_cast<std::uint32_t>(rows.number(i, "asn")), rows.text(i, "country"), target);
    if (attack.protocol == protocol::kTcp || attack.protocol == protocol::kUdp) lists[{network, attack.protocol}].push_back(attack);
    lists[{network, protocol::kIcmp}].push_back(std::move(attack));
  }
  std::vector<DosGroup> groups;
  for (auto& [key, attacks] : lists)
    for (DosGroup& group : groups_of(key.first, key.second, std::move(attacks))) groups.push_back(std::move(group));
  std::ranges::stable_sort(groups, {}, &DosGroup::first_ms);
  return groups;
}

}  // namespace nightjar
