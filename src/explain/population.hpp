#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "explain/explain.hpp"
#include "explain/lake_darknets.hpp"
#include "exposure/exposure.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Which rows of `flows` a rise is about, as conditions of DuckDB's SQL.
struct Population {
  std::vector<std::string> sensors;  ///< all darknets of the lake
  std::string darknets;              ///< a row belongs to one of them
  std::string port;                  ///< and is of the rise's protocol, port and classes
  std::string members;               ///< and of its countries and tools; "TRUE" where the population is the whole port
  bool whole_port = true;
  std::int64_t peak_day = 0;
  /// The days to compare with: those of the rise that were watched, before the onset, the latest first, at most 7.
  std::vector<std::int64_t> usual_days;
  /// By what a sum over the usual days is multiplied to be the usual level of the peak day.
  double usual_factor = 0;
  bool watched = false;  ///< there are darknets, and something of the peak day was watched
  /// Rows of the population on all these days, and of the rest of the port on the usual ones.
  std::uint64_t member_rows = 0, other_rows = 0;

  /// The rows of these days, of the rest of the port only those of the usual days: "FROM flows WHERE ...".
  std::string rows() const;
};

/// Which sources are read of a rise that has too many rows: every `members`th of the population's, every `port`th of all that have the
/// port; both by a hash of the address, and the second are among the first, so a source that is read for the port is read for the
/// population too.
struct Thinning {
  std::uint64_t members = 1, port = 1;
  bool all() const { return members == 1 && port == 1; }
  /// Conditions, as SQL.
  std::string for_members() const { return every(members); }
  std::string for_port() const { return every(port); }

 private:
  static std::string every(std::uint64_t nth);
};
/// For about `most_rows` rows, or twice as many.
Thinning thinning_of(const Population& population, std::uint64_t most_rows);

/// `member_rows` and `other_rows` are left 0: for whoever thins nothing.
Result<Population> population_without_sizes(QuerySession& session, const Rise& rise, const std::map<std::int64_t, Exposure>& exposures);
Result<Population> population_of(QuerySession& session, const Rise& rise, const std::map<std::int64_t, Exposure>& exposures);

/// hour lies in one of these UTC days.
std::string within_days(const std::vector<std::int64_t>& days);
std::string within_days(std::int64_t from_day, std::int64_t to_day);

/// A condition's value in an answer; false for NULL.
bool flag(const Value& value);
/// A whole number or an integral part of an answer; 0 for NULL.
std::uint64_t whole(const Value& value);
double real(const Value& value);

}  // namespace nightjar
