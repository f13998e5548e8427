#include "cli/payloads_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/output.hpp"
#include "cli/payloads_text.hpp"
#include "payload/malware_url.hpp"

namespace nightjar::cli {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kShortHash = 12;
constexpr std::size_t kLongestText = 4096;  ///< characters of "text"

/// "2017-11-23T05:00:00.5Z" → "2017-11-23 05:00:00", or the day only.
std::string short_time(std::string text, std::size_t length = 19) {
  constexpr std::size_t day = 10;
  if (text.size() > day) text[day] = ' ';
  return text.substr(0, length);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

std::string ports_of(const PayloadEntry& entry, const char* of_datagrams = "") {
  std::string out;
  for (const std::uint16_t port : entry.ports) out += (out.empty() ? "" : " ") + std::to_string(port);
  return entry.datagram && entry.sessions == 0 ? out + of_datagrams : out;
}

std::string count_of(std::uint64_t number, const std::string& thing) {
  return with_thousands(number) + " " + thing + (number == 1 ? "" : "s");
}

/// Lines as wide as the page, at the words' ends; what follows the first stands under it.
std::string paragraph(const std::string& label, const std::string& text) {
  const std::string indent(label.size(), ' ');
  std::string out, line = label;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = one_line(text.substr(at, end - at), kColumns - label.size());
    if (line.size() > label.size() && line.size() + 1 + word.size() > kColumns) {
      out += line + "\n";
      line = indent;
    }
    line += (line.size() > label.size() ? " " : "") + word;
    at = end + 1;
  }
  return out + line + "\n";
}

/// A line of its own, cut to the page.
std::string labelled(const std::string& label, const std::string& text) { return label + one_line(text, kColumns - label.size()) + "\n"; }

std::string heading_lines(const PayloadHeading& heading) {
  std::string out;
  if (heading.modelled) out += "modelled data\n";
  if (heading.from || heading.to)
    out += (heading.from ? "from " + *heading.from + " " : std::string()) +
           (heading.to ? "to " + *heading.to + " (not included) " : std::string()) + "in " + heading.tz + "\n";
  if (!heading.filter.empty()) out += paragraph("filter: ", heading.filter);
  if (!heading.sensors.empty()) out += paragraph("sensors: ", joined(heading.sensors));
  return out;
}

using Json = nlohmann::ordered_json;

Json entry_json(const PayloadEntry& entry, const TagNames& names) {
  Json tags = Json::array();
  for (const std::string& tag : entry.tags) {
    const auto known = names.find(tag);
    const auto text = [&](std::string TagName::*field) {
      return known == names.end() || (known->second.*field).empty() ? Json(nullptr) : Json(known->second.*field);
    };
    tags.push_back({{"id", tag}, {"cve", text(&TagName::cve)}, {"name", text(&TagName::name)}});
  }
  return {{"sha256", entry.sha256},     {"size", entry.size},
          {"first", entry.first},       {"last", entry.last},
          {"sessions", entry.sessions}, {"hosts", entry.hosts},
          {"ports", entry.ports},       {"tags", tags},
          {"urls", entry.urls},         {"text", printable(entry.bytes, kLongestText)}};
}

/// ASCII only: what the lake's texts hold may not reach a terminal.
std::string dump(const Json& json) { return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n"; }

/// What stands below a row of the list.
std::string below(const PayloadEntry& entry) {
  constexpr std::size_t most_urls = 3;
  std::string out;
  if (!entry.tags.empty()) out += paragraph("  tags  ", joined(entry.tags));
  for (std::size_t i = 0; i < std::min(entry.urls.size(), most_urls); ++i) out += labelled("  url   ", defang(entry.urls[i]));
  if (entry.urls.size() > most_urls) out += "        and " + with_thousands(entry.urls.size() - most_urls) + " more\n";
  if (const std::string text = first_text(entry.bytes, kColumns); !text.empty()) out += labelled("  text  ", text);
  return out;
}

/// A signature with what it is called, and the bytes that show it.
std::string tag_text(const std::string& tag, const PayloadFound& found, const TagNames& names, const std::vector<TagMatch>& matches) {
  const auto known = names.find(tag);
  const auto match = std::ranges::find(matches, tag, &TagMatch::tag);
  std::string words = tag;
  if (known != names.end()) words += (known->second.cve.empty() ? "" : " " + known->second.cve) + " " + known->second.name;
  if (match != matches.end() && !match->family.empty()) words += " (family " + match->family + ")";
  std::string out = paragraph("  ", words);
  if (match == matches.end() || match->length == 0) return out;
  const std::string_view bytes =
      std::string_view(found.entry.bytes).substr(std::min(match->offset, found.entry.bytes.size()), match->length);
  return out + labelled("    at " + std::to_string(match->offset) + ": ", printable(bytes, kColumns + 4));
}

std::string tags_text(const PayloadFound& found, const TagNames& names, const std::vector<TagMatch>& matches) {
  const auto& stored = found.entry.tags;
  std::string out = stored.empty() ? "no tags: no signature matched when it was ingested\n" : "tags\n";
  for (const std::string& tag : stored) out += tag_text(tag, found, names, matches);
  std::string others;
  for (const TagMatch& match : matches)
    if (std::ranges::find(stored, match.tag) == stored.end()) others += tag_text(match.tag, found, names, matches);
  return out + (others.empty() ? "" : "also matched by the signatures in use now\n" + others);
}

std::string sessions_text(const PayloadFound& found) {
  const PayloadEntry& entry = found.entry;
  if (entry.sessions == 0) return "";
  std::vector<std::vector<Value>> countries, sessions;
  for (const PayloadCountry& each : found.countries)
    countries.push_back({each.country.empty() ? std::string("unknown") : each.country, each.hosts, each.sessions});
  for (const PayloadSession& each : found.sessions)
    sessions.push_back({short_time(each.time), each.source, each.country.empty() ? std::string("-") : each.country,
                        std::uint64_t{each.port}, each.sensor});
  // What the other columns leave: 34 and the source.
  std::size_t widest_source = 6;
  for (const PayloadSession& each : found.sessions) widest_source = std::max(widest_source, each.source.size());
  constexpr std::size_t others = 34, least = 7;
  const std::size_t widest_sensor = std::max(least, kColumns - std::min(kColumns, others + widest_source));
  std::string out = "\nsources by country\n" +
                    table_text({{"country", false, false, 0, 7}, {"hosts", true, true, 0, 0}, {"sessions", true, true, 0, 0}}, countries);
  const bool some = entry.sessions > found.sessions.size();
  out += "\nsessions" + (some ? ", the newest " + with_thousands(found.sessions.size()) : std::string()) + "\n";
  return out + table_text({{"time (UTC)", false, false, 0, 0},
                           {"source", false, false, 0, 0},
                           {"cc", false, false, 0, 2},
                           {"port", true, false, 0, 0},
                           {"sensor", false, false, 0, widest_sensor}},
                          sessions);
}

std::string bytes_text(const std::string& bytes, bool all) {
  const std::size_t shown = all ? bytes.size() : std::min(bytes.size(), kPayloadBeginning);
  std::string out = "\nbytes\n" + (bytes.empty() ? std::string("none\n") : hex_view(std::string_view(bytes).substr(0, shown)));
  if (shown < bytes.size()) out += "... " + count_of(bytes.size() - shown, "more byte") + "; --all shows them\n";
  return out;
}

}  // namespace

std::string payloads_page(const PayloadHeading& heading, const PayloadList& list) {
  std::string out = "Payloads\n" + heading_lines(heading);
  const std::size_t shown = list.rows.size();
  if (list.total > 0)
    out += count_of(list.total, "payload") + (shown < list.total ? ", " + with_thousands(shown) + " shown: --top N shows more" : "") +
           "; days are UTC\n";
  if (!list.rows.empty()) {
    std::vector<std::vector<Value>> rows;
    for (const PayloadEntry& entry : list.rows)
      rows.push_back({entry.sha256.substr(0, kShortHash), entry.size, short_time(entry.first, 10), short_time(entry.last, 10),
                      entry.sessions, entry.hosts, ports_of(entry, "/udp")});
    const std::vector<OutputColumn> columns = {
        {"sha256", false, false, 0, 0}, {"size", true, true, 0, 0},  {"first", false, false, 0, 0}, {"last", false, false, 0, 0},
        {"sessions", true, true, 0, 0}, {"hosts", true, true, 0, 0}, {"ports", false, false, 0, 15}};
    const std::string table = table_text(columns, rows);
    // Two lines of header, then a line a row.
    std::size_t begin = 0;
    out += "\n";
    for (std::size_t line = 0; begin < table.size(); ++line) {
      const std::size_t end = table.find('\n', begin) + 1;
      out += table.substr(begin, end - begin);
      if (line >= 2) out += below(list.rows[line - 2]);
      begin = end;
    }
  }
  for (const std::string& remark : list.remarks) out += (list.rows.empty() ? "" : "\n") + paragraph("", remark);
  return out;
}

std::string payload_page(const PayloadHeading& heading, const PayloadFound& found, const TagNames& names,
                         const std::vector<TagMatch>& matches, bool all_bytes) {
  const PayloadEntry& entry = found.entry;
  std::string out = "payload " + one_line(entry.sha256, kColumns) + "\n" + heading_lines(heading);
  out += count_of(entry.size, "byte") + ", first " + short_time(entry.first) + ", last " + short_time(entry.last) + " UTC\n";
  out += paragraph("", count_of(entry.sessions, "session") + " of " + count_of(entry.hosts, "host") + ", port " + ports_of(entry, "/udp"));
  out += paragraph("", "first sent by " + found.first_source + " to port " + std::to_string(found.first_port) +
                           (entry.datagram ? "/udp" : "/tcp") + " of the sensor " + found.first_sensor);
  out += tags_text(found, names, matches);
  if (!entry.urls.empty()) out += "would be loaded from (never fetched)\n";
  for (const std::string& url : entry.urls) out += labelled("  ", defang(url));
  return out + sessions_text(found) + bytes_text(entry.bytes, all_bytes);
}

std::string payloads_json(const PayloadHeading& heading, const PayloadList& list, const TagNames& names) {
  Json rows = Json::array();
  for (const PayloadEntry& entry : list.rows) rows.push_back(entry_json(entry, names));
  const auto optional = [](const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); };
  return dump({{"from", optional(heading.from)},
               {"to", optional(heading.to)},
               {"tz", heading.tz},
               {"filter", heading.filter},
               {"version", heading.version},
               {"modelled", heading.modelled},
               {"sensors", heading.sensors},
               {"total", list.total},
               {"remarks", list.remarks},
               {"rows", std::move(rows)}});
}

