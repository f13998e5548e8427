#pragma once
#include "enrich/as_names.hpp"
#include "enrich/geolocation.hpp"
#include "enrich/range_table.hpp"

namespace nightjar {

/// What one file says: AS numbers and countries (as CountryCode) by address.
struct GeolocationFile {
  GeolocationSource source;
  RangeTable<Key4> asn4, country4;
  RangeTable<Key6> asn6, country6;
  AsNames names;

  void finish() {
    asn4.finish();
    asn6.finish();
    country4.finish();
    country6.finish();
    names.finish();
  }
};

}  // namespace nightjar
