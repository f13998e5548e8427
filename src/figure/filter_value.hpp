#pragma once
#include <string>
#include <variant>

#include "figure/filter.hpp"
#include "figure/filter_lexer.hpp"

namespace nightjar {

/// The value that a token means for a field, or the sentence (without its place) that says what is possible.
std::variant<FilterValue, std::string> read_filter_value(const FilterFieldRule& rule, const FilterToken& token);

/// What can stand after the field: "tcp, udp, ...", the names of the fingerprint catalogue.
std::string possible_values(const FilterFieldRule& rule);

}  // namespace nightjar
