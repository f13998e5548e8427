#include "cli/output.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/file.hpp"
#include "store/lake.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::cli {
namespace {

using Rows = std::vector<std::vector<Value>>;

TEST(TableText, AlignsNumbersRightWithTheSameDecimals) {
  const Rows rows = {{std::string("a"), std::uint64_t{1234567}, 12.345}, {std::string("bcd"), std::uint64_t{9}, 3.0}};
  EXPECT_EQ(table_text({{"name"}, {"packets", true, true}, {"share %", true, false, 1}}, rows),
            "name    packets  share %\n"
            "----  ---------  -------\n"
            "a     1,234,567     12.3\n"
            "bcd           9      3.0\n");
}

TEST(TableText, OutsideBytesCannotReachTheTerminal) {
  const std::string text = table_text({{"name"}}, {{std::string("a\x1b[31m\n")}});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST(TableText, NullIsADashAndCharactersOfTwoColumnsKeepTheLine) {
  EXPECT_EQ(table_text({{"名前"}, {"n", true}}, {{Value(), std::uint64_t{1}}, {std::string("センサ"), Value()}}),
            "名前    n\n"
            "------  -\n"
            "-       1\n"
            "センサ  -\n");
}

TEST(TableText, LongNamesAreCut) {
  EXPECT_EQ(table_text({{"n", false, false, 0, 6}}, {{std::string("abcdefghij")}, {std::string("ああああ")}}),
            "n\n------\nabc...\nあ...\n");
}

TEST(TableText, NegativeNumbersKeepTheirSign) {
  EXPECT_EQ(table_text({{"n", true, true, 1}}, {{std::int64_t{-1234}}, {-123.45}}), "     n\n------\n-1,234\n-123.5\n");
}

TEST(CsvText, QuotesWhatNeedsIt) {
  EXPECT_EQ(csv_text({"a", "b,c"}, {{std::string("x\"y"), std::uint64_t{5}}, {std::string("1\n2"), Value()}, {std::string("plain"), 2.5}}),
            "a,\"b,c\"\n\"x\"\"y\",5\n\"1\n2\",\nplain,2.5000\n");
}

TEST(CsvText, TextsAreNoFormulas) {
  EXPECT_EQ(csv_text({"a"}, {{std::string("=cmd|' /C calc'!A0")},
                             {std::string("+1")},
                             {std::string("-1")},
                             {std::string("@x")},
                             {std::string("\tx")},
                             {std::int64_t{-5}},
                             {-0.5}}),
            "a\n'=cmd|' /C calc'!A0\n'+1\n'-1\n'@x\n'\tx\n-5\n-0.5000\n");
}

TEST(SelectOf, SurvivesParquet) {
  TempFolder folder;
  const auto snapshot = Lake(folder / "lake").snapshot();
  ASSERT_TRUE(snapshot);
  auto session = QuerySession::open(*snapshot, {});
  ASSERT_TRUE(session) << session.error().sentence;
  const Rows rows = {{std::uint64_t{18446744073709551615ULL}, std::string("it's"), 0.1, Value()},
                     {std::uint64_t{0}, Value(), std::numeric_limits<double>::quiet_NaN(), std::int64_t{-3}}};
  const auto answer = (*session)->run_raw(select_of({"n", "text", "share", "change"}, rows));
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_EQ(answer->columns, (std::vector<std::string>{"n", "text", "share", "change"}));
  ASSERT_EQ(answer->rows.size(), 2u);
  EXPECT_EQ(answer->rows[0], (std::vector<Value>{std::uint64_t{18446744073709551615ULL}, std::string("it's"), 0.1, Value()}));
  EXPECT_EQ(answer->rows[1], (std::vector<Value>{std::uint64_t{0}, Value(), Value(), std::int64_t{-3}}));
  EXPECT_TRUE((*session)->run_raw(select_of({"n"}, {}))->rows.empty());
  EXPECT_TRUE((*session)->write_parquet(select_of({"n", "text", "share", "change"}, rows), folder / "out.parquet"));
}

TEST(WriteText, WritesAFileWholeOrSaysWhyNot) {
  TempFolder folder;
  ASSERT_TRUE(write_text("text\n", (folder / "a.txt").string()));
  EXPECT_EQ(*read_file(folder / "a.txt"), "text\n");
  const auto failed = write_text("text\n", (folder / "none" / "a.txt").string());
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().sentence.find("none"), std::string::npos);
}

}  // namespace
}  // namespace nightjar::cli
