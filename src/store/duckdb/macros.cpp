#include "store/duckdb/macros.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "net/address.hpp"

namespace nightjar::duckdb_store {
namespace {

using Arguments = std::vector<std::string>;

Error not_a_literal(std::string_view macro, std::string_view argument, std::string_view expected) {
  return Error{"@" + std::string(macro) + " wants " + std::string(expected) + ", not " + std::string(argument)};
}

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `time` moved by a literal offset; the bare time for 0, so that statistics of the files still help.
Result<std::string> shifted(std::string_view macro, const Arguments& arguments) {
  const auto offset = integer(arguments[1]);
  constexpr std::int64_t farthest = 26 * kSecondsPerHour;
  if (!offset || *offset < -farthest || *offset > farthest) {
    return not_a_literal(macro, arguments[1], "an offset in seconds as its second argument");
  }
  if (*offset == 0) return "(" + arguments[0] + ")";
  return "(" + arguments[0] + " + INTERVAL '" + std::to_string(*offset) + "' SECOND)";
}

Result<std::string> day(const Arguments& arguments) {
  auto time = shifted("day", arguments);
  if (!time) return time;
  return "CAST(" + *time + " AS DATE)";
}

Result<std::string> hour_at(const Arguments& arguments) { return shifted("hour_at", arguments); }

Result<std::string> year(const Arguments& arguments) {
  auto time = shifted("year", arguments);
  if (!time) return time;
  return "year" + *time;
}

Result<std::string> month(const Arguments& arguments) {
  auto time = shifted("month", arguments);
  if (!time) return time;
  return "month" + *time;
}

/// '2017-01-01T00:00:00Z': digits and punctuation only, so nothing can leave the literal.
Result<std::string> time_literal(const Arguments& arguments) {
  std::string text;
  const bool plain = is_string_literal(arguments[0], text) && text.find_first_not_of("0123456789-:.TZ") == std::string::npos;
  if (!plain || text.size() < 20 || text[10] != 'T' || text.back() != 'Z' || !parse_day(text.substr(0, 10))) {
    return not_a_literal("time", arguments[0], "a time like '2017-01-01T00:00:00Z'");
  }
  text.pop_back();
  text[10] = ' ';
  return "TIMESTAMP '" + text + "'";
}

Result<std::string> date_literal(const Arguments& arguments) {
  std::string text;
  if (!is_string_literal(arguments[0], text) || !parse_day(text)) {
    return not_a_literal("date", arguments[0], "a date like '2017-01-01'");
  }
  return "DATE '" + text + "'";
}

std::string u64(std::uint64_t number) { return "CAST(" + std::to_string(number) + " AS UBIGINT)"; }

Result<std::string> prefix(const Arguments& arguments) {
  const std::string &src = arguments[0], &src_low = arguments[1];
  std::string text;
  if (!is_string_literal(arguments[2], text)) return not_a_literal("prefix", arguments[2], "a prefix like '198.18.0.0/16'");
  const auto block = parse_prefix(text);
  if (!block) return block.error();
  const Address first = block->first, last = block->last();
  const std::string high = "(" + src + ") BETWEEN " + u64(first.high) + " AND " + u64(last.high);
  if (first.version == 4) return "(" + high + " AND (" + src_low + ") = 0)";
  std::string condition = "(" + high;
  if (block->length > 64) condition += " AND (" + src_low + ") BETWEEN " + u64(first.low) + " AND " + u64(last.low);
  // What is below 2^32 without a lower half is an IPv4 address.
  if (first.high < (1ULL << 32)) condition += " AND NOT ((" + src + ") < " + u64(1ULL << 32) + " AND (" + src_low + ") = 0)";
  return condition + ")";
}

Result<std::string> bit(const Arguments& arguments) {
  const auto number = integer(arguments[1]);
  if (!number || *number < 0 || *number > 63) return not_a_literal("bit", arguments[1], "the number of a bit");
  return "(((" + arguments[0] + ") & " + (*number < 31 ? std::to_string(1 << *number) : u64(1ULL << *number)) + ") <> 0)";
}

Result<std::string> bits(const Arguments& arguments) {
  const auto shift = integer(arguments[1]), mask = integer(arguments[2]);
  if (!shift || *shift < 0 || *shift > 63) return not_a_literal("bits", arguments[1], "the number of the lowest bit");
  if (!mask || *mask < 0) return not_a_literal("bits", arguments[2], "a mask");
  return "(((" + arguments[0] + ") >> " + std::to_string(*shift) + ") & " + std::to_string(*mask) + ")";
}

/// Fields are counted from 1, as split_part does.
Result<std::string> field(const Arguments& arguments) {
  const auto number = integer(arguments[1]);
  constexpr std::int64_t most = 64;
  if (!number || *number < 1 || *number > most) return not_a_literal("field", arguments[1], "the number of a field, from 1");
  return "split_part(" + arguments[0] + ", chr(9), " + std::to_string(*number) + ")";
}

/// A word of a list whose words blanks separate; the blanks around both keep it from being found inside another.
Result<std::string> has_word_sql(const Arguments& arguments) {
  std::string word;
  if (!is_string_literal(arguments[1], word) || word.empty() || word.find(' ') != std::string::npos)
    return not_a_literal("has_word", arguments[1], "a word like 'mirai-telnet'");
  return "contains(' ' || " + arguments[0] + " || ' ', " + sql_literal(" " + word + " ") + ")";
}

Result<std::string> fingerprint(const Arguments& arguments) {
  std::string name;
  if (!is_string_literal(arguments[0], name)) name = arguments[0];
  const Fingerprint* found = find_fingerprint(name);
  if (found == nullptr) return Error{"there is no fingerprint \"" + name + "\""};
  auto rule = DuckdbMacros(true).expand_all(found->sql);
  if (!rule) return rule;
  return "(" + *rule + ")";
}

/// A macro that is a text: $1, $2 ... stand for the arguments.
struct Template {
  std::string_view name;
  std::size_t arguments;
  std::string_view text;
};
constexpr std::array kTemplates = {
    Template{"after", 2, "($1 + to_seconds(CAST($2 AS BIGINT)))"},
    Template{"after_ms", 2, "($1 + to_milliseconds(CAST($2 AS BIGINT)))"},
    Template{"ip", 2, "ip($1, $2)"},
    Template{"milliseconds", 2, "(epoch_ms($2) - epoch_ms($1))"},
    Template{"bit_or", 1, "bit_or($1)"},
    Template{"destinations", 2, "destinations($1, $2)"},
    Template{"destinations_exact", 1, "destinations_exact($1)"},
    Template{"div", 2, "(($1) // ($2))"},
    Template{"ratio", 2, "(CAST($1 AS DOUBLE) / nullif($2, 0))"},
    Template{"share", 2, "(100.0 * CAST($1 AS DOUBLE) / nullif($2, 0))"},
    Template{"text", 1, "CAST($1 AS VARCHAR)"},
    Template{"number", 1, "coalesce(TRY_CAST($1 AS UBIGINT), 0)"},
    Template{"marks", 4, "nightjar_marks(CAST($1 AS UINTEGER), CAST($2 AS USMALLINT), CAST($3 AS USMALLINT), CAST($4 AS UTINYINT))"},
    Template{"mark_sums", 2, "nightjar_mark_sums($1, CAST($2 AS UBIGINT))"},
    Template{"mark_sum", 2, "($1).s$2"},
    Template{"any", 1, "any_value($1)"},
    // What is between separators, so that an empty text has no row.
    Template{"words", 1, "unnest(regexp_extract_all($1, '[^ ]+'))"},
    Template{"lines", 1, "unnest(regexp_extract_all($1, '[^\\n]+'))"},
    Template{"class_name", 1, "class_name($1)"},
    Template{"protocol_name", 1, "protocol_name($1)"},
};

/// A macro whose arguments are looked at.
struct Function {
  std::string_view name;
  std::size_t arguments;
  Result<std::string> (*expand)(const Arguments&);
};
constexpr std::array kFunctions = {
    Function{"day", 2, day},           Function{"hour_at", 2, hour_at},
    Function{"year", 2, year},         Function{"month", 2, month},
    Function{"time", 1, time_literal}, Function{"date", 1, date_literal},
    Function{"prefix", 3, prefix},     Function{"bit", 2, bit},
    Function{"bits", 3, bits},         Function{"fingerprint", 1, fingerprint},
    Function{"field", 2, field},       Function{"has_word", 2, has_word_sql},
};

std::string fill(std::string_view text, const Arguments& arguments) {
  std::string filled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      filled += text[i];
    } else {
      filled += arguments[static_cast<std::size_t>(text[++i] - '1')];
    }
  }
  return filled;
}

