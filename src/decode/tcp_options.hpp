#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "net/option_layout.hpp"

namespace nightjar {

/// The number of the layout of these option bytes (from byte 20 of the header to its data offset; not empty): the place in
/// the frozen list of tcp_options.cpp, or one of net/option_layout.hpp. 28 and 29 are free for layouts to come; history
/// keeps "another" for them. What follows an end-of-list option does not count.
std::uint8_t option_layout_of(std::span<const std::uint8_t> options);

/// "mss,sok,ts,nop,ws" for 2; "none", "cut off or malformed" and "another" for 0, 30 and 31; empty for a number not in use.
std::string_view option_layout_name(std::uint8_t layout);

}  // namespace nightjar
