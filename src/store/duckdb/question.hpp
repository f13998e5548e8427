#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/duckdb/connection.hpp"

namespace nightjar::duckdb_store {

/// When a running question is to stop before its end.
struct StopRule {
  std::atomic<bool>& interrupted;
  double timeout_seconds = 0;  ///< 0: none
};

/// What the columns of an answer become when they are of a type that the reader does not know.
enum class ExoticTypes {
  for_answer,        ///< decimals as floating numbers, others (lists, blobs, intervals ...) as text
  for_parquet,       ///< also sums of 128 bits as signed 64 bits, since Parquet has no such integer
  for_parquet_wide,  ///< ... as decimals of 38 digits
};

/// How an answer comes.
enum class Delivery {
  whole,     ///< made to its end before the first row is visited: what fails does so before
  streamed,  ///< visited as it is made, never held as a whole
};

struct AnswerColumn {
  std::string name;
  DUCKDB_TYPE type;
};

/// Runs one statement that asks and changes nothing (SELECT, VALUES, FROM, DESCRIBE, SHOW, SUMMARIZE, or EXPLAIN of these);
/// anything else is an error. `begin` hears of the columns, `visit` gets
/// the rows chunk by chunk; an error that either returns ends the question.
Result<void> ask(Connection& connection, std::string_view sql, ExoticTypes exotic, const StopRule& stop,
                 const std::function<Result<void>(const std::vector<AnswerColumn>&)>& begin,
                 const std::function<Result<void>(duckdb_data_chunk)>& visit, Delivery delivery = Delivery::whole);

}  // namespace nightjar::duckdb_store
