// Macros and functions are judged by their answers; expected values are those of the rest of the program (net/address.hpp,
// fingerprint/catalogue.hpp) or worked out by hand.
#include <gtest/gtest.h>

#include "fingerprint/catalogue.hpp"
#include "net/address.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

class MacroAnswers : public ::testing::Test {
 protected:
  std::string one(const std::string& expression) {
    const auto answer = session_->run("SELECT " + expression + " FROM (SELECT 1 AS dummy)");
    if (!answer) return "error: " + answer.error().sentence;
    return RowsLake::text(answer->rows.at(0).at(0));
  }
  RowsLake at_;
  std::unique_ptr<QuerySession> session_ = at_.session();
};

TEST_F(MacroAnswers, shift_times_into_a_zone) {
  EXPECT_EQ(one("@day(TIMESTAMP '2017-11-23 14:59:59', 32400)"), "2017-11-23");
  EXPECT_EQ(one("@day(TIMESTAMP '2017-11-23 15:00:00', 32400)"), "2017-11-24");
  EXPECT_EQ(one("@day(TIMESTAMP '2017-11-23 00:00:00', -3600)"), "2017-11-22");
  EXPECT_EQ(one("@day(TIMESTAMP '2017-11-23 00:00:00', 0)"), "2017-11-23");
  EXPECT_EQ(one("@hour_at(TIMESTAMP '2017-11-23 15:00:00', 32400)"), "2017-11-24T00:00:00Z");
  EXPECT_EQ(one("@year(TIMESTAMP '2017-12-31 15:00:00', 32400)"), "2018");
  EXPECT_EQ(one("@month(DATE '2017-12-31', 0)"), "12");
  EXPECT_EQ(one("@day(hour, x)"), "error: @day wants an offset in seconds as its second argument, not x");
  EXPECT_EQ(one("@day(hour, 999999)"), "error: @day wants an offset in seconds as its second argument, not 999999");
}

TEST_F(MacroAnswers, write_times) {
  EXPECT_EQ(one("@time('2017-01-01T00:00:00Z')"), "2017-01-01T00:00:00Z");
  EXPECT_EQ(one("@time('2017-01-01T00:00:00.25Z')"), "2017-01-01T00:00:00.25Z");
  EXPECT_EQ(one("@date('2017-02-28')"), "2017-02-28");
  EXPECT_EQ(one("@after(@time('2017-01-01T00:00:00Z'), 3599)"), "2017-01-01T00:59:59Z");
  EXPECT_EQ(one("@after_ms(@time('2017-01-01T00:00:00Z'), 59999)"), "2017-01-01T00:00:59.999Z");
  for (const char* wrong :
       {"@time('2017-01-01')", "@time(now())", "@time('2017-13-01T00:00:00Z')", "@time('x''); DROP')", "@date('2017-02-30')", "@date(1)"}) {
    EXPECT_TRUE(one(wrong).starts_with("error: ")) << wrong;
  }
}

