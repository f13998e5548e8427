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

std::string time_of(std::int64_t day) { return "@time('" + format_second(day * kSecondsPerDay) + "')"; }

Network network_of(const NamedRows& rows, std::size_t i) {
  if (const auto asn = static_cast<std::uint32_t>(rows.number(i, "asn")); asn != 0) return {asn, "", ""};
  if (std::string country = rows.text(i, "country"); !country.empty()) return {0, std::move(country), ""};
  const Address victim{static_cast<std::uint8_t>(rows.number(i, "ip_version")), rows.number(i, "src"), rows.number(i, "src_low")};
  const std::uint8_t length = victim.version == 4 ? 24 : 48;
  Prefix prefix{victim, length};
  prefix.first.low = 0;
  prefix.first.high &= victim.version == 4 ? ~0xffULL : ~0xffffULL;
  return {0, "", format(prefix)};
}

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
  const auto day_of = [](const DosAttack& attack) { return floor_div(attack.first_ms, kSecondsPerDay * 1000); };
  for (auto begin = attacks.begin(); begin != attacks.end();) {
    const std::int64_t day = day_of(*begin);
    const auto beside = std::ranges::lower_bound(attacks, day - kDaysBeside, {}, day_of);
    const auto beside_end = std::ranges::upper_bound(attacks, day + kDaysBeside, {}, day_of);
    for (DosAttack& attack : largest({beside, beside_end}))
      if (day_of(attack) == day) kept.push_back(std::move(attack));
    begin = std::ranges::upper_bound(attacks, day, {}, day_of);
  }
  return kept;
}

DosGroup group_of(const Network& network, std::uint8_t total, std::vector<DosAttack> attacks) {
  DosGroup group{network, total, {}, std::move(attacks)};
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
  }
  for (const auto& [target, victims] : targets) group.victims += victims;
  group.carpet = 2 * of_carpets > group.packets;
  group.protocols.assign(protocols.begin(), protocols.end());
  return group;
}

}  // namespace

std::string network_sql(const Network& network) {
  if (network.asn != 0) return "asn = " + std::to_string(network.asn);
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
                     static_cast<std::uint8_t>(rows.number(i, "protocol"))};
    const Network network = network_of(rows, i);
    if (attack.protocol == protocol::kTcp || attack.protocol == protocol::kUdp) lists[{network, attack.protocol}].push_back(attack);
    lists[{network, protocol::kIcmp}].push_back(std::move(attack));
  }
  std::vector<DosGroup> groups;
  for (auto& [key, attacks] : lists)
    for (DosGroup& group : groups_of(key.first, key.second, std::move(attacks)))
      if (floor_div(group.last_ms, kSecondsPerDay * 1000) >= from_day) groups.push_back(std::move(group));
  std::ranges::stable_sort(groups, {}, &DosGroup::first_ms);
  return groups;
}

}  // namespace nightjar
