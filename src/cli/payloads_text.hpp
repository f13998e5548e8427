#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace nightjar::cli {

/// Bytes as printable ASCII in the way of the tables: \t \n \r \\ and \xHH. At most `most` characters, no escape cut in two.
std::string printable(std::string_view bytes, std::size_t most);

/// What a person would read first of it: the line in which the first four printable characters follow one another, else the first
/// bytes as \xHH. Printable ASCII, at most `most` characters.
std::string first_text(std::string_view bytes, std::size_t most);

/// A text out of the lake, on one line of a terminal: controls and what is not ASCII as \xHH, cut with "..." to `most` columns.
std::string one_line(std::string_view text, std::size_t most);

/// 16 bytes a line: offset, hexadecimal, printable ASCII; at most 79 columns. Lines that repeat the one before are folded into one
/// that counts them. Offsets count from `from`.
std::string hex_view(std::string_view bytes, std::size_t from = 0);

/// Bytes out of their hexadecimal digits; what is no pair of digits ends it.
std::string bytes_of_hex(std::string_view digits);

}  // namespace nightjar::cli
