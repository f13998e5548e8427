// Waves of several ports that are one incident.
#include <algorithm>
#include <cmath>
#include <map>

#include "judge/judge.hpp"

namespace nightjar {
namespace {

/// Waves of two ports are one where they begin within so many days of each other and are made of the same sources' kinds.
constexpr std::int64_t kDaysApart = 2;
constexpr double kAlike = 0.7;
/// Packets are of a campaign that asks another port where its tools and countries carry so much of them, and send at least so many times as
/// many there: it asks its ports about alike.
constexpr double kCampaignCarries = 0.8, kCampaignAsks = 0.2;

}  // namespace

bool Judge::of_campaign(const Wave& packets, const Wave& campaign) const {
  if (packets.metric != Metric::packets || campaign.metric != Metric::hosts || campaign.days.back().hosts > rules_.campaign_hosts)
    return false;
  double watched = 0, all = 0, known = 0;
  for (const std::int64_t day : packets.usual_days) watched += exposure(day);
  const auto& cells = ports_.at({packets.protocol, packets.port}).series.cells();
  const auto& of_other = ports_.at({campaign.protocol, campaign.port}).series.cells();
  for (const auto& [cell, days] : cells) {
    if (!packets.population.holds(cell)) continue;
    double usual = 0;
    for (const std::int64_t day : packets.usual_days) usual += day_in(days, day).packets;
    const double rise = day_in(days, today_).packets - (watched > 0 ? usual / watched * exposure(today_) : 0);
    all += rise;
    if (cell.tool == kNoTool || !campaign.population.holds(cell)) continue;
    const auto there = of_other.find(cell);
    if (there != of_other.end() && day_in(there->second, today_).packets >= kCampaignAsks * rise) known += rise;
  }
  return all > 0 && known >= kCampaignCarries * all;
}

void Judge::join_ports() {
  const auto made_of = [&](const Wave& wave) {
    std::map<Cell, double> parts;
    const Port& port = ports_[{wave.protocol, wave.port}];
    for (const auto& [cell, days] : port.series.cells()) {
      if (wave.population.holds(cell)) parts[cell] = day_in(days, today_).hosts;
    }
    return parts;
  };
  const auto alike = [](const std::map<Cell, double>& a, const std::map<Cell, double>& b) {
    double both = 0, first = 0, second = 0;
    for (const auto& [cell, value] : a) {
      first += value * value;
      if (const auto found = b.find(cell); found != b.end()) both += value * found->second;
    }
    for (const auto& [cell, value] : b) second += value * value;
    return first > 0 && second > 0 ? both / std::sqrt(first * second) : 0;
  };
  // Waves of packets last: one country's may be of a campaign that is known by its hosts.
  std::vector<std::size_t> begun = begun_;
  std::stable_partition(begun.begin(), begun.end(), [&](std::size_t index) { return waves_[index].metric == Metric::hosts; });
  for (auto now = begun.begin(); now != begun.end(); ++now) {
    const std::size_t index = *now;
    Wave& wave = waves_[index];
    const WaveDay& day = wave.days.back();
    if (wave.metric == Metric::packets && day.largest >= rules_.source_share * day.packets) continue;
    const auto parts = made_of(wave);
    double best = kAlike;
    for (std::size_t other_index = 0; other_index < waves_.size(); ++other_index) {
      const Wave& other = waves_[other_index];
      if (other_index == index || other.closed || (other.protocol == wave.protocol && other.port == wave.port)) continue;
      const bool newer = std::find(now, begun.end(), other_index) != begun.end();
      // Hosts without a known tool are alike by their countries alone: only those of one day are one.
      const std::int64_t apart = wave.population.tools == std::vector<Tool>{kNoTool} ? 0 : kDaysApart;
      const bool near = other.first_day >= today_ - apart || (!other.surge_days.empty() && other.surge_days.back() >= today_ - apart);
      if (newer || !near || other.days.empty()) continue;
      const WaveDay& its = other.days.back();
      if (other.metric == Metric::packets && its.largest >= rules_.source_share * its.packets) continue;
      const double likeness = of_campaign(wave, other) ? 1 : alike(parts, made_of(other));
      if (likeness <= best) continue;
      best = likeness;
      wave.group = other.group;
    }
  }
}

}  // namespace nightjar
