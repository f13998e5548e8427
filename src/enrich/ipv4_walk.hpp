#pragma once
#include <vector>

#include "enrich/geolocation.hpp"
#include "enrich/range_table.hpp"

namespace nightjar {

/// Visits the ranges of equal origin as Geolocation::visit_ipv4 says. Of the tables, which are finished, the first that has a number
/// for an address answers, of countries and of ASes apart.
void walk_ipv4(const std::vector<const RangeTable<Key4>*>& countries, const std::vector<const RangeTable<Key4>*>& asns,
               const Geolocation::Ipv4Visitor& visit);

/// The addresses that is_reserved() means have the number 1.
RangeTable<Key4> reserved_ipv4();

}  // namespace nightjar
