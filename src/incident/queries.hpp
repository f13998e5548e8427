#pragma once
#include <string>
#include <vector>

#include "incident/incident.hpp"

namespace nightjar {

/// Where numbers of an incident come from: one statement for `nightjar sql`.
struct NumberQuery {
  /// What of the incident's JSON it is about: "incident", "days", or an entry of a list like "explanation/0".
  std::string of;
  /// Keys there, which are columns of the answer; of "days" beside the column `day`.
  std::vector<std::string> numbers;
  std::string sql;
  /// The answer holds the numbers themselves. Else it holds what they were made of, and `note` says how.
  bool exact = true;
  std::string note;  ///< empty: nothing to say
};

/// For every number that an incident shows, from the struct alone: no number without its query. Nothing for what the struct does not say
/// it was counted over (incidents of older programs).
std::vector<NumberQuery> queries_of(const Incident& incident);

/// They are ready to be pasted into a shell: a comment of what each gives, then the command, in lines of at most `columns` where words
/// allow.
std::string queries_text(const Incident& incident, std::size_t columns);

}  // namespace nightjar
