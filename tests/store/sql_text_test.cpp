#include "store/sql_text.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

/// Puts calls into angle brackets, so that a test sees what was taken for a call.
class Brackets final : public MacroExpander {
 protected:
  Result<std::string> expand(std::string_view name, const std::vector<std::string>& arguments) const override {
    if (name == "wrong") return Error{"wrong was called"};
    std::string text = "<" + std::string(name);
    for (const std::string& argument : arguments) text += "|" + argument;
    return text + ">";
  }
};

std::string expanded(std::string_view sql) {
  auto text = Brackets().expand_all(sql);
  return text ? *text : "error: " + text.error().sentence;
}

TEST(Macros, are_found_wherever_they_stand) {
  EXPECT_EQ(expanded("SELECT @a(x), @b() FROM t"), "SELECT <a|x>, <b> FROM t");
  EXPECT_EQ(expanded("@a( x , f(y, z) )"), "<a|x|f(y, z)>");
  EXPECT_EQ(expanded("@a(@b(1, 2), @c(@d(3)))"), "<a|<b|1|2>|<c|<d|3>>>");
}

TEST(Macros, stay_text_inside_strings_names_and_comments) {
  EXPECT_EQ(expanded("'@a(x)' \"@a(x)\" -- @a(x)\n/* @a(x) */ @a(1)"), "'@a(x)' \"@a(x)\" -- @a(x)\n/* @a(x) */ <a|1>");
  EXPECT_EQ(expanded("'it''s @a(x)' @a(')', 'b,c')"), "'it''s @a(x)' <a|')'|'b,c'>");
  EXPECT_EQ(expanded("@a /* no call */ @ 5"), "@a /* no call */ @ 5");
}

TEST(Macros, that_are_wrong_are_an_error) {
  EXPECT_EQ(expanded("@a(b"), "error: the bracket of @a( is never closed");
  EXPECT_EQ(expanded("@a('b)"), "error: the bracket of @a( is never closed");
  EXPECT_EQ(expanded("@a(@wrong(1))"), "error: wrong was called");
}

TEST(Macros, quote_the_column_window) {
  EXPECT_EQ(expanded("window = 1 AND windows = 2 AND \"window\" = 3 AND 'window'"),
            "\"window\" = 1 AND windows = 2 AND \"window\" = 3 AND 'window'");
}

TEST(SqlText, is_cut_after_the_last_word) {
  EXPECT_EQ(without_end("SELECT 1 ; -- done\n /* really */ ;"), "SELECT 1");
  EXPECT_EQ(without_end("SELECT ';' -- ';'"), "SELECT ';'");
  EXPECT_EQ(without_end(" -- nothing"), "");
}

TEST(SqlText, tells_words_from_parts_of_words) {
  EXPECT_TRUE(has_word("SELECT window FROM t", "window"));
  EXPECT_FALSE(has_word("SELECT windows, \"window\", 'window' -- window", "window"));
}

TEST(StringLiterals, are_told_from_anything_else) {
  std::string text;
  EXPECT_TRUE(is_string_literal("'it''s'", text));
  EXPECT_EQ(text, "it's");
  for (const char* other : {"", "'", "x", "'a' || 'b'", "'a", "a'", "'a'b'"}) EXPECT_FALSE(is_string_literal(other, text)) << other;
}

TEST(SqlText, a_literal_holds_any_text_and_is_read_back_as_it_was) {
  EXPECT_EQ(sql_literal("it's"), "'it''s'");
  for (const std::string text : {"", "'", "''", "a'; DROP TABLE flows; --", "back\\slash \"name\""}) {
    std::string again;
    EXPECT_TRUE(is_string_literal(sql_literal(text), again)) << text;
    EXPECT_EQ(again, text);
  }
}

}  // namespace
}  // namespace nightjar
