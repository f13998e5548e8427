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

/// Whether a rule asks of a SYN for its facts only. Packets of equal facts are put together first and asked once.
bool asks_facts_only(const Fingerprint& fingerprint) {
  if (!fingerprint.sql.starts_with("class = 1 and ")) return false;
  constexpr std::string_view others[] = {"window", "port", "protocol", "ip_version", "class"};
  const std::string_view rule = fingerprint.sql.substr(std::string_view("class = 1 and ").size());
  return std::ranges::none_of(others, [&](std::string_view word) { return rule.find(word) != std::string_view::npos; });
}

/// A number whose bit i says that a row has the mark of entry i of the catalogue: of the entries that ask for facts only, or of
/// the others.
std::string marks_sql(bool facts_only) {
  std::string out;
  std::uint64_t bit = 1;
  for (const Fingerprint& fingerprint : fingerprint_catalogue()) {
    if (asks_facts_only(fingerprint) == facts_only)
      out += (out.empty() ? "" : " + ") + ("CASE WHEN @fingerprint(" + std::string(fingerprint.name)) + ") THEN " + std::to_string(bit) +
             " ELSE 0 END";
    bit <<= 1;
  }
  return out.empty() ? "0" : "(" + out + ")";
}

/// The bit after those of the catalogue.
std::uint64_t next_bit() { return std::uint64_t{1} << fingerprint_catalogue().size(); }

std::string sum_where(const std::string& what, const std::string& value, const std::string& alias) {
  return "sum(CASE WHEN " + what + " THEN " + value + " ELSE 0 END) AS " + alias;
}

std::string marked(std::size_t i) { return "@bit(g_marks, " + std::to_string(i) + ")"; }

/// Whether the packets of a host (g_syns SYNs, g_i of them marked) name it.
std::string named(const Fingerprint& fingerprint, std::size_t i) {
  const std::string packets = "g_" + std::to_string(i);
  if (fingerprint.chance_bits == 0 || fingerprint.chance_bits > kFewBits) return packets + " >= 1";
  return "(" + packets + " >= 2 AND " + packets + " * 10 >= g_syns * 9)";
}

/// Sums the numbers of the rows (of hosts or not, marks, number) by bit; the last sum is that of `none`.
std::vector<std::uint64_t> sums_by_mark(const Answer& rows, bool of_hosts, std::uint64_t none) {
  const std::size_t marks = fingerprint_catalogue().size();
  std::vector<std::uint64_t> sums(marks + 1);
  for (const auto& row : rows.rows) {
    if ((number_of(row.at(0)) != 0) != of_hosts) continue;
    const std::uint64_t bits = number_of(row.at(1));
    for (std::size_t i = 0; i < marks; ++i)
      if ((bits >> i & 1) != 0) sums[i] += number_of(row.at(2));
    if ((bits & none) != 0) sums[marks] += number_of(row.at(2));
  }
  return sums;
}

void note_chance(FigureRun& run) {
  run.answer.remarks.push_back(
      "marks of 16 bits (masscan, zmap-classic) match one random packet in 65,536: a host has such a name from two matching SYN packets "
      "that are nine tenths of its SYN packets of the day");
}

}  // namespace

Result<void> shape_fingerprints(FigureRun& run) {
  const auto catalogue = fingerprint_catalogue();
  const std::uint64_t unmarked = next_bit();
  auto rows = run.ask("main", {{"row_marks", marks_sql(false)}, {"facts_marks", marks_sql(true)}, {"unmarked", std::to_string(unmarked)}});
  if (!rows) return rows.error();
  if (rows->columns.size() != 3) return Error{"figure " + run.file.name + ": the query \"main\" gives of_hosts, marks and a number"};
  const std::vector<std::uint64_t> packets = sums_by_mark(*rows, false, unmarked);
  const std::vector<std::uint64_t> hosts = sums_by_mark(*rows, true, unmarked);
  std::uint64_t total = 0;
  for (const auto& row : rows->rows)
    if (number_of(row[0]) == 0) total += number_of(row[2]);
  run.answer.total = total;
  for (std::size_t i = 0; i <= catalogue.size(); ++i) {
    const bool none = i == catalogue.size();
    Value chance;
    if (!none && catalogue[i].chance_bits > 0) chance = std::ldexp(static_cast<double>(total), -static_cast<int>(catalogue[i].chance_bits));
    run.answer.rows.push_back(
        {none ? std::string("none") : std::string(catalogue[i].name), packets[i], percent(packets[i], total), hosts[i], chance});
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
  const std::uint64_t syn = next_bit();
  std::string sums = sum_where("g_marks IN (0, " + std::to_string(syn) + ")", "g_packets", "g_none") + ", " +
                     sum_where(marked(catalogue.size()), "g_packets", "g_syns");
  std::string hosts, nobody;
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    const std::string index = std::to_string(i);
    sums += ", " + sum_where(marked(i), "g_packets", "g_" + index);
    hosts += sum_where(named(catalogue[i], i), "1", "m_hosts_" + index) + ", sum(g_" + index + ") AS m_packets_" + index + ", ";
    nobody += (nobody.empty() ? "" : " OR ") + named(catalogue[i], i);
  }
  hosts += sum_where("NOT (" + nobody + ")", "1", "m_hosts_none") + ", sum(g_none) AS m_packets_none";
  const std::string row_marks = "(" + marks_sql(false) + " + CASE WHEN class = 1 THEN " + std::to_string(syn) + " ELSE 0 END)";
  const std::string is_syn = "CASE WHEN @bit(g_row_marks, " + std::to_string(catalogue.size()) + ") THEN 1 ELSE 0 END";
  auto rows = run.ask(
      "main",
      {{"row_marks", row_marks}, {"facts_marks", marks_sql(true)}, {"is_syn", is_syn}, {"mark_sums", sums}, {"named_hosts", hosts}});
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
