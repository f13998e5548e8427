#include "ingest/summary_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "base/text.hpp"
#include "base/time.hpp"
#include "net/address.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kListed = 10;  ///< ports, windows and protocols shown

using Page = fmt::memory_buffer;

template <class... Args>
void line(Page& page, fmt::format_string<Args...> text, Args&&... args) {
  fmt::format_to(std::back_inserter(page), text, std::forward<Args>(args)...);
  while (page.size() > 0 && page[page.size() - 1] == ' ') page.resize(page.size() - 1);
  page.push_back('\n');
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  if (part == 0) return "";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return percent < 0.05 ? "< 0.1 %" : fmt::format("{:.1f} %", percent);
}

/// Cuts at a character's first byte, so that a long name does not break the table.
std::string shortened(const std::string& text, std::size_t width) {
  if (text.size() <= width) return text;
  std::size_t begin = text.size() - (width - 3);
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) ++begin;
  return "..." + text.substr(begin);
}

void counted(Page& page, std::string_view what, std::uint64_t packets, const std::string& remark) {
  line(page, "  {:<24}{:>18}  {:>8}", what, with_thousands(packets), remark);
}

void rule(Page& page, std::string_view title, std::string_view column, std::string_view remark) {
  line(page, "");
  line(page, "{:<26}{:>18}  {:>8}", title, column, remark);
}

/// "24 h 0 min", from two days on "12 days".
std::string span_words(const Summary& summary) {
  const double seconds = (static_cast<double>(*summary.last_ns) - static_cast<double>(*summary.first_ns)) / kNanosPerSecond;
  const double days = seconds / kSecondsPerDay;
  return days < 2 ? human_duration(seconds) : with_thousands(static_cast<std::uint64_t>(days)) + " days";
}

void describe_time(Page& page, const Summary& summary) {
  if (!summary.first_ns || !summary.last_ns) return;
  line(page, "  {:<12}{}", "first", format_time(*summary.first_ns));
  line(page, "  {:<12}{}  ({} later)", "last", format_time(*summary.last_ns), span_words(summary));
}

/// Breaks a sentence into lines that fit beside their label.
void describe_damage(Page& page, const Summary& summary) {
  if (!summary.damage) return;
  constexpr std::size_t kIndent = 14, kRoom = kWidth - kIndent;
  std::string rest = escape_for_terminal(*summary.damage);
  std::string_view label = "damage";
  while (!rest.empty()) {
    std::size_t length = rest.size() <= kRoom ? rest.size() : rest.rfind(' ', kRoom);
    if (length == std::string::npos || length == 0) length = std::min(rest.size(), kRoom);
    line(page, "  {:<12}{}", label, rest.substr(0, length));
    rest.erase(0, std::min(rest.size(), length + (length < rest.size() && rest[length] == ' ')));
    label = "";
  }
}

void describe_packets(Page& page, const Summary& summary) {
  rule(page, "Packets", with_thousands(summary.packets), "");
  counted(page, "IPv4", summary.ipv4, share(summary.ipv4, summary.packets));
  counted(page, "IPv6", summary.ipv6, share(summary.ipv6, summary.packets));
  counted(page, "not IP", summary.not_ip, share(summary.not_ip, summary.packets));
  for (std::size_t reason = 1; reason < kUndecodableReasons; ++reason) {
    if (summary.undecodable[reason] == 0) continue;
    counted(page, kUndecodableNames[reason], summary.undecodable[reason], share(summary.undecodable[reason], summary.packets));
  }
  line(page, "  {:<24}{:>18}", "on the wire", human_bytes(summary.bytes));
}

void describe_hosts(Page& page, const Summary& summary) {
  rule(page, "Addresses", "", "");
  counted(page, "sources", summary.sources(), "");
  if (summary.sources_ipv6 > 0) {
    counted(page, "  IPv4", summary.sources_ipv4, "");
    counted(page, "  IPv6", summary.sources_ipv6, "");
  }
  counted(page, "destinations", summary.destinations, "");
}

void describe_protocols(Page& page, const Summary& summary) {
  rule(page, "Protocols", "packets", "share");
  const auto protocols = summary.ranked_protocols();
  for (std::size_t i = 0; i < std::min(protocols.size(), kListed); ++i) {
    counted(page, protocol_name(protocols[i].first), protocols[i].second, share(protocols[i].second, summary.ipv4 + summary.ipv6));
  }
  if (protocols.size() > kListed) line(page, "  and {} more", protocols.size() - kListed);
}