std::string payload_json(const PayloadHeading& heading, const PayloadFound& found, const TagNames& names) {
  Json out = entry_json(found.entry, names);
  Json sessions = Json::array();
  for (const PayloadSession& each : found.sessions)
    sessions.push_back({{"time", each.time},
                        {"source", each.source},
                        {"source_port", each.source_port},
                        {"port", each.port},
                        {"sensor", each.sensor},
                        {"country", each.country.empty() ? Json(nullptr) : Json(each.country)}});
  out["session_list"] = std::move(sessions);
  if (heading.modelled) out["modelled"] = true;
  return dump(out);
}

std::vector<std::string> payload_columns_of_rows(bool modelled) {
  std::vector<std::string> names = {"sha256", "size", "first", "last", "sessions", "hosts", "ports", "tags", "urls", "text"};
  if (modelled) names.emplace_back("modelled");
  return names;
}

std::vector<Value> payload_row(const PayloadEntry& entry, bool modelled) {
  std::vector<Value> row = {entry.sha256, entry.size,      entry.first,        entry.last,         entry.sessions,
                            entry.hosts,  ports_of(entry), joined(entry.tags), joined(entry.urls), printable(entry.bytes, kLongestText)};
  if (modelled) row.emplace_back(true);
  return row;
}

}  // namespace nightjar::cli
