#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "figure/shapes.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

/// The class that most packets of a row have; of equal ones the first.
std::string main_class(const NamedRows& rows, std::size_t row) {
  std::size_t best = 1;
  for (std::size_t i = 2; i < kClassNames.size(); ++i)
    if (rows.number(row, "class_" + std::to_string(i)) > rows.number(row, "class_" + std::to_string(best))) best = i;
  return std::string(kClassNames[best]);
}

}  // namespace

Result<void> shape_sources(FigureRun& run) {
  auto top = run.ask("main", {{"top", std::to_string(run.request.top)}});
  if (!top) return top.error();
  const NamedRows ranked(*top);
  std::string list;
  for (std::size_t i = 0; i < ranked.size(); ++i) list += (i == 0 ? "" : ", ") + std::to_string(ranked.number(i, "src"));
  if (list.empty()) return {};
  auto details = run.ask("details", {{"sources", list}});
  if (!details) return details.error();
  const NamedRows named(*details);
  std::map<std::uint64_t, std::size_t> row_of;
  for (std::size_t i = 0; i < named.size(); ++i) row_of[named.number(i, "src")] = i;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const std::uint64_t src = ranked.number(i, "src");
    const std::size_t row = row_of.at(src);
    run.answer.rows.push_back({host_text(static_cast<std::uint8_t>(named.number(row, "version")), src),
                               country_text(named.text(row, "country")), named.number(row, "asn"), named.number(row, "packets"),
                               named.number(row, "ports"), main_class(named, row), named.at(row, "first"), named.at(row, "last")});
  }
  run.answer.remarks.push_back(
      "class is the one of most packets; a source of class backscatter is the victim of an attack, not an attacker");
  return {};
}

}  // namespace nightjar
