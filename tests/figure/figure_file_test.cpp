#include "figure/figure_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "figure/shapes.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

const std::string kHeader =
    "-- title.en: T\n-- title.ja: T\n-- unit: packets\n-- denominator: all\n-- chart: line\n-- shape: ranked\n-- columns: a:number\n";

std::string error_of(const std::string& text) {
  const auto figure = parse_figure("probe", text);
  return figure ? "" : figure.error().sentence;
}

// The figures that were asked for, and their columns, as they were asked for.
TEST(FigureFile, AllFiguresAreBuiltInWithTheirColumns) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"attack-countries", "country attacks share"},
      {"attack-durations", "duration attacks share"},
      {"attack-services", "service attacks attacks_per_day share"},
      {"attack-summary",
       "country attacks attacks_per_day share rank countries longest longest_attack longest_victim longest_country longest_service "
       "carpets"},
      {"attacks-per-day", "day service attacks"},
      {"backscatter-victims", "victim protocol port country packets destinations first last"},
      {"countries", "country hosts packets share"},
      {"fingerprints", "fingerprint packets share hosts chance_packets"},
      {"hosts-per-day", "day tcp udp icmp total"},
      {"injection-points", "port action field sessions hosts first"},
      {"logins", "user password attempts hosts"},
      {"malware-urls", "url sessions hosts first last"},
      {"networks", "asn name hosts packets share"},
      {"packets-per-day", "day tcp udp icmp other total"},
      {"payload-tags", "day tag sessions hosts"},
      {"port-groups", "group packets share"},
      {"port-hosts", "day hosts packets"},
      {"port-hosts-by-fingerprint", "day fingerprint hosts packets"},
      {"port-share", "rank protocol port service packets share hosts"},
      {"scan-events", "source country asn protocol port class sensor first last packets share destinations rate timeout ended"},
      {"sources", "source country asn packets ports class first last"},
      {"survey-scanners", "day survey_hosts survey_packets share many_port_hosts"},
      {"windows", "window packets share hosts"},
      {"yearly", "year packets addresses address_days packets_per_address coverage reason"},
  };
  const auto catalogue = FigureCatalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().sentence;
  std::vector<std::pair<std::string, std::string>> found;
  for (const FigureFile& figure : catalogue->figures()) {
    std::string columns;
    for (const FigureColumn& column : figure.columns) columns += (columns.empty() ? "" : " ") + column.name;
    found.emplace_back(figure.name, columns);
    EXPECT_NE(find_shape(figure.shape), nullptr) << figure.name;
  }
  EXPECT_EQ(found, expected);
}

TEST(FigureFile, EveryFigureAndColumnStandsInTheDocumentation) {
  std::ifstream file(std::string(NIGHTJAR_SOURCE_DIR) + "/docs/figures.md");
  std::stringstream text;
  text << file.rdbuf();
  const auto catalogue = FigureCatalogue::load();
  ASSERT_TRUE(catalogue);
  for (const FigureFile& figure : catalogue->figures()) {
    const std::size_t at = text.str().find("\n## " + figure.name + "\n");
    ASSERT_NE(at, std::string::npos) << figure.name;
    const std::string section = text.str().substr(at + 4, text.str().find("\n## ", at + 4) - at - 4);
    for (const FigureColumn& column : figure.columns)
      EXPECT_NE(section.find("`" + column.name + "`"), std::string::npos) << figure.name << " " << column.name;
  }
}

TEST(FigureFile, ReadsHeaderAndQueries) {
  const auto figure =
      parse_figure("probe", kHeader +
                                "-- classes: hosts\n-- table: minutes\n-- parameters: top, compare\n\n-- words of a person\n-- query: "
                                "main\nSELECT 1\n-- why: this\nFROM t\n-- query: counts level=any\nSELECT 2\n");
  ASSERT_TRUE(figure) << figure.error().sentence;
  EXPECT_TRUE(figure->hosts_only);
  EXPECT_EQ(figure->table, Table::minutes);
  EXPECT_EQ(figure->parameters, (std::vector<std::string>{"top", "compare"}));
  ASSERT_EQ(figure->queries.size(), 2u);
  EXPECT_EQ(figure->queries[0].sql, "SELECT 1\nFROM t\n");
  EXPECT_EQ(figure->queries[1].words, "level=any");
  EXPECT_EQ(figure->query("none"), nullptr);
}

TEST(FigureFile, SaysWhereAFileIsWrong) {
  EXPECT_EQ(error_of("SELECT 1\n"), "probe.sql:1: SQL before the first \"-- query: NAME\"");
  EXPECT_EQ(error_of("-- colour: red\n"), "probe.sql:1: there is no header \"colour\"");
  EXPECT_EQ(error_of("-- columns: a\n"), "probe.sql:1: a column is written name:kind; there is no kind \"\"");
  EXPECT_EQ(error_of("-- table: floes\n"), "probe.sql:1: there is no table \"floes\"");
  EXPECT_EQ(error_of("-- classes: some\n"), "probe.sql:1: classes are hosts or all, not \"some\"");
  EXPECT_EQ(error_of("-- title.en: T\n"), "probe.sql: the header has no \"title.ja\"");
  EXPECT_EQ(error_of(kHeader), "probe.sql: there is no query; one begins with \"-- query: main\"");
}

TEST(FigureFile, AFolderReplacesAndAddsFigures) {
  TempFolder folder;
  folder.write("windows.sql", kHeader + "-- query: main\nSELECT 1\n");
  folder.write("mine.sql", kHeader + "-- query: main\nSELECT 2\n");
  folder.write("port-groups.toml", "# other\n");
  folder.write("notes.txt", "nothing");
  const auto catalogue = FigureCatalogue::load(folder.path());
  ASSERT_TRUE(catalogue) << catalogue.error().sentence;
  EXPECT_EQ(catalogue->figures().size(), FigureCatalogue::load()->figures().size() + 1);
  EXPECT_EQ((*catalogue->find("windows"))->title_en, "T");
  EXPECT_EQ((*catalogue->find("mine"))->queries[0].sql, "SELECT 2\n");
  EXPECT_EQ(catalogue->port_groups(), "# other\n");
  EXPECT_FALSE(FigureCatalogue::load(folder / "nowhere"));
  folder.write("broken.sql", "x");
  EXPECT_EQ(FigureCatalogue::load(folder.path()).error().sentence, "broken.sql:1: SQL before the first \"-- query: NAME\"");
}

TEST(FigureFile, AWrongNameIsToldTheNearestAndTheList) {
  const auto catalogue = FigureCatalogue::load();
  ASSERT_TRUE(catalogue);
  const auto found = catalogue->find("port-shares");
  ASSERT_FALSE(found);
  EXPECT_TRUE(
      found.error().sentence.starts_with("there is no figure \"port-shares\". Did you mean port-share? Figures are attack-countries, "));
}

}  // namespace
}  // namespace nightjar
