#pragma once
#include <memory>
#include <span>
#include <utility>

#include "enrich/geolocation.hpp"
#include "schema/honeypot_rows.hpp"
#include "schema/rows.hpp"

namespace nightjar {

/// Country and AS for rows, looked up once per run of rows of one source. Rows come sorted by source within a port, so look-ups
/// walk the data's tables in order and find them in the cache; a table of answers in between was slower. Safe for several threads.
class Origins {
 public:
  explicit Origins(std::shared_ptr<const Geolocation> data) : data_(std::move(data)) {}

  void fill(std::span<FlowRow> rows) const { fill_rows(rows); }
  void fill(std::span<BackscatterRow> rows) const { fill_rows(rows); }
  void fill(std::span<RequestRow> rows) const { fill_rows(rows); }
  void fill(std::span<SessionRow> rows) const { fill_rows(rows); }

 private:
  template <class Row>
  void fill_rows(std::span<Row> rows) const {
    Origin origin;
    const Row* last = nullptr;
    for (Row& row : rows) {
      if (last == nullptr || row.src != last->src || row.src_low != last->src_low || row.ip_version != last->ip_version) {
        origin = data_->lookup(row.ip_version, row.src, row.src_low);
        last = &row;
      }
      row.country = origin.country;
      row.asn = origin.asn;
    }
  }

  std::shared_ptr<const Geolocation> data_;
};

}  // namespace nightjar
