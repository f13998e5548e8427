#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "payload/typed.hpp"

namespace nightjar {

/// The form of the columns `logins` and `commands` of `sessions` (src/schema/honeypot_columns.cpp): any bytes as text of one line. Tab,
/// line feed, carriage return and backslash become \t \n \r \\; every other byte that is no part of a printable character of UTF-8 becomes
/// \xHH (lower case): control characters, DEL, bytes that are no UTF-8, C1 controls, and what ends lines or changes the direction or is
/// not seen (category Cf of Unicode 15, U+2028, U+2029, fillers, variation selectors).
std::string to_stored(std::string_view bytes);
/// The bytes again; nullopt: not in that form (a backslash before something else, digits missing).
std::optional<std::string> from_stored(std::string_view text);

/// A line each: user, tab, password, tab, 1 accepted or 0. Without attempts: empty.
std::string stored_logins(const std::vector<LoginAttempt>& logins);
std::optional<std::vector<LoginAttempt>> logins_from_stored(std::string_view text);

/// A line each. Without commands: empty; so a command must not be empty.
std::string stored_commands(const std::vector<std::string>& commands);
std::optional<std::vector<std::string>> commands_from_stored(std::string_view text);

}  // namespace nightjar
