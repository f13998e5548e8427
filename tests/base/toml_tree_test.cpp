#include "base/toml_tree.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(TomlTree, KeepsTheOrderOfKeysAndTheirLines) {
  const auto tree = parse_toml_tree("zebra = 1\n\n[[list]]\napple = \"x\"\nday = 2017-05-12\n", "a.toml");
  ASSERT_TRUE(tree) << tree.error().sentence;
  ASSERT_EQ(tree->entries.size(), 2U);
  EXPECT_EQ(tree->entries[0].key, "zebra");
  EXPECT_EQ(tree->entries[0].node.number, 1);
  const TomlNode* list = tree->find("list");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->items.size(), 1U);
  EXPECT_EQ(list->items[0].find("apple")->text, "x");
  EXPECT_EQ(list->items[0].find("day")->kind, TomlNode::Kind::time);
  EXPECT_EQ(list->items[0].find("day")->text, "2017-05-12");
  EXPECT_EQ(list->items[0].find("day")->line, 5U);
  EXPECT_EQ(tree->find("pear"), nullptr);
}

TEST(TomlTree, RefusesWhatIsNoTomlWithFileAndLine) {
  const auto sentence = [](std::string_view text) {
    const auto tree = parse_toml_tree(text, "a.toml");
    return tree ? std::string("taken") : tree.error().sentence;
  };
  EXPECT_EQ(sentence("a = 1\nb = = 2\n").rfind("a.toml:2: ", 0), 0U) << sentence("a = 1\nb = = 2\n");
  EXPECT_EQ(sentence("name = \xe2\x80\x9ctokyo\xe2\x80\x9d\n").rfind("a.toml:1: ", 0), 0U);
  // toml++ 3.3 asserts on this one.
  EXPECT_EQ(sentence("[[a").rfind("a.toml:1: ", 0), 0U) << sentence("[[a");
}

}  // namespace
}  // namespace nightjar
