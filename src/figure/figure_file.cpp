#include "figure/figure_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/file.hpp"
#include "base/text.hpp"
#include "figure/embedded_figures.hpp"

namespace nightjar {
namespace {

constexpr std::uint64_t kLargestFile = 1 << 20;

constexpr std::array<std::pair<std::string_view, FigureColumnKind>, 14> kKinds = {{
    {"day", FigureColumnKind::day},
    {"time", FigureColumnKind::time},
    {"number", FigureColumnKind::number},
    {"decimal", FigureColumnKind::decimal},
    {"percent", FigureColumnKind::percent},
    {"points", FigureColumnKind::points},
    {"code", FigureColumnKind::code},
    {"text", FigureColumnKind::text},
    {"mixed", FigureColumnKind::mixed},
    {"country", FigureColumnKind::country},
    {"asn", FigureColumnKind::asn},
    {"as_name", FigureColumnKind::as_name},
    {"sent", FigureColumnKind::sent},
    {"url", FigureColumnKind::url},
}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (const auto word = trimmed(text.substr(0, comma)); !word.empty()) out.emplace_back(word);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// One `key: value` of the header; a sentence if it makes no sense, empty if it does.
std::string set_header(FigureFile& figure, std::string_view key, std::string_view value) {
  const std::array<std::pair<std::string_view, std::string*>, 6> texts = {{{"title.en", &figure.title_en},
                                                                           {"title.ja", &figure.title_ja},
                                                                           {"unit", &figure.unit},
                                                                           {"denominator", &figure.denominator},
                                                                           {"chart", &figure.chart},
                                                                           {"shape", &figure.shape}}};
  for (const auto& [name, target] : texts) {
    if (key != name) continue;
    *target = value;
    return "";
  }
  if (key == "parameters") {
    figure.parameters = list_of(value);
  } else if (key == "classes") {
    if (value != "hosts" && value != "all") return "classes are hosts or all, not " + in_quotes(value);
    figure.hosts_only = value == "hosts";
  } else if (key == "table") {
    const auto tables = all_tables();
    const auto found = std::ranges::find_if(tables, [&](const TableSchema& schema) { return schema.name == value; });
    if (found == tables.end()) return "there is no table " + in_quotes(value);
    figure.table = found->table;
  } else if (key == "columns") {
    for (const std::string& column : list_of(value)) {
      const std::size_t colon = column.find(':');
      const std::string kind = colon == std::string::npos ? "" : column.substr(colon + 1);
      const auto known = std::ranges::find_if(kKinds, [&](const auto& entry) { return entry.first == kind; });
      if (known == kKinds.end()) return "a column is written name:kind; there is no kind " + in_quotes(kind);
      figure.columns.push_back({column.substr(0, colon), known->second});
    }
  } else {
    return "there is no header " + in_quotes(key);
  }
  return "";
}

}  // namespace

const FigureQuery* FigureFile::query(std::string_view query_name) const {
  const auto found = std::ranges::find_if(queries, [&](const FigureQuery& each) { return each.name == query_name; });
  return found == queries.end() ? nullptr : &*found;
}

Result<FigureFile> parse_figure(std::string name, std::string_view text) {
  FigureFile figure;
  figure.name = std::move(name);
  std::size_t line_number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++line_number;
    if (!line.starts_with("--")) {
      if (!figure.queries.empty()) {
        figure.queries.back().sql += std::string(line) + "\n";
      } else if (!trimmed(line).empty()) {
        return Error{figure.name + ".sql:" + std::to_string(line_number) + ": SQL before the first \"-- query: NAME\""};
      }
      continue;
    }
    const std::string_view comment = trimmed(line.substr(2));
    const std::size_t colon = comment.find(": ");
    const std::string_view key = comment.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos ? std::string_view() : trimmed(comment.substr(colon + 2));
    if (key == "query") {
      const std::size_t space = value.find(' ');
      figure.queries.push_back(
          {std::string(value.substr(0, space)), space == std::string_view::npos ? "" : std::string(value.substr(space + 1)), ""});
    } else if (figure.queries.empty() && colon != std::string_view::npos && key.find(' ') == std::string_view::npos) {
      if (const std::string wrong = set_header(figure, key, value); !wrong.empty())
        return Error{figure.name + ".sql:" + std::to_string(line_number) + ": " + wrong};
    }
  }
  for (const auto& [what, value] : {std::pair<const char*, const std::string&>{"title.en", figure.title_en},
                                    {"title.ja", figure.title_ja},
                                    {"unit", figure.unit},
                                    {"denominator", figure.denominator},
                                    {"chart", figure.chart},
                                    {"shape", figure.shape}})
    if (value.empty()) return Error{figure.name + ".sql: the header has no \"" + what + "\""};
  if (figure.columns.empty()) return Error{figure.name + ".sql: the header has no \"columns\""};
  if (figure.queries.empty()) return Error{figure.name + ".sql: there is no query; one begins with \"-- query: main\""};
  return figure;
}

Result<FigureCatalogue> FigureCatalogue::load(const std::optional<std::filesystem::path>& folder) {
  std::vector<std::pair<std::string, std::string>> texts;
  FigureCatalogue catalogue;
  catalogue.port_groups_ = embedded_port_groups();
  for (const EmbeddedFigure& figure : embedded_figures()) texts.emplace_back(figure.name, figure.text);
  if (folder) {
    std::error_code failure;
    std::filesystem::directory_iterator files(*folder, failure);
    if (failure) return Error{"cannot read the folder of figures " + folder->string() + ": " + failure.message()};
    for (const auto& entry : files) {
      const bool groups = entry.path().filename() == "port-groups.toml";
      if (!groups && entry.path().extension() != ".sql") continue;
      auto text = read_file(entry.path(), kLargestFile);
      if (!text) return text.error();
      if (groups) {
        catalogue.port_groups_ = *std::move(text);
        continue;
      }
      const std::string name = entry.path().stem().string();
      const auto same = std::ranges::find_if(texts, [&](const auto& each) { return each.first == name; });
      if (same == texts.end())
        texts.emplace_back(name, *std::move(text));
      else
        same->second = *std::move(text);
    }
  }
  std::ranges::sort(texts);
  for (const auto& [name, text] : texts) {
    auto figure = parse_figure(name, text);
    if (!figure) return figure.error();
    catalogue.figures_.push_back(*std::move(figure));
  }
  return catalogue;
}

Result<const FigureFile*> FigureCatalogue::find(std::string_view name) const {
  std::vector<std::string_view> names;
  std::string list;
  for (const FigureFile& figure : figures_) {
    if (figure.name == name) return &figure;
    names.push_back(figure.name);
    list += (list.empty() ? "" : ", ") + figure.name;
  }
  const std::string near = nearest(name, names);
  return Error{"there is no figure " + in_quotes(name) + "." + (near.empty() ? "" : " Did you mean " + near + "?") + " Figures are " +
               list};
}

}  // namespace nightjar
