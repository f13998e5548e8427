#include "figure/filter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "random_filter.hpp"

namespace nightjar {
namespace {

/// The canonical text of a filter, or its error.
std::string read(const std::string& text) {
  const auto parsed = parse_filter(text);
  if (const auto* error = std::get_if<FilterError>(&parsed)) return error->sentence;
  return to_text(std::get<FilterExpression>(parsed));
}

std::size_t position(const std::string& text) {
  const auto parsed = parse_filter(text);
  const auto* error = std::get_if<FilterError>(&parsed);
  return error == nullptr ? 0 : error->position;
}

TEST(Filter, OfNothingIsEmpty) {
  const auto parsed = parse_filter("  ");
  ASSERT_TRUE(std::holds_alternative<FilterExpression>(parsed));
  EXPECT_TRUE(std::get<FilterExpression>(parsed).empty());
  EXPECT_EQ(read(""), "");
}

TEST(Filter, ReadsEveryField) {
  EXPECT_EQ(read("port=23"), "port = 23");
  EXPECT_EQ(read("protocol=tcp"), "protocol = tcp");
  EXPECT_EQ(read("class = scan"), "class = scan");
  EXPECT_EQ(read("fingerprint = none"), "fingerprint = none");
  EXPECT_EQ(read("country = jp"), "country = JP");
  EXPECT_EQ(read("country = Unknown"), "country = unknown");
  EXPECT_EQ(read("asn = 7303"), "asn = AS7303");
  EXPECT_EQ(read("asn = as7303"), "asn = AS7303");
  EXPECT_EQ(read("src = 192.0.2.7"), "src = 192.0.2.7");
  EXPECT_EQ(read("src in (203.0.113.0/24, 2001:DB8::/32)"), "src in (203.0.113.0/24, 2001:db8::/32)");
  EXPECT_EQ(read("sensor = tokyo-1"), "sensor = \"tokyo-1\"");
  EXPECT_EQ(read("window = 14600"), "window = 14600");
  EXPECT_EQ(read("ttl <= 64"), "ttl <= 64");
  EXPECT_EQ(read("src_port >= 1024"), "src_port >= 1024");
  EXPECT_EQ(read("length < 60"), "length < 60");
  EXPECT_EQ(read("ip_version = 6"), "ip_version = 6");
  EXPECT_EQ(read("tag = Huawei-HG532"), "tag = \"huawei-hg532\"");
  EXPECT_EQ(read("tag in (none, \"and\")"), "tag in (\"none\", \"and\")");
}

TEST(Filter, TakesRangesWithAndWithoutSpaces) {
  EXPECT_EQ(read("port = 20..25"), "port = 20..25");
  EXPECT_EQ(read("port = 20 .. 25"), "port = 20..25");
  EXPECT_EQ(read("port != 20.. 25"), "port != 20..25");
  EXPECT_EQ(read("port in (20 ..25, 80)"), "port in (20..25, 80)");
  EXPECT_EQ(read("asn = AS1..AS5"), "asn = AS1..AS5");
  EXPECT_EQ(read("port = 7..7"), "port = 7");
}

TEST(Filter, KnowsIcmpOfBothFamiliesAndProtocolNumbers) {
  EXPECT_EQ(protocols_of("icmp"), (std::vector<std::uint8_t>{1, 58}));
  EXPECT_EQ(protocols_of("tcp"), (std::vector<std::uint8_t>{6}));
  EXPECT_EQ(protocols_of("1"), (std::vector<std::uint8_t>{1}));
  EXPECT_EQ(read("protocol = 6"), "protocol = tcp");
  EXPECT_EQ(read("protocol = 1"), "protocol = 1");
  EXPECT_EQ(read("protocol = 58"), "protocol = icmpv6");
  EXPECT_EQ(read("protocol = 89"), "protocol = ipproto-89");
}

TEST(Filter, IgnoresCaseOfWordsButNotOfSensors) {
  EXPECT_EQ(read("PORT = 23 AND Protocol = TCP Or NOT class IN (Scan, ECHO)"), "port = 23 and protocol = tcp or not class in (scan, echo)");
  EXPECT_EQ(read("sensor = Tokyo"), "sensor = \"Tokyo\"");
}

TEST(Filter, BindsNotTighterThanAndTighterThanOr) {
  const auto parsed = parse_filter("not port = 1 and port = 2 or port = 3");
  const auto& filter = std::get<FilterExpression>(parsed);
  ASSERT_EQ(filter.kind, FilterExpression::Kind::any_of);
  ASSERT_EQ(filter.parts.size(), 2u);
  ASSERT_EQ(filter.parts[0].kind, FilterExpression::Kind::all_of);
  EXPECT_EQ(filter.parts[0].parts[0].kind, FilterExpression::Kind::negation);
  EXPECT_EQ(filter.parts[1].kind, FilterExpression::Kind::comparison);
}

TEST(Filter, KeepsBracketsOnlyWhereTheyMatter) {
  EXPECT_EQ(read("(port = 1 or port = 2) and (port = 3 and port = 4)"), "(port = 1 or port = 2) and port = 3 and port = 4");
  EXPECT_EQ(read("((port = 1))"), "port = 1");
  EXPECT_EQ(read("not (port = 1)"), "not port = 1");
  EXPECT_EQ(read("not (port = 1 or ttl = 2)"), "not (port = 1 or ttl = 2)");
  EXPECT_EQ(read("not (not port = 1)"), "not (not port = 1)");
}

TEST(Filter, ReadsQuotedTexts) {
  EXPECT_EQ(read("sensor = \"a \\\"b\\\" c\""), "sensor = \"a \\\"b\\\" c\"");
  EXPECT_EQ(read("sensor in (\"a, b\", 'x')").substr(0, 6), "at 20:");
  EXPECT_EQ(read("country = \"JP\""), "country = JP");
}

TEST(Filter, AListOfOneIsAComparison) {
  EXPECT_EQ(read("port in (23)"), "port = 23");
  EXPECT_EQ(read("port not in (23)"), "port != 23");
  EXPECT_EQ(read("port not in (23, 2323)"), "port not in (23, 2323)");
}

TEST(Filter, PointsAtAnUnknownFieldAndListsThePossibleOnes) {
  EXPECT_EQ(
      read("contry = JP"),
      "at 1: there is no field \"contry\". Did you mean country? Fields are port, protocol, class, fingerprint, country, asn, src, sensor, "
      "window, ttl, src_port, length, ip_version, tag, service");
  EXPECT_EQ(position("port = 23 and portt = 24"), 15u);
  EXPECT_NE(read("steady = 1").find("\"steady\" is reserved"), std::string::npos);
  EXPECT_NE(read("= 23").find("here should stand a field, not \"=\""), std::string::npos);
  EXPECT_NE(read("port = 1 and").find("at 13: here should stand a comparison like port = 23"), std::string::npos);
}

TEST(Filter, ListsTheOperatorsThatFit) {
  EXPECT_EQ(read("country < JP"), "at 9: after country should follow one of =, !=, in, not in, not \"<\"");
  EXPECT_EQ(read("port 23"), "at 6: after port should follow one of =, !=, <, <=, >, >=, in, not in, not \"23\"");
  EXPECT_EQ(read("port"), "at 5: after port should follow one of =, !=, <, <=, >, >=, in, not in");
  EXPECT_EQ(read("port not 23"), "at 10: after not should follow in: port not in (...)");
  EXPECT_EQ(read("port < 20..25"), "at 6: a range fits =, !=, in and not in, not <");
}

TEST(Filter, SaysWhichValuesArePossible) {
  EXPECT_EQ(read("port = 70000"), "at 8: there is no port \"70000\". Possible: a number from 0 to 65535 or a range like 20..25");
  EXPECT_EQ(read("port = -1").substr(0, 28), "at 8: there is no port \"-1\".");
  EXPECT_EQ(read("port = telnet").substr(0, 32), "at 8: there is no port \"telnet\".");
  EXPECT_EQ(read("port = 25..20"), "at 8: the range 25..20 runs backwards; did you mean 20..25?");
  EXPECT_TRUE(read("protocol = tcpp").starts_with("at 12: there is no protocol \"tcpp\". Did you mean tcp? Possible: tcp, udp"));
  EXPECT_EQ(read("class = scann"),
            "at 9: there is no class \"scann\". Did you mean scan? Possible: scan, backscatter, request, echo, other");
  EXPECT_NE(read("fingerprint = miray").find("Did you mean mirai? Possible: "), std::string::npos);
  EXPECT_NE(read("fingerprint = miray").find(", none"), std::string::npos);
  EXPECT_EQ(read("country = jpn"), "at 11: there is no country \"jpn\". Possible: two letters of ISO 3166-1 like JP, or unknown");
  EXPECT_EQ(read("tag = \"two words\""), "at 7: the id of a signature is one word");
  EXPECT_EQ(read("tag = \"\""), "at 7: the id of a signature is one word");
  EXPECT_EQ(read("ip_version = 5"), "at 14: there is no ip_version \"5\". Possible: 4 or 6");
  EXPECT_EQ(read("ttl = 256").substr(0, 7), "at 7: t");
  EXPECT_EQ(read("asn = 4294967296").substr(0, 7), "at 7: t");
  EXPECT_NE(read("src = 192.0.2.7/24").find("192.0.2.0/24"), std::string::npos);
  EXPECT_EQ(read("src = 192.0.2").substr(0, 6), "at 7: ");
  EXPECT_EQ(read("port ="), "at 7: here should stand a value of port: a number from 0 to 65535 or a range like 20..25");
  EXPECT_EQ(read("sensor = \"a\\\\b\""), "at 10: the name of a sensor holds no backslash");
}

TEST(Filter, TwoLettersAreACountryEvenIfNobodyHasThem) { EXPECT_EQ(read("country = xx"), "country = XX"); }

TEST(Filter, ServicesAreThoseOfReflectors) {
  EXPECT_EQ(read("service = NTP or service = ws-discovery"), "service = ntp or service = ws-discovery");
  EXPECT_EQ(read("service = ntpp").substr(0, 72), "at 11: there is no service \"ntpp\". Did you mean ntp? Possible: unknown, ");
}

TEST(Filter, PortZeroIsAPort) { EXPECT_EQ(read("port = 0"), "port = 0"); }

TEST(Filter, CountsPlacesInCharactersNotBytes) { EXPECT_EQ(position("sensor = \"センサ\" and contry = JP"), 20u); }

TEST(Filter, NamesWhatIsMissingInBracketsAndLists) {
  EXPECT_EQ(read("(port = 1"), "at 10: here should follow and, or or a closing bracket");
  EXPECT_EQ(read("port = 1)"), "at 9: there is no opening bracket for this one");
  EXPECT_EQ(read("port in 23"), "at 9: after in should follow a list in brackets: port in (...)");
  EXPECT_EQ(read("port in (23"), "at 12: here should follow a comma or the closing bracket of the list");
  EXPECT_EQ(read("port = 1 port = 2"), "at 10: here should follow and, or or the end, not \"port\"");
  EXPECT_EQ(read("sensor = \"x"), "at 10: the quoted text has no closing \"");
  EXPECT_EQ(read("port = 1 && ttl = 2").substr(0, 6), "at 10:");
  EXPECT_EQ(read("sensor = \"a\nb\""), "at 10: a quoted text holds a control character");
}

TEST(Filter, RefusesWhatIsTooLongOrTooDeep) {
  EXPECT_NE(read(std::string(kFilterMaxBytes + 1, ' ')).find("longer than"), std::string::npos);
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "port = 1" + std::string(depth, ')'); };
  EXPECT_EQ(read(nested(kFilterMaxDepth)), "port = 1");
  EXPECT_EQ(read(nested(kFilterMaxDepth + 1)), "at 51: brackets are nested deeper than 50");
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "not (";
  EXPECT_NE(read(nots).find("nested deeper"), std::string::npos);
}

TEST(Filter, SurvivesPrintingAndReading) {
  test::RandomFilter random(20170501);
  for (int i = 0; i < 3000; ++i) {
    const FilterExpression filter = random.expression();
    const std::string text = to_text(filter);
    if (text.size() > kFilterMaxBytes) continue;
    const auto again = parse_filter(text);
    ASSERT_TRUE(std::holds_alternative<FilterExpression>(again)) << text << "\n" << std::get<FilterError>(again).sentence;
    ASSERT_EQ(std::get<FilterExpression>(again), filter) << text;
  }
}

TEST(Filter, HasOneRuleAField) {
  ASSERT_EQ(filter_fields().size(), kFilterFields);
  for (std::size_t i = 0; i < kFilterFields; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(filter_fields()[i].field), i);
    EXPECT_FALSE(filter_fields()[i].sentence.empty());
  }
}

}  // namespace
}  // namespace nightjar