TEST_F(MacroAnswers, say_addresses_as_the_program_does) {
  for (const char* text : {"0.0.0.0", "192.0.2.7", "255.255.255.255", "2001:db8::1", "2001:db8:0:1:1:1:1:1",
                           "fe80::", "1:0:0:2::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
    const Address address = *parse_address(text);
    EXPECT_EQ(one("@ip(" + std::to_string(address.high) + "::UBIGINT, " + std::to_string(address.low) + "::UBIGINT)"), format(address));
  }
  EXPECT_EQ(one("ip(NULL, 0::UBIGINT)"), "NULL");
  EXPECT_EQ(one("@protocol_name(6::UTINYINT)"), "tcp");
  EXPECT_EQ(one("@protocol_name(89::UTINYINT)"), "ipproto-89");
  EXPECT_EQ(one("@class_name(2::UTINYINT)"), "backscatter");
  EXPECT_EQ(one("class_name(77::UTINYINT)"), "NULL");
}

TEST_F(MacroAnswers, match_prefixes_as_the_program_does) {
  const std::vector<std::string> blocks = {"10.0.0.0/8",    "0.0.0.0/0",     "192.0.2.7",      "192.0.2.0/25", "::/16",
                                           "2001:db8::/32", "2001:db8::/64", "2001:db8::/100", "2001:db8::1",  "::/0"};
  const std::vector<std::string> addresses = {"9.255.255.255",  "10.0.0.0",   "10.255.255.255", "11.0.0.0",    "192.0.2.7",
                                              "192.0.2.128",    "0.0.0.0",    "2001:db8::",     "2001:db8::1", "2001:db8::1000:0",
                                              "2001:db8:0:1::", "2001:db9::", "0:0:0:5::1",     "ffff::"};
  for (const std::string& block : blocks) {
    const Prefix prefix = take(parse_prefix(block));
    for (const std::string& text : addresses) {
      const Address address = *parse_address(text);
      const std::string columns = std::to_string(address.high) + "::UBIGINT, " + std::to_string(address.low) + "::UBIGINT, '" + block + "'";
      const std::string expected = prefix.contains(address) ? "true" : "false";
      EXPECT_EQ(one("@prefix(" + columns + ")"), expected) << text << " in " << block;
      EXPECT_EQ(one("in_prefix(" + columns + ")"), expected) << text << " in " << block;
    }
  }
  EXPECT_EQ(one("@prefix(1, 0, '10.0.0.1/8')"), "error: \"10.0.0.1/8\" has bits set after its length; did you mean 10.0.0.0/8?");
  EXPECT_EQ(one("in_prefix(1::UBIGINT, 0::UBIGINT, 'nonsense')").substr(0, 6), "error:");
}

TEST_F(MacroAnswers, count_destinations_exactly_or_not_and_say_so) {
  EXPECT_EQ(one("@destinations(11::UBIGINT, 64)"), "3");
  EXPECT_EQ(one("@destinations(18446744073709551615::UBIGINT, 64)"), "64");
  // Linear counting with 64 bits: -64 ln(1 - 32/64) = 44.36; with all bits set it saturates at 63: -64 ln(1/64) = 266.17.
  EXPECT_EQ(one("@destinations(4294967295::UBIGINT, 65536)"), "44");
  EXPECT_EQ(one("@destinations(18446744073709551615::UBIGINT, 65536)"), "266");
  EXPECT_EQ(one("@destinations(18446744073709551615::UBIGINT, 100)"), "100") << "never more than there are";
  EXPECT_EQ(one("@destinations(0::UBIGINT, 0)"), "0") << "size unknown";
  EXPECT_EQ(one("@destinations_exact(64)"), "true");
  EXPECT_EQ(one("@destinations_exact(65)"), "false");
  EXPECT_EQ(one("@destinations_exact(0)"), "false");
}

TEST_F(MacroAnswers, do_arithmetic) {
  EXPECT_EQ(one("@div(7, 2)"), "3");
  EXPECT_EQ(one("@div(7, 0)"), "NULL");
  EXPECT_EQ(one("@ratio(1, 4)"), "0.250000");
  EXPECT_EQ(one("@ratio(1, 0)"), "NULL");
  EXPECT_EQ(one("@share(1, 4)"), "25.000000");
  EXPECT_EQ(one("@number('64500')"), "64500");
  EXPECT_EQ(one("@number('JP')"), "0");
  EXPECT_EQ(one("@text(23)"), "23");
  EXPECT_EQ(one("@bit(5, 2)"), "true");
  EXPECT_EQ(one("@bit(5, 1)"), "false");
  EXPECT_EQ(one("@bit(9223372036854775808::UBIGINT, 63)"), "true");
  EXPECT_EQ(one("@bits(320, 6, 7)"), "5");
  EXPECT_EQ(one("@bit_or(6)"), "6");
  EXPECT_EQ(one("@any('x')"), "x");
}

TEST_F(MacroAnswers, tell_how_long_something_took) {
  EXPECT_EQ(one("@milliseconds(TIMESTAMP '2017-11-23 23:59:59.999', TIMESTAMP '2017-11-24 00:01:00.001')"), "60002");
  EXPECT_EQ(one("@milliseconds(TIMESTAMP '2017-11-23 00:00:00', TIMESTAMP '2017-11-23 00:00:00')"), "0");
}

TEST_F(MacroAnswers, take_lists_of_words_and_lines_apart) {
  const auto rows = [&](const std::string& expression) {
    std::string all;
    const auto answer = session_->run("SELECT " + expression + " FROM (SELECT 1 AS dummy)");
    if (!answer) return "error: " + answer.error().sentence;
    for (const auto& row : answer->rows) all += "[" + RowsLake::text(row.at(0)) + "]";
    return all;
  };
  EXPECT_EQ(rows("@words('huawei-hg532 okiru')"), "[huawei-hg532][okiru]");
  EXPECT_EQ(rows("@words(' a  b ')"), "[a][b]") << "blanks that separate nothing make no words";
  EXPECT_EQ(rows("@words('')"), "");
  EXPECT_EQ(rows("@words(NULL)"), "");
  EXPECT_EQ(rows("@words('caf\xc3\xa9 a\tb')"), "[caf\xc3\xa9][a\tb]") << "only blanks separate";
  const std::string logins = "'root' || chr(9) || 'xc 3511' || chr(9) || '0' || chr(10) || chr(9) || chr(9) || '1' || chr(10)";
  EXPECT_EQ(rows("@lines(" + logins + ")"), "[root\txc 3511\t0][\t\t1]");
  EXPECT_EQ(rows("@lines('')"), "");
  EXPECT_EQ(one("@field('a' || chr(9) || chr(9) || 'c', 1)"), "a");
  EXPECT_EQ(one("@field('a' || chr(9) || chr(9) || 'c', 2)"), "");
  EXPECT_EQ(one("@field('a' || chr(9) || chr(9) || 'c', 3)"), "c");
  EXPECT_EQ(one("@field('a', 4)"), "");
  EXPECT_EQ(one("@field('a', 0)"), "error: @field wants the number of a field, from 1, not 0");
  EXPECT_EQ(one("@has_word('huawei-hg532 okiru', 'okiru')"), "true");
  EXPECT_EQ(one("@has_word('huawei-hg532 okiru', 'huawei')"), "false") << "no part of a word";
  EXPECT_EQ(one("@has_word('okiru', 'okir%')"), "false");
  EXPECT_EQ(one("@has_word('o''k b', 'o''k')"), "true");
  EXPECT_EQ(one("@has_word('', 'a b')"), "error: @has_word wants a word like 'mirai-telnet', not 'a b'");
}

TEST_F(MacroAnswers, that_do_not_exist_get_a_suggestion) {
  EXPECT_EQ(one("@host(1)"), "error: there is no macro @host; did you mean @hosts?");
  EXPECT_EQ(one("@hosts(1, 2)"), "error: @hosts takes 1 arguments, not 2");
  EXPECT_EQ(one("@fingerprint(nobody)"), "error: there is no fingerprint \"nobody\"");
  EXPECT_TRUE(one("@bit(1, 64)").starts_with("error:"));
  EXPECT_TRUE(one("@bits(1, x, 1)").starts_with("error:"));
}

TEST_F(MacroAnswers, name_fingerprints_as_the_catalogue_does) {
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    std::string predicate = "is_" + std::string(entry.name);
    for (char& c : predicate) c = c == '-' || c == '.' ? '_' : c;
    // Every combination of the bits' neighbourhoods that the rules speak of.
    const auto answer = session_->run(
        "SELECT facts, window, port, class, @fingerprint('" + std::string(entry.name) + "'), " + predicate +
        "(facts, window, port, class, protocol) FROM (SELECT CAST(range AS UINTEGER) AS facts FROM range(0, 16384, 7)), "
        "(SELECT UNNEST([1024, 8192, 14600, 65535])::USMALLINT AS window), (SELECT UNNEST([23, 80, 445])::USMALLINT AS port), "
        "(SELECT UNNEST([1, 3])::UTINYINT AS class), (SELECT 6::UTINYINT AS protocol, 4::UTINYINT AS ip_version)");
    ASSERT_TRUE(answer) << answer.error().sentence;
    std::size_t matches = 0;
    for (const auto& row : answer->rows) {
      const auto number = [&](std::size_t i) { return std::get<std::uint64_t>(row[i]); };
      const bool expected = entry.matches(static_cast<std::uint32_t>(number(0)), static_cast<std::uint16_t>(number(1)),
                                          static_cast<std::uint16_t>(number(2)), static_cast<std::uint8_t>(number(3)));
      ASSERT_EQ(std::get<bool>(row[4]), expected) << entry.name << " facts " << number(0);
      ASSERT_EQ(std::get<bool>(row[5]), expected) << entry.name << " facts " << number(0);
      matches += expected ? 1 : 0;
    }
    EXPECT_GT(matches, 0u) << entry.name << " never matched: this test says nothing about it";
  }
}

