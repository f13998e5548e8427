#include "store/duckdb/question.hpp"

#include <gtest/gtest.h>

namespace nightjar::duckdb_store {
namespace {

/// Asks for a million rows; DuckDB is stopped while the first of them are read, but not by anybody who may stop the question.
Result<void> asked_and_stopped_by_nobody(const std::string& row) {
  auto connection = Connection::open({});
  if (!connection) return connection.error();
  std::atomic<bool> interrupted{false};
  bool first = true;
  return ask(
      **connection, "SELECT " + row + " AS i FROM range(1000000) AS t(i)", ExoticTypes::for_answer, {interrupted},
      [](const std::vector<AnswerColumn>&) { return Result<void>(); },
      [&](duckdb_data_chunk) {
        if (first) duckdb_interrupt((*connection)->handle());
        first = false;
        return Result<void>();
      },
      Delivery::streamed);
}

// Of two threads, the one with the mistake and the one that is told to stop, either may be the first to report.
TEST(Question, GivesTheReasonThoughAnotherThreadsStopIsReportedFirst) {
  const auto asked = asked_and_stopped_by_nobody("CASE WHEN i = 900000 THEN error('mistake') ELSE i END");
  ASSERT_FALSE(asked);
  EXPECT_NE(asked.error().sentence.find("mistake"), std::string::npos) << asked.error().sentence;
}

TEST(Question, SaysSoWhereNoReasonIsFound) {
  const auto asked = asked_and_stopped_by_nobody("i");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().sentence, "DuckDB stopped the query and gives no reason");
}

}  // namespace
}  // namespace nightjar::duckdb_store
