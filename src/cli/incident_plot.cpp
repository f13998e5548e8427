#include "cli/incident_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/text_columns.hpp"
#include "base/time.hpp"
#include "incident/words_numbers.hpp"

namespace nightjar::cli {
namespace {

constexpr std::size_t kMostColumns = 70, kHeight = 10, kLabel = 8;
constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;

/// A column of the plot: the largest day of those that it stands for.
struct Bar {
  double observed = 0, expected = 0, upper = 0;
  bool trouble = true;  ///< all of its days are
};

double sane(double number) { return std::isfinite(number) ? std::clamp(number, 0.0, 1e15) : 0; }

std::vector<Bar> bars_of(const std::vector<IncidentDay>& days, std::int64_t first, std::int64_t span, std::int64_t together) {
  std::vector<Bar> bars(static_cast<std::size_t>((span + together - 1) / together));
  for (const IncidentDay& day : days) {
    if (day.day < first || day.day >= first + span) continue;
    Bar& bar = bars[static_cast<std::size_t>((day.day - first) / together)];
    if (day.trouble) continue;
    if (!bar.trouble && sane(day.observed) <= bar.observed) continue;
    bar = {sane(day.observed), sane(day.expected), sane(day.upper), false};
  }
  return bars;
}

/// 1, 2 or 5 times a power of ten, not below `number`.
double top_of_axis(double number) {
  if (number <= 1) return 1;
  const double power = std::pow(10, std::floor(std::log10(number)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * power >= number * (1 - 1e-9)) return step * power;
  return 10 * power;
}

/// Eighths of a row, from the axis.
std::int64_t eighths(double value, double top) { return std::llround(value / top * static_cast<double>(kHeight * 8)); }

std::string_view cell(const Bar& bar, double top, std::size_t row) {
  static constexpr std::array<std::string_view, 9> kPart = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto base = static_cast<std::int64_t>(row * 8);
  if (bar.trouble) return row == 0 ? "x" : " ";
  std::int64_t height = eighths(bar.observed, top);
  if (bar.observed > 0) height = std::max<std::int64_t>(height, 1);
  const std::int64_t usual = eighths(bar.expected, top), upper = eighths(bar.upper, top);
  const auto in_this_row = [&](std::int64_t level) { return level >= base && level < base + 8; };
  if (height >= base + 8 && in_this_row(usual)) return "-";
  if (height >= base + 8) return upper >= base + 8 ? "░" : "█";
  if (height > base) return bar.observed > bar.upper ? kPart.at(static_cast<std::size_t>(height - base)) : "░";
  if (in_this_row(usual)) return "-";
  return in_this_row(upper) ? "·" : " ";
}

std::string short_day(std::int64_t day, Language language) {
  const std::string text = format_day(day);
  if (language == Language::en) return text;
  const Date date = date_from_days(day);
  return fmt::format("{}/{}/{}", date.year, date.month, date.day);
}

std::string label_of(double value, Language language) {
  const std::string number = short_number(value, language);
  const std::size_t width = columns_of(number);
  return std::string(width < kLabel ? kLabel - width : 0, ' ') + number;
}

/// Dates under the first and the last column, and where there is room the peak's under its own.
std::string dates_line(const Incident& incident, std::int64_t first, std::int64_t last, std::int64_t together, std::size_t width,
                       Language language) {
  std::string line = short_day(first, language);
  const std::string end = short_day(last, language);
  const std::int64_t peak = floor_div(incident.peak_ms, kMsPerDay);
  const std::string middle = std::string("^ ") + (language == Language::ja ? "最大 " : "peak ") + short_day(peak, language);
  const auto at = static_cast<std::size_t>(std::clamp<std::int64_t>((peak - first) / together, 0, static_cast<std::int64_t>(width)));
  const bool fits_below = peak >= first && peak <= last && at > line.size() && at + columns_of(middle) + 1 + end.size() <= width;
  if (fits_below) line += std::string(at - line.size(), ' ') + middle;
  const std::size_t used = columns_of(line) + end.size();
  if (first != last) line += (used < width ? std::string(width - used, ' ') : " ") + end;
  return std::string(kLabel + 2, ' ') + line + "\n";
}

std::string key_of(Language language, std::int64_t together) {
  std::string line = language == Language::ja ? "█ 普段の範囲を超える分、░ 普段の範囲内、- 普段の値、· 範囲の上端、x 比較できない日"
                                              : "█ above the usual range, ░ within it, - usual, · upper end, x not compared";
  std::string out = wrapped(line, kLabel + 2, 80);
  if (together > 1)
    out += wrapped(language == Language::ja ? fmt::format("1列は{}日間のうち最も多い日", together)
                                            : fmt::format("a column is the largest of {} days", together),
                   kLabel + 2, 80);
  return out;
}

}  // namespace

std::string incident_plot(const Incident& incident, Language language) {
  if (incident.days.empty()) return {};
  const auto [low, high] = std::ranges::minmax_element(incident.days, {}, &IncidentDay::day);
  constexpr std::int64_t longest = 366 * 100;
  const std::int64_t first = low->day, span = std::min(high->day - first + 1, longest), last = first + span - 1;
  const std::int64_t together = (span + static_cast<std::int64_t>(kMostColumns) - 1) / static_cast<std::int64_t>(kMostColumns);
  const std::vector<Bar> bars = bars_of(incident.days, first, span, together);
  double most = 0;
  for (const Bar& bar : bars) most = std::max({most, bar.observed, bar.expected});
  const double top = top_of_axis(most);
  std::string out;
  for (std::size_t row = kHeight; row-- > 0;) {
    const bool labelled = row == kHeight - 1 || row == kHeight / 2 - 1 || row == 0;
    const double value = row == 0 ? 0 : top * static_cast<double>(row + 1) / kHeight;
    std::string line = (labelled ? label_of(value, language) : std::string(kLabel, ' ')) + " |";
    for (const Bar& bar : bars) line += cell(bar, top, row);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out + dates_line(incident, first, last, together, bars.size(), language) + key_of(language, together);
}

}  // namespace nightjar::cli
