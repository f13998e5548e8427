#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.hpp"
#include "schema/columns.hpp"

namespace nightjar {
namespace {

// NIGHTJAR_UPDATE=1 writes the page anew instead of comparing it.
TEST(DataModel, ThePageSaysWhatTheTablesAre) {
  const std::filesystem::path page = std::filesystem::path(NIGHTJAR_SOURCE_DIR) / "docs" / "data-model.md";
  if (std::getenv("NIGHTJAR_UPDATE") != nullptr) {
    const auto written = write_file_atomically(page, data_model_markdown());
    ASSERT_TRUE(written) << written.error().sentence;
  }
  const auto found = read_file(page);
  ASSERT_TRUE(found) << found.error().sentence;
  EXPECT_EQ(*found, data_model_markdown()) << "to write docs/data-model.md anew: NIGHTJAR_UPDATE=1 build/release/test_schema";
}

}  // namespace
}  // namespace nightjar
