#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "figure/shapes.hpp"
#include "fingerprint/catalogue.hpp"

namespace nightjar {
namespace {

/// One match of a relation of 32 bits names a host; one of 16 bits needs two, and nine of ten of its SYNs (docs/figures.md).
constexpr int kFewBits = 16;

/// Numbers of the sums behind those of the catalogue (`@marks`, src/store/README.md).
std::size_t syns() { return fingerprint_catalogue().size(); }
std::size_t unmarked() { return fingerprint_catalogue().size() + 1; }

/// Each sum of a host as a column: g_0, g_1 ...
std::string mark_sums() {
  std::string out;
  for (std::size_t i = 0; i <= unmarked(); ++i)
    out += (i == 0 ? "" : ", ") + ("@mark_sum(g_sums, " + std::to_string(i)) + ") AS g_" + std::to_string(i);
  return out;
}

std::string count_where(const std::string& what, const std::string& alias) {
  return "count(CASE WHEN " + what + " THEN 1 END) AS " + alias;
}

/// Whether the packets of a host (g_i of them marked) name it.
std::string named(const Fingerprint& fingerprint, std::size_t i) {
  const std::string packets = "g_" + std::to_string(i);
  if (fingerprint.chance_bits == 0 || fingerprint.chance_bits > kFewBits) return packets + " >= 1";
  return "(" + packets + " >= 2 AND " + packets + " * 10 >= g_" + std::to_string(syns()) + " * 9)";
}

void note_chance(FigureRun& run) {
  run.answer.remarks.push_back(
      "marks of 16 bits (masscan, zmap-classic) match one random packet in 65,536: a host has such a name from two matching SYN packets "
      "that are nine tenths of its SYN packets of the day");
}

}  // namespace

Result<void> shape_fingerprints(FigureRun& run) {
  const auto catalogue = fingerprint_catalogue();
  std::string sums;
  for (std::size_t i = 0; i <= unmarked(); ++i) {
    const std::string index = std::to_string(i);
    sums += (i == 0 ? "sum(g_" : ", sum(g_") + index + ") AS m_packets_" + index + ", " +
            count_where("g_" + index + " > 0", "m_hosts_" + index);
  }
  auto rows = run.ask("main", {{"mark_sums", mark_sums()}, {"packets_and_hosts", sums}});
  if (!rows) return rows.error();
  const NamedRows only(*rows);
  const auto packets = [&](std::size_t i) { return only.number(0, "packets_" + std::to_string(i)); };
  const std::uint64_t total = packets(syns());
  run.answer.total = total;
  for (std::size_t i = 0; i <= catalogue.size(); ++i) {
    const bool none = i == catalogue.size();
    const std::size_t sum = none ? unmarked() : i;
    Value chance;
    if (!none && catalogue[i].chance_bits > 0) chance = std::ldexp(static_cast<double>(total), -static_cast<int>(catalogue[i].chance_bits));
    run.answer.rows.push_back({none ? std::string("none") : std::string(catalogue[i].name), packets(sum), percent(packets(sum), total),
                               only.number(0, "hosts_" + std::to_string(sum)), chance});
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
  std::string hosts, nobody;
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    const std::string index = std::to_string(i);
    hosts += count_where(named(catalogue[i], i), "m_hosts_" + index) + ", sum(g_" + index + ") AS m_packets_" + index + ", ";
    nobody += (nobody.empty() ? "" : " OR ") + named(catalogue[i], i);
  }
  hosts += count_where("NOT (" + nobody + ")", "m_hosts_none") + ", sum(g_" + std::to_string(unmarked()) + ") AS m_packets_none";
  auto rows = run.ask("main", {{"mark_sums", mark_sums()}, {"named_hosts", hosts}});
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
