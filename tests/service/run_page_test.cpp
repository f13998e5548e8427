#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/file.hpp"
#include "service/settings.hpp"

namespace nightjar {
namespace {

/// The tables of docs/run.md, made of the settings themselves.
std::string tables() {
  std::string page;
  for (const SettingSection& section : setting_sections()) {
    page += "\n### `" + std::string(section.many ? "[[" : "[") + std::string(section.name) + (section.many ? "]]" : "]") + "`\n" +
            std::string(section.sentence) + "\n\n| key | default | what | why |\n|---|---|---|---|\n";
    for (const Setting& setting : setting_table()) {
      if (setting.section != section.name) continue;
      const std::string usual = setting.required ? "must be given" : setting.usual.empty() ? "" : "`" + std::string(setting.usual) + "`";
      page += "| `" + std::string(setting.key) + "` | " + usual + " | " + std::string(setting.sentence) + " | " +
              std::string(setting.reason) + " |\n";
    }
  }
  return page;
}

// NIGHTJAR_UPDATE=1 writes the tables anew instead of comparing them.
TEST(RunPage, HasAllSettingsWithTheirDefaultsAndReasons) {
  const std::filesystem::path page = std::filesystem::path(NIGHTJAR_SOURCE_DIR) / "docs" / "run.md";
  const std::string head = "\n## Settings\n";
  auto text = read_file(page);
  ASSERT_TRUE(text) << text.error().sentence;
  const std::size_t at = text->find(head);
  ASSERT_NE(at, std::string::npos);
  const std::string wanted = text->substr(0, at + head.size()) + tables();
  if (std::getenv("NIGHTJAR_UPDATE") != nullptr) {
    const auto written = write_file_atomically(page, wanted);
    ASSERT_TRUE(written) << written.error().sentence;
    return;
  }
  EXPECT_EQ(*text, wanted) << "to write docs/run.md anew: NIGHTJAR_UPDATE=1 build/release/test_service";
}

}  // namespace
}  // namespace nightjar
