#include <algorithm>
#include <cassert>
#include <iterator>

#include "simulate/scenario.hpp"

namespace nightjar::simulate {
namespace {

/// The value of the line through two points of different times.
double between(const Curve::Point& a, const Curve::Point& b, double second) {
  const auto first = static_cast<double>(a.second), last = static_cast<double>(b.second);
  return a.value + (b.value - a.value) * (second - first) / (last - first);
}

}  // namespace

double Curve::at(double second) const {
  if (points.empty()) return 0;
  const auto next = std::upper_bound(points.begin(), points.end(), second,
                                     [](double time, const Point& point) { return time < static_cast<double>(point.second); });
  if (next == points.begin()) return points.front().value;
  const Point& previous = *std::prev(next);
  return next == points.end() ? previous.value : between(previous, *next, second);
}

double Curve::mean(double from, double to) const {
  assert(from < to);
  if (points.empty()) return 0;
  const auto first = static_cast<double>(points.front().second), last = static_cast<double>(points.back().second);
  double area =
      points.front().value * std::max(0.0, std::min(to, first) - from) + points.back().value * std::max(0.0, to - std::max(from, last));
  for (std::size_t i = 1; i < points.size(); ++i) {
    const Point &a = points[i - 1], &b = points[i];
    const double begin = std::max(from, static_cast<double>(a.second)), end = std::min(to, static_cast<double>(b.second));
    if (begin < end) area += (between(a, b, begin) + between(a, b, end)) / 2 * (end - begin);
  }
  return area / (to - from);
}

}  // namespace nightjar::simulate
