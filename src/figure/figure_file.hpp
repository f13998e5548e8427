#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "schema/columns.hpp"

namespace nightjar {

/// What a column of an answer holds: how it is aligned, rounded and named outside.
enum class FigureColumnKind : std::uint8_t {
  day,      ///< text, 2017-11-23
  time,     ///< text, ISO 8601 UTC
  number,   ///< whole number of things, thousands separated for people
  decimal,  ///< number with decimals
  percent,  ///< number, 100 = all
  points,   ///< difference of two percentages
  code,     ///< whole number that counts nothing (year, window, port)
  text,
  mixed,    ///< a number, or a word in its place (port "other")
  country,  ///< two letters, "unknown" where the lake has none
  asn,      ///< number, 0 where unknown
  as_name,  ///< name of the AS in the column before
  sent,     ///< text that came from outside, of any length
  url,      ///< an address that nobody should open by mistake: told apart for people, whole for programs
};

struct FigureColumn {
  std::string name;
  FigureColumnKind kind = FigureColumnKind::text;
};

/// One query of a figure. `{words}` in it are filled in when it runs (figure/placeholders.hpp).
struct FigureQuery {
  std::string name;   ///< main, total, minutes, counts ...
  std::string words;  ///< what follows the name: "level=any"
  std::string sql;
};

/// A figure or table: one file figures/NAME.sql. Its header comment says what the answer means, its queries where it comes from.
struct FigureFile {
  std::string name;
  std::string title_en, title_ja;
  std::string unit, denominator, chart, shape;
  bool hosts_only = false;  ///< `classes: hosts`: scan and request unless the filter names class
  Table table = Table::flows;
  std::vector<FigureColumn> columns;
  std::vector<std::string> parameters;
  std::vector<FigureQuery> queries;

  /// nullptr if the file has no query of that name.
  const FigureQuery* query(std::string_view query_name) const;
};

/// Reads a figure's text; every mistake is a sentence with the name and the line.
Result<FigureFile> parse_figure(std::string name, std::string_view text);

/// All figures: those built into the program and, over them, those of a folder.
class FigureCatalogue {
 public:
  /// `folder`: files NAME.sql that replace or add figures (and a port-groups.toml); none: the built-in ones.
  static Result<FigureCatalogue> load(const std::optional<std::filesystem::path>& folder = std::nullopt);

  /// In order of their names.
  const std::vector<FigureFile>& figures() const { return figures_; }
  /// An error with the nearest name and the list for a name that is none.
  Result<const FigureFile*> find(std::string_view name) const;
  /// TOML text of the groups of ports.
  const std::string& port_groups() const { return port_groups_; }

 private:
  std::vector<FigureFile> figures_;
  std::string port_groups_;
};

}  // namespace nightjar
