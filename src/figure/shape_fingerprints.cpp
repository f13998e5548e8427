#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "base/time.hpp"
#include "figure/shapes.hpp"
#include "fingerprint/catalogue.hpp"

namespace nightjar {
namespace {

/// One match of a relation of 32 bits names a host; one of 16 bits needs two, and nine of ten of its SYNs (docs/figures.md).
constexpr int kFewBits = 16;

std::string condition(const Fingerprint& fingerprint) { return "@fingerprint(" + std::string(fingerprint.name) + ")"; }

std::string any_mark() {
  std::string out;
  for (const Fingerprint& fingerprint : fingerprint_catalogue()) out += (out.empty() ? "" : " OR ") + condition(fingerprint);
  return out.empty() ? "1 = 0" : "(" + out + ")";
}

std::string sum_where(const std::string& what, const std::string& value, const std::string& alias) {
  return "sum(CASE WHEN " + what + " THEN " + value + " ELSE 0 END) AS " + alias;
}

/// Whether the packets of a host (g_syns SYNs, g_i of them marked) name it.
std::string named(const Fingerprint& fingerprint, std::size_t i) {
  const std::string marked = "g_" + std::to_string(i);
  if (fingerprint.chance_bits == 0 || fingerprint.chance_bits > kFewBits) return marked + " >= 1";
  return "(" + marked + " >= 2 AND " + marked + " * 10 >= g_syns * 9)";
}

void note_chance(FigureRun& run) {
  run.answer.remarks.push_back(
      "marks of 16 bits (masscan, zmap-classic) match one random packet in 65,536: a host has such a name from two matching SYN packets "
      "that are nine tenths of its SYN packets of the day");
}

}  // namespace

Result<void> shape_fingerprints(FigureRun& run) {
  const auto catalogue = fingerprint_catalogue();
  std::string columns;
  for (std::size_t i = 0; i <= catalogue.size(); ++i) {
    const std::string mark = i < catalogue.size() ? condition(catalogue[i]) : "NOT " + any_mark();
    columns += (i == 0 ? "" : ", ") + sum_where(mark, "packets", "m_packets_" + std::to_string(i)) + ", @hosts(CASE WHEN " + mark +
               " THEN src END) AS m_hosts_" + std::to_string(i);
  }
  auto rows = run.ask("main", {{"mark_counts", columns}});
  if (!rows) return rows.error();
  const NamedRows named_rows(*rows);
  const std::uint64_t total = named_rows.number(0, "total");
  run.answer.total = total;
  for (std::size_t i = 0; i <= catalogue.size(); ++i) {
    const bool none = i == catalogue.size();
    const std::uint64_t packets = named_rows.number(0, "packets_" + std::to_string(i));
    const bool relation = !none && catalogue[i].chance_bits > 0;
    Value chance;
    if (relation) chance = std::ldexp(static_cast<double>(total), -static_cast<int>(catalogue[i].chance_bits));
    run.answer.rows.push_back({none ? std::string("none") : std::string(catalogue[i].name), packets, percent(packets, total),
                               named_rows.number(0, "hosts_" + std::to_string(i)), chance});
  }
  std::stable_sort(run.answer.rows.begin(), run.answer.rows.end() - 1,
                   [](const auto& a, const auto& b) { return number_of(a[1]) > number_of(b[1]); });
  run.answer.remarks.push_back(
      "packets carry a mark and hosts sent at least one such packet; chance_packets is what random packets would give: a host with few "
      "matches of a 16-bit mark need not use the tool");
  return {};
}

Result<void> shape_days_by_fingerprint(FigureRun& run) {
  const auto catalogue = fingerprint_catalogue();
  std::string sums = sum_where("NOT " + any_mark(), "packets", "g_none");
  std::string hosts, nobody;
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    const std::string index = std::to_string(i);
    sums += ", " + sum_where(condition(catalogue[i]), "packets", "g_" + index);
    hosts += sum_where(named(catalogue[i], i), "1", "m_hosts_" + index) + ", sum(g_" + index + ") AS m_packets_" + index + ", ";
    nobody += (nobody.empty() ? "" : " OR ") + named(catalogue[i], i);
  }
  hosts += sum_where("NOT (" + nobody + ")", "1", "m_hosts_none") + ", sum(g_none) AS m_packets_none";
  auto rows = run.ask("main", {{"mark_sums", sums}, {"named_hosts", hosts}});
  if (!rows) return rows.error();
  const NamedRows named_rows(*rows);
  std::map<std::string, std::size_t> row_of_day;
  for (std::size_t i = 0; i < named_rows.size(); ++i) row_of_day[named_rows.text(i, "day")] = i;
  for (const std::int64_t day : shown_days(run, *rows)) {
    const std::string text = format_day(day);
    const auto found = row_of_day.find(text);
    for (std::size_t i = 0; i <= catalogue.size(); ++i) {
      const std::string index = i < catalogue.size() ? std::to_string(i) : "none";
      const auto count = [&](const std::string& column) {
        return found == row_of_day.end() ? std::uint64_t{0} : named_rows.number(found->second, column + index);
      };
      run.answer.rows.push_back({text, i < catalogue.size() ? std::string(catalogue[i].name) : index, count("hosts_"), count("packets_")});
    }
  }
  note_chance(run);
  return {};
}

}  // namespace nightjar
