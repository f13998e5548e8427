// docs/reflector.md says what the tables of the program say.
#include <gtest/gtest.h>

#include <string>

#include "base/file.hpp"
#include "reflector/ask.hpp"
#include "reflector/canned_answers.hpp"
#include "reflector/silence.hpp"

namespace nightjar::reflector {
namespace {

std::string page() {
  auto text = read_file(std::string(NIGHTJAR_SOURCE_DIR) + "/docs/reflector.md");
  EXPECT_TRUE(text) << (text ? "" : text.error().sentence);
  return text ? *text : std::string();
}

TEST(ReflectorPage, HasEverySettingWithItsDefaultAndRange) {
  const std::string text = page();
  const BudgetSettings usual;
  for (const BudgetSetting& setting : budget_settings()) {
    const std::string row = "| `" + std::string(setting.key) + "` | " + std::to_string(usual.*setting.value) + " | " +
                            std::string(setting.unit) + " | " + std::to_string(setting.least) + " to " + std::to_string(setting.most) +
                            " | " + std::string(setting.sentence) + " " + std::string(setting.reason) + " |\n";
    EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

TEST(ReflectorPage, HasEveryReasonForSilence) {
  const std::string text = page();
  for (std::size_t i = 1; i < kSilences; ++i)
    EXPECT_NE(text.find("`" + std::string(kSilenceNames[i]) + "`"), std::string::npos) << kSilenceNames[i];
}

TEST(ReflectorPage, ShowsAFileOfAnswersThatIsRight) {
  const std::string text = page();
  const std::size_t begin = text.find("```toml\n") + 8;
  const auto canned = CannedAnswers::parse(text.substr(begin, text.find("```", begin) - begin), "page");
  ASSERT_TRUE(canned) << canned.error().sentence;
  EXPECT_EQ(canned->size(), 1u);
  EXPECT_EQ(canned->zone().size(), 1u);
}

}  // namespace
}  // namespace nightjar::reflector
