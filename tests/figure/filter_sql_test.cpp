#include "figure/filter_sql.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace nightjar {
namespace {

std::string sql(const std::string& text, Table table = Table::flows) {
  const auto parsed = parse_filter(text);
  if (const auto* error = std::get_if<FilterError>(&parsed)) return error->sentence;
  const auto condition = filter_sql(std::get<FilterExpression>(parsed), table);
  return condition ? *condition : condition.error().sentence;
}

TEST(FilterSql, OfNothingIsTrue) { EXPECT_EQ(sql(""), "1 = 1"); }

TEST(FilterSql, APortIsOnlyAskedOfProtocolsThatHavePorts) {
  EXPECT_EQ(sql("port = 23"), "(protocol IN (6, 17, 33, 132, 136) AND port = 23)");
  EXPECT_EQ(sql("port in (23, 2323, 20..25)"), "(protocol IN (6, 17, 33, 132, 136) AND (port BETWEEN 20 AND 25 OR port IN (23, 2323)))");
  EXPECT_EQ(sql("port != 23"), "NOT ((protocol IN (6, 17, 33, 132, 136) AND port = 23))");
}

TEST(FilterSql, AnInequalityDoesNotTakeTheZeroThatMeansDifferent) {
  EXPECT_EQ(sql("ttl < 64"), "ttl BETWEEN 1 AND 63");
  EXPECT_EQ(sql("ttl >= 0"), "ttl BETWEEN 1 AND 255");
  EXPECT_EQ(sql("ttl = 0"), "ttl = 0");
  EXPECT_EQ(sql("length <= 40"), "ip_length BETWEEN 1 AND 40");
  EXPECT_EQ(sql("src_port > 1023"), "src_port BETWEEN 1024 AND 65535");
}

TEST(FilterSql, ImpossibleInequalitiesMatchNothing) {
  EXPECT_EQ(sql("window < 0"), "(class = 1 AND 1 = 0)");
  EXPECT_EQ(sql("ttl > 255"), "1 = 0");
}

TEST(FilterSql, NamesBecomeNumbersAndMacros) {
  EXPECT_EQ(sql("class in (scan, request)"), "class IN (1, 3)");
  EXPECT_EQ(sql("protocol = icmp"), "protocol IN (1, 58)");
  EXPECT_EQ(sql("fingerprint = mirai"), "@fingerprint(mirai)");
  EXPECT_EQ(sql("country in (JP, unknown)"), "country IN ('JP', '')");
  EXPECT_EQ(sql("src = 203.0.113.0/24"), "@prefix(src, src_low, '203.0.113.0/24')");
  EXPECT_EQ(sql("window = 14600"), "(class = 1 AND \"window\" = 14600)");
}

TEST(FilterSql, AServiceIsAWordOfAnAttacksServices) {
  EXPECT_EQ(sql("service = ntp", Table::requests), "service IN ('ntp')");
  EXPECT_EQ(sql("service in (dns, NTP)", Table::requests), "service IN ('dns', 'ntp')");
  EXPECT_EQ(sql("service = ntp", Table::attacks), "@has_word(service, 'ntp')");
  EXPECT_EQ(sql("service not in (dns, ws-discovery)", Table::attacks),
            "NOT ((@has_word(service, 'dns') OR @has_word(service, 'ws-discovery')))");
  EXPECT_EQ(sql("port = 53 and country = JP", Table::attacks), "(port = 53 AND country IN ('JP'))");
  // Of reflectors, as long as the column was not there.
  EXPECT_EQ(sql("protocol = tcp", Table::attacks), "(CASE WHEN protocol > 0 THEN protocol ELSE 17 END) = 6");
  EXPECT_EQ(sql("service = dns").substr(0, 63), "the field service cannot be applied here: the table flows does ");
}

TEST(FilterSql, TextsCannotLeaveTheirQuotes) { EXPECT_EQ(sql("sensor = \"x' OR 1 = 1 --\""), "sensor IN ('x'' OR 1 = 1 --')"); }

TEST(FilterSql, JoinsWithBrackets) {
  EXPECT_EQ(sql("asn = 1 and (ttl = 2 or not ip_version = 4)"), "(asn = 1 AND (ttl = 2 OR NOT (ip_version = 4)))");
}

TEST(FilterSql, ATableWithoutTheFieldSaysWhatItKnows) {
  EXPECT_EQ(sql("fingerprint = mirai", Table::minutes),
            "the field fingerprint cannot be applied here: the table minutes does not keep it. Possible here: protocol, class, sensor");
  EXPECT_EQ(sql("port = 23", Table::sensor_days),
            "the field port cannot be applied here: the table sensor_days does not keep it. Possible here: sensor");
}

TEST(FilterSql, EveryRowOfTheTableBackscatterIsBackscatter) {
  EXPECT_EQ(sql("class = backscatter", Table::backscatter), "1 = 1");
  EXPECT_EQ(sql("class = scan", Table::backscatter), "1 = 0");
}

TEST(FilterSql, ConversationsAreTcpAndAlwaysHaveAPort) {
  EXPECT_EQ(sql("port = 23", Table::sessions), "port = 23");
  EXPECT_EQ(sql("port != 23", Table::requests), "NOT (port = 23)");
  EXPECT_EQ(sql("port = 53", Table::payloads), "(protocol IN (6, 17, 33, 132, 136) AND port = 53)");
  EXPECT_EQ(sql("protocol in (udp, tcp)", Table::sessions), "1 = 1");
  EXPECT_EQ(sql("protocol = udp", Table::sessions), "1 = 0");
}

TEST(FilterSql, ATagIsAWordOfTheTags) {
  EXPECT_EQ(sql("tag = okiru", Table::sessions), "@has_word(tags, 'okiru')");
  EXPECT_EQ(sql("tag in (okiru, none)", Table::payloads), "(@has_word(tags, 'okiru') OR tags = '')");
  EXPECT_EQ(sql("tag != \"o'k\"", Table::sessions), "NOT (@has_word(tags, 'o''k'))");
}

TEST(FilterSql, SharedValuesNeedMergedRows) {
  EXPECT_TRUE(needs_merged_rows(std::get<FilterExpression>(parse_filter("port = 1 or not ttl = 64"))));
  EXPECT_FALSE(needs_merged_rows(std::get<FilterExpression>(parse_filter("port = 1"))));
}

}  // namespace
}  // namespace nightjar
