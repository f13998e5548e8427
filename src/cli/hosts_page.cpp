#include "cli/hosts_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <variant>

#include "base/text.hpp"
#include "cli/output.hpp"
#include "figure/values.hpp"

namespace nightjar::cli {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kColumns = 80;

Json json_of(const Value& value) {
  return std::visit(
      [](const auto& each) -> Json {
        using T = std::decay_t<decltype(each)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return nullptr;
        } else {
          return each;
        }
      },
      value);
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

/// Lists of words are lists; a country that is not known is null.
Json json_of(const std::string& column, const Value& value) {
  if (column == "tags" || column == "services") {
    Json words = Json::array();
    const std::string text = text_of(value);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      if (end > at) words.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return words;
  }
  if (column == "country" || column == "payload") return text_or_null(text_of(value));
  if (column == "survey") return text_of(value) == "yes";
  return json_of(value);
}

bool is_time(const std::string& name) { return name == "first" || name == "last" || name == "time" || name == "onset"; }

/// "2017-11-23T05:00:00Z" → "2017-11-23 05:00"
std::string short_time(std::string text) {
  constexpr std::size_t between = 10, to_minutes = 16;
  if (text.size() > between) text[between] = ' ';
  return text.substr(0, to_minutes);
}

/// Words as wide as the page; what follows the first line stands below it.
std::string paragraph(const std::string& text) {
  std::string out, line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && line.size() + 1 + word.size() > kColumns) {
      out += line + "\n";
      line = "  ";
    }
    line += (line.empty() || line == "  " ? "" : " ") + word;
    at = end + 1;
  }
  return out + line + "\n";
}

std::string count_of(std::uint64_t number, const std::string& thing) {
  return with_thousands(number) + " " + thing + (number == 1 ? "" : "s");
}

std::size_t width_of(const std::string& table) {
  std::size_t widest = 0;
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = std::min(table.find('\n', at), table.size());
    widest = std::max(widest, end - at);
    at = end + 1;
  }
  return widest;
}

/// The table as wide as the page: columns of texts that may be cut are cut more, the widest first.
std::string fitted_table(std::vector<OutputColumn> columns, const std::vector<std::vector<Value>>& rows) {
  constexpr std::size_t least = 6;
  for (;;) {
    std::string table = table_text(columns, rows);
    const std::size_t width = width_of(table);
    const auto widest = std::ranges::max_element(columns, {}, &OutputColumn::widest);
    if (width <= kColumns || widest->widest <= least) return table;
    widest->widest = std::max(least, widest->widest - std::min(widest->widest, width - kColumns));
  }
}

std::string list_text(const HostList& list, bool single) {
  std::vector<OutputColumn> columns;
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < list.columns.size(); ++i) {
    const std::string& name = list.columns[i].name;
    // Of one host its number of hosts and its own address say nothing.
    if (single && (name == "hosts" || name == "source")) continue;
    if (std::ranges::find(list.left_out, name) != list.left_out.end()) continue;
    shown.push_back(i);
    columns.push_back(list.columns[i]);
  }
  std::vector<std::vector<Value>> rows;
  for (const auto& row : list.rows) {
    std::vector<Value> cells;
    for (const std::size_t i : shown) {
      const std::string& name = list.columns[i].name;
      const bool no_country = name == "country" && text_of(row[i]).empty();
      cells.push_back(is_time(name) ? Value(short_time(text_of(row[i]))) : no_country ? Value(std::string("unknown")) : row[i]);
    }
    rows.push_back(std::move(cells));
  }
  std::string out = "\n" + list.title + "\n" + fitted_table(columns, rows);
  if (list.total > list.rows.size()) out += "and " + with_thousands(list.total - list.rows.size()) + " more\n";
  return out;
}

std::string origin_text(const HostFound& found) {
  std::string text = found.country.empty() ? "country unknown" : "country " + escape_for_terminal(found.country);
  if (found.asn != 0) text += ", AS" + std::to_string(found.asn) + (found.as_name.empty() ? "" : " " + escape_for_terminal(found.as_name));
  return text;
}

std::string dump(const Json& json) { return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string host_name(const HostQuestion& question) {
  const bool one_address = question.prefix.first.version == 4 && question.prefix.length == 32;
  return one_address ? format(question.prefix.first) : format(question.prefix);
}

std::string host_page(const HostHeading& heading, const HostQuestion& question, const HostFound& found) {
  std::string out = host_name(question) + "\n";
  if (heading.modelled) out += "modelled data\n";
  if (!heading.from.empty() || !heading.to.empty())
    out += (heading.from.empty() ? std::string() : "from " + heading.from + " ") +
           (heading.to.empty() ? std::string() : "to " + heading.to + " (not included), ") + "UTC\n";
  if (!found.known())
    return out + "the lake has nothing of it" + (heading.from.empty() && heading.to.empty() ? "" : " in that time") + "\n";
  out += paragraph((question.single() ? "" : "most packets: ") + origin_text(found));
  if (found.packets == 0) {
    out += "it sent nothing that a sensor observed\n";
  } else {
    out += "first seen " + short_time(found.first) + ", last seen " + short_time(found.last) + " UTC\n";
    out += paragraph(count_of(found.packets, "packet") + " (" + human_bytes(found.bytes) + ")" +
                     (question.single() ? "" : " of " + count_of(found.hosts, "host")) + " on " + count_of(found.days, "day") + ", to " +
                     count_of(found.ports, "port") + " of " + count_of(found.sensors, "sensor"));
  }
  for (const HostList& list : found.lists)
    if (!list.rows.empty()) out += list_text(list, question.single());
  for (const std::string& remark : found.remarks) out += "\n" + paragraph(escape_for_terminal(remark));
  return out;
}

std::string host_json(const HostHeading& heading, const HostQuestion& question, const HostFound& found) {
  Json out = {{"host", host_name(question)},
              {"from", text_or_null(heading.from)},
              {"to", text_or_null(heading.to)},
              {"version", heading.version},
              {"modelled", heading.modelled},
              {"hosts", found.hosts},
              {"country", text_or_null(found.country)},
              {"asn", found.asn == 0 ? Json(nullptr) : Json(found.asn)},
              {"as_name", text_or_null(found.as_name)},
              {"first", text_or_null(found.first)},
              {"last", text_or_null(found.last)},
              {"packets", found.packets},
              {"bytes", found.bytes}};
  Json more = Json::object();
  for (const HostList& list : found.lists) {
    Json rows = Json::array();
    for (const auto& row : list.rows) {
      Json object = Json::object();
      for (std::size_t i = 0; i < list.columns.size(); ++i) object[list.columns[i].name] = json_of(list.columns[i].name, row[i]);
      rows.push_back(std::move(object));
    }
    out[list.name] = std::move(rows);
    if (list.total > list.rows.size()) more[list.name] = list.total - list.rows.size();
  }
  out["more"] = std::move(more);
  out["remarks"] = found.remarks;
  return dump(out);
}

}  // namespace nightjar::cli