TEST_F(MacroAnswers, marks_are_those_of_the_catalogue_then_syns_then_none) {
  const auto answer = session_->run(
      "SELECT facts, window, port, class, @marks(facts, window, port, class) FROM (SELECT CAST(range AS UINTEGER) AS facts FROM "
      "range(0, 16384, 7)), (SELECT UNNEST([1024, 8192, 14600, 65535])::USMALLINT AS window), "
      "(SELECT UNNEST([23, 80, 445])::USMALLINT AS port), (SELECT UNNEST([1, 3])::UTINYINT AS class)");
  ASSERT_TRUE(answer) << answer.error().sentence;
  const auto catalogue = fingerprint_catalogue();
  for (const auto& row : answer->rows) {
    const auto number = [&](std::size_t i) { return std::get<std::uint64_t>(row[i]); };
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < catalogue.size(); ++i)
      if (catalogue[i].matches(static_cast<std::uint32_t>(number(0)), static_cast<std::uint16_t>(number(1)),
                               static_cast<std::uint16_t>(number(2)), static_cast<std::uint8_t>(number(3))))
        expected |= 1ULL << i;
    if (expected == 0) expected = 1ULL << (catalogue.size() + 1);
    if (number(3) == 1) expected |= 1ULL << catalogue.size();
    ASSERT_EQ(number(4), expected) << "facts " << number(0) << " window " << number(1) << " port " << number(2) << " class " << number(3);
  }
}

TEST_F(MacroAnswers, mark_sums_are_exact_beyond_32_bits) {
  // 600 hosts of 5,000 rows in turn, marks 0 and 2, three billion packets a row: each host has 5,000 times that, whoever counted.
  const auto answer = session_->run(
      "SELECT min(a), max(a), min(b), max(b), min(c), max(c), count(*) FROM (SELECT @mark_sum(sums, 0) AS a, @mark_sum(sums, 1) AS b, "
      "@mark_sum(sums, 2) AS c FROM (SELECT host, @mark_sums(CAST(5 AS UINTEGER), 3000000000) AS sums FROM "
      "(SELECT range % 600 AS host FROM range(3000000)) GROUP BY host))");
  ASSERT_TRUE(answer) << answer.error().sentence;
  std::string line;
  for (const Value& value : answer->rows.at(0)) line += RowsLake::text(value) + " ";
  EXPECT_EQ(line, "15000000000000 15000000000000 0 0 15000000000000 15000000000000 600 ");
  EXPECT_EQ(one("@mark_sum(@mark_sums(CAST(1 AS UINTEGER), 18446744073709551615), 0)"), "18446744073709551615");
}

}  // namespace
}  // namespace nightjar