/// "zmap-4.1" → "is_zmap_4_1".
std::string predicate_name(std::string_view fingerprint_name) {
  std::string name = "is_" + std::string(fingerprint_name);
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
}

Result<void> check_number(std::string_view name, const Arguments& arguments, std::size_t expected) {
  if (arguments.size() == expected) return {};
  return Error{"@" + std::string(name) + " takes " + std::to_string(expected) + " arguments, not " + std::to_string(arguments.size())};
}

}  // namespace

Result<std::string> DuckdbMacros::expand(std::string_view name, const Arguments& arguments) const {
  if (name == "hosts") {
    if (auto checked = check_number(name, arguments, 1); !checked) return checked.error();
    return (spilling_hosts_ ? "count(DISTINCT " : "nightjar_hosts(") + arguments[0] + ")";
  }
  for (const Function& function : kFunctions) {
    if (function.name != name) continue;
    if (auto checked = check_number(name, arguments, function.arguments); !checked) return checked.error();
    return function.expand(arguments);
  }
  std::vector<std::string_view> known = {"hosts"};
  for (const Function& function : kFunctions) known.push_back(function.name);
  for (const Template& macro : kTemplates) {
    known.push_back(macro.name);
    if (macro.name != name) continue;
    if (auto checked = check_number(name, arguments, macro.arguments); !checked) return checked.error();
    return fill(macro.text, arguments);
  }
  const std::string meant = nearest(name, known);
  return Error{"there is no macro @" + std::string(name) + (meant.empty() ? "" : "; did you mean @" + meant + "?")};
}

std::string user_macros_sql() {
  // 64 bits, of which k are set: linear counting. All set means "at least": the estimate stays where 63 put it.
  std::string sql =
      "CREATE MACRO destinations_exact(addresses) AS addresses BETWEEN 1 AND 64;"
      "CREATE MACRO destinations(dst_bits, addresses) AS CASE WHEN addresses BETWEEN 1 AND 64 THEN bit_count(dst_bits)::BIGINT "
      "ELSE least(round(-64 * ln(1 - least(bit_count(dst_bits), 63) / 64))::BIGINT, "
      "CASE WHEN addresses > 64 THEN addresses::BIGINT ELSE 9223372036854775807 END) END;";
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    const auto rule = DuckdbMacros(true).expand_all(entry.sql);
    assert(rule);
    sql += "CREATE MACRO " + predicate_name(entry.name) + "(facts, \"window\", port, class, protocol) AS (" + *rule + ");";
  }
  return sql;
}

}  // namespace nightjar::duckdb_store