void describe_classes(Page& page, const Summary& summary) {
  rule(page, "Classes", "packets", "share");
  const std::uint64_t all = summary.packets - summary.not_ip - summary.undecodable_packets();
  for (std::size_t i = 1; i < kClassNames.size(); ++i) counted(page, kClassNames[i], summary.classes[i], share(summary.classes[i], all));
}

void describe_tcp(Page& page, const Summary& summary) {
  const auto row = [&](std::string_view what, std::uint64_t packets, const std::string& sources) {
    line(page, "  {:<24}{:>18}{:>18}", what, with_thousands(packets), sources);
  };
  line(page, "");
  line(page, "{:<26}{:>18}{:>18}", "TCP", "packets", "sources");
  row("SYN", summary.tcp_syn, with_thousands(summary.tcp_syn_sources));
  row("SYN+ACK", summary.tcp_syn_ack, with_thousands(summary.tcp_syn_ack_sources));
  row("RST", summary.tcp_rst, "");
  row("no flags", summary.tcp_null_flags, "");
}

void describe_fingerprints(Page& page, const Summary& summary) {
  line(page, "");
  line(page, "{:<26}{:>18}{:>18}{:>14}", "Fingerprints of SYNs", "packets", "sources", "by chance");
  for (const Summary::Fingerprint& entry : summary.fingerprints) {
    const double chance = std::ldexp(static_cast<double>(summary.tcp_syn), -entry.chance_bits);
    const std::string expected = entry.chance_bits == 0 ? ""
                                 : chance < 0.5         ? "< 1"
                                                        : with_thousands(static_cast<std::uint64_t>(chance + 0.5));
    line(page, "  {:<24}{:>18}{:>18}{:>14}", entry.name, with_thousands(entry.packets), with_thousands(entry.sources), expected);
  }
}

/// Ports and windows side by side.
void describe_ports(Page& page, const Summary& summary) {
  const std::array<const std::vector<Summary::PortCount>*, 3> lists = {&summary.tcp_syn_ports, &summary.udp_ports, &summary.syn_windows};
  std::size_t rows = 0;
  for (const auto* list : lists) rows = std::max(rows, std::min(list->size(), kListed));
  if (rows == 0) return;
  line(page, "");
  line(page, "{:<8}{:>16}   {:<8}{:>16}   {:<8}{:>16}", "TCP port", "SYNs", "UDP port", "packets", "window", "SYNs");
  for (std::size_t i = 0; i < rows; ++i) {
    std::string text;
    for (const auto* list : lists) {
      if (!text.empty()) text += "   ";
      text += i < list->size() ? fmt::format("{:>8}{:>16}", (*list)[i].first, with_thousands((*list)[i].second)) : std::string(24, ' ');
    }
    line(page, "{}", text);
  }
}

void describe(Page& page, const Summary& summary, const std::string& title) {
  line(page, "{}", shortened(title, kWidth));
  if (!summary.link_types.empty()) line(page, "  {:<12}{}", "link type", summary.link_type_names());
  describe_time(page, summary);
  describe_damage(page, summary);
  describe_packets(page, summary);
  if (summary.ipv4 + summary.ipv6 == 0) return;
  describe_hosts(page, summary);
  describe_protocols(page, summary);
  describe_classes(page, summary);
  if (summary.protocols[protocol::kTcp] > 0) describe_tcp(page, summary);
  if (summary.tcp_syn > 0) describe_fingerprints(page, summary);
  describe_ports(page, summary);
}

}  // namespace

std::string summary_page(const Summaries& summaries) {
  Page page;
  if (!summaries.total) {
    for (const Summary& file : summaries.files) {
      if (file.readable) describe(page, file, escape_for_terminal(file.file));
    }
    return fmt::to_string(page);
  }
  line(page, "{:<44}{:>14}{:>12}{:>10}", "File", "packets", "sources", "damage");
  for (const Summary& file : summaries.files) {
    line(page, "{:<44}{:>14}{:>12}{:>10}", shortened(escape_for_terminal(file.file), 43), with_thousands(file.packets),
         with_thousands(file.sources()),
         !file.readable ? "unread"
         : file.damage  ? "yes"
                        : "");
  }
  for (const Summary& file : summaries.files) {
    if (!file.readable || !file.damage) continue;
    line(page, "");
    line(page, "{}", shortened(escape_for_terminal(file.file), kWidth));
    describe_damage(page, file);
  }
  line(page, "");
  describe(page, *summaries.total, fmt::format("{} files together", summaries.files.size()));
  return fmt::to_string(page);
}

}  // namespace nightjar
