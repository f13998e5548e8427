#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "incident/words.hpp"

namespace nightjar {

/// A number in a sentence: below 10,000 in full, above three digits that count: "190,000", "612 million"; 「19万」「6.12億」.
std::string number_in_words(double number, Language language);
/// Whether `number_in_words` rounds: then sentences say "about".
bool is_rounded(double number);
/// A number in a list: "24.1 k", 「2.41万」; below 10,000 in full.
std::string short_number(double number, Language language);
/// Share of 0 to 1 in whole percent: "86%"; "<1%" and ">99%" where these would say 0% and 100% of what is neither.
std::string share_in_words(double share);
/// "1.8", from ten on "52".
std::string times_in_words(double ratio);
/// "23 November 2017", 「2017年11月23日」.
std::string day_in_words(std::int64_t ms, Language language);
/// "3 h 20 min", "21 d"; 「3時間20分」「21日」. Of a time in milliseconds, at least a minute.
std::string duration_in_words(std::int64_t ms, Language language);

/// "1 stretch", "12,345 stretches": the exact number with its noun. English has one form for one and another for all else.
std::string counted(std::uint64_t number, std::string_view one, std::string_view others);
/// The noun alone.
std::string_view plural(double number, std::string_view one, std::string_view others);

}  // namespace nightjar
