#include "judge/drdos_series.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <set>

#include "exposure/usual.hpp"

namespace nightjar {
namespace {

constexpr std::array<std::int64_t, 3> kWindows = {1, 7, 28};
/// Windows before, to compare with: four weeks of days, eight weeks, three times four weeks; at least so many.
constexpr std::array<std::size_t, 3> kMostWindows = {28, 8, 3};
constexpr std::array<std::size_t, 3> kFewestWindows = {2, 2, 2};
/// A rise began at most so many days before the window that shows it.
constexpr std::int64_t kDaysBefore = 3;

/// Who was attacked once is attacked again on the next days: victims come in such numbers.
constexpr double kBurst = 1.5;

double log_likelihood(double observed, double expected) {
  return observed > expected ? observed * std::log(observed / expected) - (observed - expected) : 0;
}

class Series {
 public:
  Series(const AttackDays& attacks, const std::map<std::int64_t, double>& watch, const Rules& rules)
      : attacks_(attacks), watch_(watch), rules_(rules) {}

  std::vector<DrdosRise> rises() {
    for (const auto& [day, reflectors] : watch_) {
      if (!open_) {
        look(day);
      } else {
        follow(day);
      }
      if (!open_) usual_.push_back(day);
    }
    return rises_;
  }

 private:
  double count(std::int64_t day) const {
    const auto found = attacks_.find(day);
    return found == attacks_.end() ? 0 : static_cast<double>(found->second.victims);
  }
  double watch(std::int64_t day) const {
    const auto found = watch_.find(day);
    return found == watch_.end() ? 0 : found->second;
  }

  struct Level {
    double observed = 0;
    Usual usual;
    double score = 0;
    std::vector<std::int64_t> days;
  };
  /// Attacks of the window that ends with `day`, and what is usual of one as long.
  std::optional<Level> level(std::int64_t day, std::size_t which) const {
    const std::int64_t window = kWindows[which];
    Level found;
    double watched = 0;
    for (std::int64_t one = day - window + 1; one <= day; ++one) {
      if (risen_.contains(one)) continue;  // known already
      found.observed += count(one);
      watched += watch(one);
    }
    if (found.observed < rules_.fewest_attacks) return std::nullopt;
    std::vector<DayLevel> before;
    double sum = 0, seen = 0;
    for (auto one = usual_.rbegin(); one != usual_.rend() && before.size() < kMostWindows[which]; ++one) {
      if (*one > day - window) continue;
      sum += count(*one);
      seen += watch(*one);
      found.days.push_back(*one);
      if (found.days.size() % static_cast<std::size_t>(window) != 0) continue;
      before.push_back({*one, sum, seen});
      sum = seen = 0;
    }
    if (before.size() < std::max(kFewestWindows[which], static_cast<std::size_t>(rules_.shortest_baseline_days))) return std::nullopt;
    std::ranges::reverse(found.days);
    found.usual = usual_of(before, day, watched, kBurst);
    found.score = score_of(found.observed, found.usual);
    return found;
  }

  void look(std::int64_t day) {
    std::optional<Level> best;
    std::size_t of = 0;
    for (std::size_t which = 0; which < kWindows.size(); ++which) {
      auto found = level(day, which);
      if (!found || found->score < rules_.attacks_score || found->observed - found->usual.level < rules_.fewest_attacks) continue;
      if (best && best->score >= found->score) continue;
      best = std::move(found);
      of = which;
    }
    if (!best) return;
    DrdosRise rise;
    rise.found_day = day;
    rise.window = kWindows[of];
    rate_ = best->usual.level / static_cast<double>(rise.window);
    rise.onset_day = onset(day, rise.window);
    std::erase_if(usual_, [&](std::int64_t one) { return one >= rise.onset_day; });
    rise.usual_days = std::move(best->days);
    std::erase_if(rise.usual_days, [&](std::int64_t one) { return one >= rise.onset_day; });
    open_ = true;
    rises_.push_back(std::move(rise));
    note(day, best->observed, best->score);
    last_above_ = day;
  }

  /// The day from which on the attacks are least like the usual ones.
  std::int64_t onset(std::int64_t day, std::int64_t window) const {
    // So little is expected at the least: else a single attack long before would be the beginning.
    const double rate = std::max(rate_, 0.5 / static_cast<double>(std::max<std::size_t>(1, usual_.size())));
    double sum = 0, expected = 0, most = 0;
    std::int64_t best = day;
    for (std::int64_t one = day; one > day - window - kDaysBefore && !risen_.contains(one); --one) {
      sum += count(one);
      expected += rate;
      if (const double likelihood = log_likelihood(sum, expected); likelihood > most && count(one) > 0) {
        most = likelihood;
        best = one;
      }
    }
    return best;
  }

  void note(std::int64_t day, double observed, double score) {
    DrdosRise& rise = rises_.back();
    const double a_day = observed / static_cast<double>(rise.window);
    rise.score = std::max(rise.score, score);
    if (a_day <= rise.observed) return;
    rise.observed = a_day;
    rise.expected = rate_;
    rise.peak_day = day;
  }

  void follow(std::int64_t day) {
    DrdosRise& rise = rises_.back();
    double observed = 0;
    for (std::int64_t one = day - rise.window + 1; one <= day; ++one) observed += count(one);
    Usual usual;
    usual.level = rate_ * static_cast<double>(rise.window);
    usual.dispersion = kBurst;
    usual.days = std::max<std::size_t>(1, rise.usual_days.size());
    note(day, observed, score_of(observed, usual));
    const double quiet = rate_ + rules_.over_share * (rise.observed - rise.expected);
    if (count(day) > quiet) last_above_ = day;
    if (static_cast<double>(day - rise.found_day) >= rules_.new_usual_days) rise.since_new_usual = true;
    const auto over = std::max<std::int64_t>(static_cast<std::int64_t>(rules_.over_days), rise.window);
    double lately = 0;
    for (std::int64_t one = day - over + 1; one <= day; ++one) lately += count(one);
    if (lately > quiet * static_cast<double>(over)) return;
    rise.end_day = last_above_ + 1;
    rise.since_new_usual = false;
    open_ = false;
    for (std::int64_t one = rise.onset_day; one < *rise.end_day; ++one) risen_.insert(one);
    for (std::int64_t one = *rise.end_day; one < day; ++one)
      if (watch(one) > 0) usual_.push_back(one);
  }

  const AttackDays& attacks_;
  const std::map<std::int64_t, double>& watch_;
  const Rules& rules_;
  std::vector<std::int64_t> usual_;  ///< days without a rise
  std::set<std::int64_t> risen_;     ///< days of rises that are over
  std::vector<DrdosRise> rises_;
  bool open_ = false;
  double rate_ = 0;  ///< usual attacks a day, frozen while a rise lasts
  std::int64_t last_above_ = 0;
};

}  // namespace

std::vector<DrdosRise> rises_of(const AttackDays& attacks, const std::map<std::int64_t, double>& watch, const Rules& rules) {
  return Series(attacks, watch, rules).rises();
}

double usual_rate(const AttackDays& attacks, const std::map<std::int64_t, double>& watch, const std::vector<std::int64_t>& days,
                  std::int64_t day, std::uint64_t AttackDay::*counted) {
  double count = 0, watched = 0;
  for (const std::int64_t one : days) {
    if (const auto found = attacks.find(one); found != attacks.end()) count += static_cast<double>(found->second.*counted);
    if (const auto found = watch.find(one); found != watch.end()) watched += found->second;
  }
  const auto now = watch.find(day);
  return watched > 0 && now != watch.end() ? count / watched * now->second : 0;
}

}  // namespace nightjar
